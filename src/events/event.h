// A committed record as a Kafka message: CloudEvents 1.0 in binary mode, data as proto3 JSON of
// saga.event.v1.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orchestrator/committed_feed.h"

namespace saga {

struct EventMessage {
  std::string key;  // The saga's id: one saga, one partition.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string value;
  bool attention =
      false;  // A person is needed, or is no longer: goes to the attention topic as well.

  bool operator==(const EventMessage&) const = default;
};

// The same record always makes the same message, whoever publishes it: its id is stable over
// repeats.
EventMessage MakeEvent(std::string_view cluster, const CommittedRecord& committed);

}  // namespace saga

// What must happen outside because of a decision; released only below a successful append.
#pragma once

#include <cstdint>
#include <variant>

#include "orchestrator/core/definition.h"
#include "orchestrator/core/ids.h"

namespace saga {

// Call the participant of `step`; the attempt number comes back in the reply.
struct CallParticipant {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempt = 1;

  bool operator==(const CallParticipant&) const = default;
};

// One kind so far; follow-up sagas and reports to other shards join here.
using Effect = std::variant<CallParticipant>;

}  // namespace saga

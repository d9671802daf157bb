// The stored form of records, behind an interface so that the engine does not know protobuf.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "orchestrator/core/record.h"

namespace saga {

// Threads: any; implementations are stateless.
class RecordCodec {
 public:
  virtual ~RecordCodec() = default;

  virtual std::string Encode(const NumberedRecord& record) const = 0;
  // Errors: DATA_LOSS RECORD_UNKNOWN for a kind that this release does not know, DATA_LOSS
  // RECORD_BROKEN for bytes that are no record. The saga becomes stuck with it; the shard goes on.
  virtual Result<NumberedRecord> Decode(std::string_view bytes) const = 0;
};

}  // namespace saga

// Records as protobuf (proto/saga/internal/v1/record.proto).
#pragma once

#include "orchestrator/record_codec.h"

namespace saga {

class ProtoRecordCodec final : public RecordCodec {
 public:
  std::string Encode(const NumberedRecord& record) const override;
  Result<NumberedRecord> Decode(std::string_view bytes) const override;
};

}  // namespace saga

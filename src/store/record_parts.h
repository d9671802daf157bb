// One record to and from its stored message: the two halves of ProtoRecordCodec.
#pragma once

#include <optional>

#include "orchestrator/core/record.h"
#include "saga/internal/v1/record.pb.h"

namespace saga {

void ToStored(const Record& record, internal::v1::StoredRecord& stored);

// Absent = of a kind, or with a value, that this release does not know.
std::optional<Record> FromStored(const internal::v1::StoredRecord& stored);

}  // namespace saga

#include "store/record_codec.h"

#include <fmt/format.h>

#include <utility>

#include "store/record_parts.h"

namespace saga {

std::string ProtoRecordCodec::Encode(const NumberedRecord& record) const {
  // Reused: a message keeps its allocations when it is cleared.
  thread_local internal::v1::StoredRecord stored;
  stored.Clear();
  stored.set_revision(ToNumber(record.revision));
  stored.set_at(ToMicros(record.at));
  ToStored(record.record, stored);
  return stored.SerializeAsString();
}

Result<NumberedRecord> ProtoRecordCodec::Decode(std::string_view bytes) const {
  internal::v1::StoredRecord stored;
  if (!stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      stored.revision() == 0) {
    return Status(StatusCode::kDataLoss, "RECORD_BROKEN",
                  fmt::format("{} bytes that are no record", bytes.size()));
  }
  std::optional<Record> record = FromStored(stored);
  if (!record) {
    return Status(StatusCode::kDataLoss, "RECORD_UNKNOWN",
                  fmt::format("record r{} is of a kind that this release does not know; it was "
                              "written by a newer one",
                              stored.revision()));
  }
  return NumberedRecord{static_cast<Revision>(stored.revision()), FromMicros(stored.at()),
                        std::move(*record)};
}

}  // namespace saga

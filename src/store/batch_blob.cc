#include "store/batch_blob.h"

#include "saga/internal/v1/record.pb.h"

namespace saga {

namespace pb = saga::internal::v1;

std::string EncodeBatch(const std::vector<JournalEntry>& entries) {
  thread_local pb::StoredBatch batch;
  batch.Clear();
  for (const JournalEntry& entry : entries) {
    auto* stored = batch.add_entries();
    stored->set_saga(entry.saga.text());
    stored->set_revision(ToNumber(entry.revision));
    stored->set_record(entry.record);
  }
  return batch.SerializeAsString();
}

Result<std::vector<JournalEntry>> DecodeBatch(std::string_view bytes) {
  pb::StoredBatch batch;
  if (!batch.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Status(StatusCode::kDataLoss, "RECORD_BROKEN", "a row of the journal cannot be read");
  }
  std::vector<JournalEntry> entries;
  entries.reserve(static_cast<std::size_t>(batch.entries_size()));
  for (auto& stored : *batch.mutable_entries()) {
    if (stored.saga().find('/') == std::string::npos) {
      return Status(StatusCode::kDataLoss, "RECORD_BROKEN",
                    "an entry of the journal names no saga");
    }
    entries.push_back({SagaId::FromText(std::move(*stored.mutable_saga())),
                       static_cast<Revision>(stored.revision()),
                       std::move(*stored.mutable_record())});
  }
  return entries;
}

std::string EncodeAttention(const RowAttention& attention) {
  pb::StoredAttention stored;
  stored.set_participant(attention.participant);
  stored.mutable_failure()->set_code(static_cast<std::uint32_t>(attention.failure.code));
  stored.mutable_failure()->set_reason(attention.failure.reason);
  stored.mutable_failure()->set_domain(attention.failure.domain);
  stored.mutable_failure()->set_message(attention.failure.message);
  stored.set_attempts(attention.attempts);
  return stored.SerializeAsString();
}

void DecodeAttention(std::string_view bytes, RowAttention& attention) {
  pb::StoredAttention stored;
  if (!stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  attention.participant = stored.participant();
  attention.attempts = stored.attempts();
  const auto& failure = stored.failure();
  if (failure.code() <= 16) attention.failure.code = static_cast<StatusCode>(failure.code());
  attention.failure.reason = failure.reason();
  attention.failure.domain = failure.domain();
  attention.failure.message = failure.message();
}

}  // namespace saga

// Stored bytes that a disk, a later release or somebody's hand has changed: a record, a batch, a
// history, why a saga waits. What is read is written back as something that reads the same.
#include <string>
#include <vector>

#include "fuzz/require.h"
#include "orchestrator/history.h"
#include "store/batch_blob.h"
#include "store/record_codec.h"

namespace saga::fuzz {
namespace {

void ReadRecord(std::string_view bytes) {
  const ProtoRecordCodec codec;
  const Result<NumberedRecord> first = codec.Decode(bytes);
  if (!first.ok()) {
    Require(first.status().code() == StatusCode::kDataLoss);
    return;
  }
  const std::string written = codec.Encode(*first);
  const Result<NumberedRecord> second = codec.Decode(written);
  Require(second.ok());
  Require(second->revision == first->revision && second->at == first->at);
  Require(second->record.index() == first->record.index());
  Require(codec.Encode(*second) == written);
}

void ReadBatch(std::string_view bytes) {
  const Result<std::vector<JournalEntry>> entries = DecodeBatch(bytes);
  if (!entries.ok()) return;
  for (const JournalEntry& entry : *entries) ReadRecord(entry.record);
  const Result<std::vector<JournalEntry>> again = DecodeBatch(EncodeBatch(*entries));
  Require(again.ok() && again->size() == entries->size());
}

void ReadHistory(std::string_view bytes) {
  const Result<std::vector<std::string_view>> records = SplitHistory(bytes);
  if (!records.ok()) return;
  std::string again;
  for (const std::string_view record : *records) {
    ReadRecord(record);
    AppendToHistory(again, record);
  }
  const Result<std::vector<std::string_view>> second = SplitHistory(again);
  Require(second.ok() && *second == *records);
}

void ReadAttention(std::string_view bytes) {
  RowAttention first;
  DecodeAttention(bytes, first);
  RowAttention second;
  DecodeAttention(EncodeAttention(first), second);
  Require(first == second);
}

}  // namespace
}  // namespace saga::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = saga::fuzz::ToText(data, size);
  saga::fuzz::ReadRecord(bytes);
  saga::fuzz::ReadBatch(bytes);
  saga::fuzz::ReadHistory(bytes);
  saga::fuzz::ReadAttention(bytes);
  return 0;
}

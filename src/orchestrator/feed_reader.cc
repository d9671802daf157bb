#include "orchestrator/feed_reader.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace saga {

Result<FeedPage> FeedReader::Read(JournalSeq after, std::size_t records_max) {
  FeedPage page = feed_.Read(after, records_max);
  if (!page.expired) return page;
  SAGA_ASSIGN_OR_RETURN(CommittedPage stored,
                        journal_.ReadCommitted(feed_.shard(), after, records_max));
  return Decode(std::move(stored));
}

FeedPage FeedReader::Decode(CommittedPage page) const {
  FeedPage decoded;
  decoded.read_to = page.read_to;
  decoded.records.reserve(page.entries.size());
  std::unordered_map<SagaId, std::shared_ptr<const SagaHeader>> headers;
  for (CommittedEntry& entry : page.entries) {
    const SagaId& saga = entry.entry.saga;
    auto record = codec_.Decode(entry.entry.record);
    if (!record.ok()) {
      spdlog::error("saga={} seq={} record left out of events: {}", saga.text(),
                    ToNumber(entry.seq), record.status().ToString());
      continue;
    }
    auto& header = headers[saga];
    if (!header) {
      header = std::make_shared<const SagaHeader>(SagaHeader{
          .id = saga,
          .definition =
              definitions_.Find(std::string(saga.name_space()), entry.definition, entry.version),
          .definition_name = std::move(entry.definition),
          .definition_version = entry.version,
          .business_key = std::move(entry.business_key),
          .labels = std::move(entry.labels)});
    }
    decoded.records.push_back(
        {entry.seq, header, std::make_shared<const NumberedRecord>(std::move(*record))});
  }
  return decoded;
}

}  // namespace saga

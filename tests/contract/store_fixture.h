// What the contract suites of the store need of an implementation.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "orchestrator/catalog.h"
#include "orchestrator/history.h"
#include "orchestrator/journal.h"
#include "orchestrator/saga_reader.h"

namespace saga::testing {

// One empty store.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual std::unique_ptr<Journal> MakeJournal() = 0;
  virtual SagaReader& reader() = 0;
  virtual CatalogStore& catalog() = 0;
  // Drops every entry that nobody needs any more.
  virtual void Truncate() = 0;
};

using MakeStore = std::function<std::unique_ptr<StoreUnderTest>()>;

class StoreContract : public ::testing::TestWithParam<MakeStore> {
 protected:
  void SetUp() override {
    store_ = GetParam()();
    journal_ = store_->MakeJournal();
  }
  void TearDown() override {
    journal_.reset();
    store_.reset();
  }

  std::unique_ptr<StoreUnderTest> store_;
  std::unique_ptr<Journal> journal_;
};
class JournalContract : public StoreContract {};
class CatalogContract : public StoreContract {};

inline constexpr ShardId kShard{3};
inline const TimePoint kTime = FromMicros(1'700'000'000'000'000);

inline SagaRow RowOf(const std::string& id, JournalSeq start_seq) {
  SagaRow row;
  row.id = SagaId("default", id);
  row.shard = kShard;
  row.start_seq = start_seq;
  row.definition = "checkout";
  row.version = 7;
  row.owner = "team \"checkout\"";
  row.business_key = "key-" + id;
  row.labels = {{"region", "e\\u,{}"}};
  row.started_by = "shop";
  row.start_digest = "digest-" + id;
  row.created = kTime;
  row.status.revision = Revision{1};
  row.status.updated = kTime;
  return row;
}

inline JournalEntry EntryOf(const std::string& id, std::uint64_t revision,
                            std::string record = "") {
  if (record.empty()) record = id + "#" + std::to_string(revision);
  return {SagaId("default", id), Revision{revision}, std::move(record)};
}

// A batch that starts sagas behind `before`.
inline Batch StartBatch(JournalSeq before, const std::vector<std::string>& ids) {
  Batch batch{.before = before};
  for (const std::string& id : ids) {
    batch.starts.push_back(RowOf(id, Advance(before, batch.entries.size() + 1)));
    batch.entries.push_back(EntryOf(id, 1));
  }
  return batch;
}

inline RowChange EndOf(const std::string& id, std::uint64_t revision, std::string history) {
  RowChange change{.saga = SagaId("default", id)};
  change.status.state = SagaState::kSucceeded;
  change.status.revision = Revision{revision};
  change.status.updated = kTime + std::chrono::seconds(5);
  change.status.ended = change.status.updated;
  change.history = std::move(history);
  return change;
}

}  // namespace saga::testing

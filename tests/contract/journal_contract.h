// What Journal promises, for every implementation. Included by the tests that instantiate it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "contract/store_fixture.h"

namespace saga::testing {
using ::testing::ElementsAre;
using ::testing::IsEmpty;

inline std::map<std::string, LoadedSaga> Load(Journal& journal, ShardId shard = kShard) {
  std::map<std::string, LoadedSaga> loaded;
  const Status status = journal.LoadLive(shard, [&](LoadedSaga saga) {
    const std::string id(saga.row.id.id());
    EXPECT_TRUE(loaded.emplace(id, std::move(saga)).second) << id << " came twice";
  });
  EXPECT_TRUE(status.ok()) << status.ToString();
  return loaded;
}

inline std::vector<std::string> Committed(Journal& journal, JournalSeq after = JournalSeq{0}) {
  std::vector<std::string> records;
  const auto page = journal.ReadCommitted(kShard, after, 100);
  EXPECT_TRUE(page.ok()) << page.status().ToString();
  if (page.ok()) {
    for (const CommittedEntry& entry : page->entries) records.push_back(entry.entry.record);
  }
  return records;
}

TEST_P(JournalContract, AFirstClaimBeginsAtPositionZeroAndEachClaimIsANewEpoch) {
  const auto first = journal_->Claim(kShard, "node-1");
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_EQ(ToNumber(first->last), 0U);
  EXPECT_EQ(ToNumber(first->published), 0U);
  const auto second = journal_->Claim(kShard, "node-2");
  ASSERT_TRUE(second.ok());
  EXPECT_GT(ToNumber(second->epoch), ToNumber(first->epoch));
}

TEST_P(JournalContract, WhatIsAppendedIsLoadedAndReadInOrder) {
  const auto claim = journal_->Claim(kShard, "n");
  const std::string bytes("\0\xff\\x\"'", 6);
  Batch batch = StartBatch(claim->last, {"a", "b"});
  batch.entries.push_back(EntryOf("a", 2, bytes));

  const AppendResult result = journal_->Append(kShard, claim->epoch, batch);

  ASSERT_EQ(result.outcome, AppendOutcome::kCommitted) << result.error.ToString();
  EXPECT_THAT(result.void_starts, IsEmpty());
  const auto live = Load(*journal_);
  ASSERT_EQ(live.size(), 2U);
  EXPECT_THAT(live.at("a").records, ElementsAre("a#1", bytes));
  EXPECT_THAT(live.at("b").records, ElementsAre("b#1"));
  EXPECT_EQ(live.at("a").row.labels, RowOf("a", JournalSeq{1}).labels);
  EXPECT_EQ(live.at("a").row.owner, RowOf("a", JournalSeq{1}).owner);
  EXPECT_EQ(ToNumber(live.at("b").oldest), 2U);
  EXPECT_THAT(Committed(*journal_), ElementsAre("a#1", "b#1", bytes));
  EXPECT_THAT(Committed(*journal_, JournalSeq{2}), ElementsAre(bytes));
  const auto page = journal_->ReadCommitted(kShard, JournalSeq{0}, 2);
  ASSERT_EQ(page->entries.size(), 2U);
  EXPECT_EQ(ToNumber(page->read_to), 2U);
  EXPECT_EQ(page->entries[1].definition, "checkout");
  EXPECT_EQ(page->entries[1].version, 7U);
  EXPECT_EQ(page->entries[1].business_key, "key-b");
}

TEST_P(JournalContract, AppendAtATakenPositionIsFencedAndWritesNothing) {
  const auto claim = journal_->Claim(kShard, "n");
  ASSERT_EQ(journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);

  EXPECT_EQ(journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"b"})).outcome,
            AppendOutcome::kFenced);

  EXPECT_THAT(Committed(*journal_), ElementsAre("a#1"));
  EXPECT_EQ(Load(*journal_).size(), 1U);
}

TEST_P(JournalContract, ADeposedOwnerIsFencedAndWritesNothing) {
  const auto old_claim = journal_->Claim(kShard, "old");
  const auto other = store_->MakeJournal();
  const auto new_claim = other->Claim(kShard, "new");

  EXPECT_EQ(journal_->Append(kShard, old_claim->epoch, StartBatch(old_claim->last, {"a"})).outcome,
            AppendOutcome::kFenced);

  ASSERT_EQ(other->Append(kShard, new_claim->epoch, StartBatch(new_claim->last, {"b"})).outcome,
            AppendOutcome::kCommitted);
  EXPECT_THAT(Committed(*journal_), ElementsAre("b#1"));
}

TEST_P(JournalContract, ADuplicateStartIsVoidAndFailsNobodyElse) {
  const auto claim = journal_->Claim(kShard, "n");
  journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a"}));
  std::string history;
  AppendToHistory(history, "a#1");
  Batch end{.before = JournalSeq{1}};
  end.entries.push_back(EntryOf("a", 2));
  end.changes.push_back(EndOf("a", 2, history));
  ASSERT_EQ(journal_->Append(kShard, claim->epoch, end).outcome, AppendOutcome::kCommitted);

  const AppendResult result =
      journal_->Append(kShard, claim->epoch, StartBatch(JournalSeq{2}, {"x", "a", "y"}));

  ASSERT_EQ(result.outcome, AppendOutcome::kCommitted) << result.error.ToString();
  EXPECT_THAT(result.void_starts, ElementsAre(SagaId("default", "a")));
  EXPECT_THAT(Committed(*journal_, JournalSeq{2}), ElementsAre("x#1", "y#1"));
  const auto live = Load(*journal_);
  EXPECT_EQ(live.size(), 2U);
  EXPECT_EQ(live.count("a"), 0U);
  // The next position is behind the void one.
  EXPECT_EQ(journal_->Append(kShard, claim->epoch, StartBatch(JournalSeq{5}, {"z"})).outcome,
            AppendOutcome::kCommitted);
  const auto page = journal_->ReadCommitted(kShard, JournalSeq{3}, 100);
  EXPECT_EQ(ToNumber(page->read_to), 6U);
}

TEST_P(JournalContract, AnEndedSagaIsNotLoadedAndItsHistoryIsKept) {
  const auto claim = journal_->Claim(kShard, "n");
  journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a", "b"}));
  std::string history;
  AppendToHistory(history, std::string("one\0", 4));
  AppendToHistory(history, "two");
  Batch end{.before = JournalSeq{2}};
  end.entries.push_back(EntryOf("a", 2));
  end.changes.push_back(EndOf("a", 2, history));

  ASSERT_EQ(journal_->Append(kShard, claim->epoch, end).outcome, AppendOutcome::kCommitted);

  EXPECT_EQ(Load(*journal_).count("a"), 0U);
  const auto stored = store_->reader().GetHistory(SagaId("default", "a"));
  ASSERT_TRUE(stored.ok()) << stored.status().ToString();
  EXPECT_EQ(*stored, history);
  const auto row = store_->reader().GetRow(SagaId("default", "a"));
  ASSERT_TRUE(row.ok() && row->has_value());
  EXPECT_EQ((*row)->status.state, SagaState::kSucceeded);
  EXPECT_EQ((*row)->status.ended, kTime + std::chrono::seconds(5));
  EXPECT_FALSE(store_->reader().GetHistory(SagaId("default", "b"))->has_value());
}

TEST_P(JournalContract, AChangedRowKeepsWhatItSays) {
  const auto claim = journal_->Claim(kShard, "n");
  journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a"}));
  RowChange change{.saga = SagaId("default", "a")};
  change.status.state = SagaState::kCompensating;
  change.status.health = SagaHealth::kStuck;
  change.status.revision = Revision{4};
  change.status.updated = kTime + std::chrono::seconds(1);
  change.status.attention = {
      "stock",     Operation::kUndo,
      "inventory", "COMPENSATION_EXHAUSTED",
      "ab12cd34",  {StatusCode::kUnavailable, "R", "d", std::string("no \xff\xfe utf8", 10)},
      13,          kTime};
  Batch batch{.before = JournalSeq{1}};
  batch.entries.push_back(EntryOf("a", 2));
  batch.changes.push_back(change);

  const AppendResult result = journal_->Append(kShard, claim->epoch, batch);

  ASSERT_EQ(result.outcome, AppendOutcome::kCommitted) << result.error.ToString();
  const auto row = store_->reader().GetRow(SagaId("default", "a"));
  ASSERT_TRUE(row.ok() && row->has_value());
  EXPECT_EQ((*row)->status.health, SagaHealth::kStuck);
  EXPECT_EQ((*row)->status.attention, change.status.attention);
  EXPECT_EQ(Load(*journal_).at("a").row.status.state, SagaState::kCompensating);
}

TEST_P(JournalContract, ACarriedSagaIsLoadedFromItsCarryAndWhatCameLater) {
  const auto claim = journal_->Claim(kShard, "n");
  journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a", "b"}));
  RowChange carry{.saga = SagaId("default", "a"), .status = RowOf("a", JournalSeq{1}).status};
  carry.carried.emplace();
  AppendToHistory(*carry.carried, "a#1");
  carry.carried_to = JournalSeq{2};
  Batch batch{.before = JournalSeq{2}};
  batch.entries.push_back(EntryOf("a", 2));
  batch.changes.push_back(carry);

  const AppendResult result = journal_->Append(kShard, claim->epoch, batch);

  ASSERT_EQ(result.outcome, AppendOutcome::kCommitted) << result.error.ToString();
  const auto live = Load(*journal_);
  EXPECT_THAT(live.at("a").records, ElementsAre("a#1", "a#2"));
  EXPECT_EQ(ToNumber(live.at("a").oldest), 3U);
  EXPECT_THAT(live.at("b").records, ElementsAre("b#1"));
}

TEST_P(JournalContract, TheCursorIsSavedWithAnAppendAndNeverGoesBack) {
  const auto claim = journal_->Claim(kShard, "n");
  journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a", "b"}));
  ASSERT_EQ(
      journal_
          ->Append(kShard, claim->epoch, Batch{.before = JournalSeq{2}, .published = JournalSeq{2}})
          .outcome,
      AppendOutcome::kCommitted);
  ASSERT_EQ(
      journal_
          ->Append(kShard, claim->epoch, Batch{.before = JournalSeq{2}, .published = JournalSeq{1}})
          .outcome,
      AppendOutcome::kCommitted);

  const auto next = journal_->Claim(kShard, "n");

  EXPECT_EQ(ToNumber(next->last), 2U);
  EXPECT_EQ(ToNumber(next->published), 2U);
}

TEST_P(JournalContract, ShardsDoNotSeeEachOther) {
  const auto claim = journal_->Claim(kShard, "n");
  const auto other = journal_->Claim(ShardId{4}, "n");
  ASSERT_EQ(journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
  ASSERT_EQ(journal_->Append(ShardId{4}, other->epoch, StartBatch(other->last, {"b"})).outcome,
            AppendOutcome::kCommitted);
  EXPECT_EQ(Load(*journal_, ShardId{4}).count("a"), 0U);
  EXPECT_EQ(Load(*journal_, ShardId{4}).count("b"), 1U);
  EXPECT_THAT(Committed(*journal_), ElementsAre("a#1"));
}

TEST_P(JournalContract, AppendBehindAGapOrToAShardThatNobodyClaimedIsFenced) {
  const auto claim = journal_->Claim(kShard, "n");

  EXPECT_EQ(journal_->Append(kShard, claim->epoch, StartBatch(JournalSeq{5}, {"a"})).outcome,
            AppendOutcome::kFenced);
  EXPECT_EQ(journal_->Append(ShardId{9}, Epoch{1}, StartBatch(JournalSeq{0}, {"a"})).outcome,
            AppendOutcome::kFenced);
  EXPECT_THAT(Committed(*journal_), IsEmpty());
}

TEST_P(JournalContract, AStartIsVoidWhenASagaOfAnotherShardHasItsId) {
  const auto claim = journal_->Claim(kShard, "n");
  const auto other = journal_->Claim(ShardId{4}, "n");
  ASSERT_EQ(journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);

  const auto late = journal_->Append(ShardId{4}, other->epoch, StartBatch(other->last, {"b", "a"}));

  EXPECT_THAT(late.void_starts, ElementsAre(SagaId("default", "a")));
  EXPECT_EQ(Load(*journal_, ShardId{4}).count("a"), 0U);
  EXPECT_EQ(Load(*journal_, ShardId{4}).count("b"), 1U);
}

TEST_P(JournalContract, LargeRecordsAreReadInPagesAndLoadedWhole) {
  const auto claim = journal_->Claim(kShard, "n");
  ASSERT_EQ(journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
  constexpr std::uint64_t kBatches = 40;  // 36 MB: more than one answer of a database carries.
  for (std::uint64_t i = 0; i < kBatches; ++i) {
    Batch batch{.before = JournalSeq{1 + 3 * i}};
    for (std::uint64_t j = 0; j < 3; ++j)
      batch.entries.push_back(EntryOf("a", 2 + 3 * i + j, std::string(300'000, 'x')));
    ASSERT_EQ(journal_->Append(kShard, claim->epoch, batch).outcome, AppendOutcome::kCommitted);
  }

  JournalSeq after{0};
  std::uint64_t seen = 0;
  while (true) {
    const auto page = journal_->ReadCommitted(kShard, after, 50);
    ASSERT_TRUE(page.ok()) << page.status().ToString();
    ASSERT_LE(page->entries.size(), 50U);
    for (const auto& entry : page->entries) ASSERT_EQ(ToNumber(entry.seq), ++seen);
    if (page->read_to == after) break;
    after = page->read_to;
  }
  EXPECT_EQ(seen, 1 + 3 * kBatches);
  EXPECT_EQ(Load(*journal_).at("a").records.size(), 1 + 3 * kBatches);
}

}  // namespace saga::testing

// What Journal promises when entries have been truncated, for every implementation. Included by the
// tests that instantiate it.
#pragma once

#include "contract/journal_contract.h"

namespace saga::testing {

TEST_P(JournalContract, TruncationKeepsWhatLiveSagasAndTheCursorNeed) {
  const auto claim = journal_->Claim(kShard, "n");
  journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a", "b"}));
  Batch end{.before = JournalSeq{2}, .published = JournalSeq{2}, .low_water = JournalSeq{1}};
  end.entries.push_back(EntryOf("a", 2));
  end.changes.push_back(EndOf("a", 2, "h"));
  ASSERT_EQ(journal_->Append(kShard, claim->epoch, end).outcome, AppendOutcome::kCommitted);

  store_->Truncate();

  EXPECT_THAT(Load(*journal_).at("b").records, ElementsAre("b#1"));
  EXPECT_THAT(Committed(*journal_, JournalSeq{2}), ElementsAre("a#2"));
}

TEST_P(JournalContract, AfterATruncationAnOldCursorIsExpiredAndAllElseIsAsBefore) {
  const auto claim = journal_->Claim(kShard, "n");
  journal_->Append(kShard, claim->epoch, StartBatch(claim->last, {"a"}));
  Batch carry{.before = JournalSeq{1}, .published = JournalSeq{2}, .low_water = JournalSeq{2}};
  carry.entries.push_back(EntryOf("a", 2));
  RowChange change{.saga = SagaId("default", "a")};
  change.status = RowOf("a", JournalSeq{1}).status;
  change.carried.emplace();
  AppendToHistory(*change.carried, "a#1");
  AppendToHistory(*change.carried, "a#2");
  change.carried_to = JournalSeq{2};
  carry.changes.push_back(change);
  ASSERT_EQ(journal_->Append(kShard, claim->epoch, carry).outcome, AppendOutcome::kCommitted);

  store_->Truncate();

  const Status expired = journal_->ReadCommitted(kShard, JournalSeq{1}, 10).status();
  EXPECT_EQ(expired.code(), StatusCode::kOutOfRange);
  EXPECT_EQ(expired.reason(), "CURSOR_EXPIRED");
  EXPECT_THAT(Committed(*journal_, JournalSeq{2}), IsEmpty());
  Batch later{.before = JournalSeq{2}};
  later.entries.push_back(EntryOf("a", 3));
  ASSERT_EQ(journal_->Append(kShard, claim->epoch, later).outcome, AppendOutcome::kCommitted);
  EXPECT_THAT(Committed(*journal_, JournalSeq{2}), ElementsAre("a#3"));
  EXPECT_THAT(Load(*journal_).at("a").records, ElementsAre("a#1", "a#2", "a#3"));
}

TEST_P(JournalContract, ADeposedOwnerIsFencedAlsoAfterItsPositionWasTruncated) {
  const auto old_owner = journal_->Claim(kShard, "old");
  const auto other = store_->MakeJournal();
  const auto new_owner = other->Claim(kShard, "new");
  other->Append(kShard, new_owner->epoch, StartBatch(new_owner->last, {"a"}));
  Batch end{.before = JournalSeq{1}, .published = JournalSeq{2}, .low_water = JournalSeq{2}};
  end.entries.push_back(EntryOf("a", 2));
  end.changes.push_back(EndOf("a", 2, "h"));
  ASSERT_EQ(other->Append(kShard, new_owner->epoch, end).outcome, AppendOutcome::kCommitted);
  store_->Truncate();
  ASSERT_EQ(other->ReadCommitted(kShard, JournalSeq{0}, 10).status().reason(), "CURSOR_EXPIRED")
      << "the old owner's position must be free again";

  EXPECT_EQ(journal_->Append(kShard, old_owner->epoch, StartBatch(old_owner->last, {"b"})).outcome,
            AppendOutcome::kFenced);
  EXPECT_EQ(store_->reader().GetRow(SagaId("default", "b"))->has_value(), false);
}

}  // namespace saga::testing

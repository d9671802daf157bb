// What SagaReader promises, for every implementation. Included by the tests that instantiate it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/store_fixture.h"

namespace saga::testing {
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Five sagas: s1 succeeded, s2 and s3 stuck for one cause, s4 retrying, s5 fine and of version 8.
class ReaderContract : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    const auto claim = journal_->Claim(kShard, "n");
    Batch batch = StartBatch(claim->last, {"s1", "s2", "s3", "s4", "s5"});
    for (std::size_t i = 0; i < 5; ++i) batch.starts[i].created = kTime + std::chrono::seconds(i);
    batch.starts[4].version = 8;
    batch.starts[4].labels = {{"region", "us"}};
    ASSERT_EQ(journal_->Append(kShard, claim->epoch, batch).outcome, AppendOutcome::kCommitted);
    Batch turns{.before = JournalSeq{5}};
    turns.changes.push_back(EndOf("s1", 2, ""));
    turns.changes.push_back(Stuck("s2", 20));
    turns.changes.push_back(Stuck("s3", 10));
    RowChange retrying{.saga = SagaId("default", "s4")};
    retrying.status.health = SagaHealth::kRetrying;
    retrying.status.attention = Stuck("s4", 0).status.attention;
    retrying.status.attention.reason.clear();
    turns.changes.push_back(retrying);
    turns.audit.push_back(Audit("alice", "RetryStep", "s2"));
    turns.audit.push_back(Audit("bob", "PauseSaga", "s3"));
    ASSERT_EQ(journal_->Append(kShard, claim->epoch, turns).outcome, AppendOutcome::kCommitted);
  }

  static RowChange Stuck(const std::string& id, int seconds) {
    RowChange change{.saga = SagaId("default", id)};
    change.status.state = SagaState::kCompensating;
    change.status.health = SagaHealth::kStuck;
    change.status.updated = kTime;
    change.status.attention = {"stock",     Operation::kUndo,
                               "inventory", "COMPENSATION_EXHAUSTED",
                               "ab12cd34",  {StatusCode::kUnavailable, "", "", "refused"},
                               13,          kTime + std::chrono::seconds(seconds)};
    return change;
  }

  static AuditEntry Audit(const std::string& actor, const std::string& method,
                          const std::string& saga) {
    return {.at = kTime,
            .name_space = "default",
            .actor = actor,
            .client = "ipv4:1",
            .method = method,
            .resource = "namespaces/default/sagas/" + saga,
            .reason = "it's \"why\"",
            .reference = "INC-1",
            .outcome = "accepted"};
  }

  std::vector<std::string> List(const RowFilter& filter, RowOrder order = RowOrder::kOldestFirst) {
    const auto page = store_->reader().ListRows("default", filter, order, std::nullopt, 100);
    EXPECT_TRUE(page.ok()) << page.status().ToString();
    std::vector<std::string> ids;
    if (!page.ok()) return ids;
    for (const SagaRow& row : page->rows) ids.emplace_back(row.id.id());
    EXPECT_EQ(page->total, static_cast<std::int64_t>(ids.size()));
    return ids;
  }

  static RowFilter Is(RowField field, const std::string& text,
                      Comparison comparison = Comparison::kEqual) {
    return {{.field = field, .comparison = comparison, .text = text}};
  }
};

TEST_P(ReaderContract, FiltersByEveryField) {
  EXPECT_THAT(List({}), ElementsAre("s1", "s2", "s3", "s4", "s5"));
  EXPECT_THAT(List({}, RowOrder::kNewestFirst), ElementsAre("s5", "s4", "s3", "s2", "s1"));
  EXPECT_THAT(List(Is(RowField::kState, "SUCCEEDED")), ElementsAre("s1"));
  EXPECT_THAT(List(Is(RowField::kState, "COMPENSATING", Comparison::kNotEqual)),
              ElementsAre("s1", "s4", "s5"));
  EXPECT_THAT(List(Is(RowField::kHealth, "STUCK")), ElementsAre("s2", "s3"));
  EXPECT_THAT(List(Is(RowField::kDefinition, "checkout")), SizeIs(5));
  EXPECT_THAT(List(Is(RowField::kDefinition, "checkout@8")), ElementsAre("s5"));
  EXPECT_THAT(List(Is(RowField::kStep, "stock")), ElementsAre("s2", "s3", "s4"));
  EXPECT_THAT(List(Is(RowField::kBusinessKey, "key-s4")), ElementsAre("s4"));
  EXPECT_THAT(List(Is(RowField::kSaga, "s3")), ElementsAre("s3"));
  EXPECT_THAT(List(Is(RowField::kSaga, "s*")), SizeIs(5));
  EXPECT_THAT(List(Is(RowField::kSaga, "%*")), IsEmpty());
  EXPECT_THAT(List(Is(RowField::kOwner, "team \"checkout\"")), SizeIs(5));
  EXPECT_THAT(List(Is(RowField::kGroup, "ab12")), ElementsAre("s2", "s3"));
  EXPECT_THAT(List({{.field = RowField::kLabel, .label = "region", .text = "us"}}),
              ElementsAre("s5"));
  EXPECT_THAT(List({{.field = RowField::kLabel, .label = "no'such", .text = "us"}}), IsEmpty());
  EXPECT_THAT(List({{.field = RowField::kCreateTime,
                     .comparison = Comparison::kGreaterOrEqual,
                     .time = kTime + std::chrono::seconds(3)}}),
              ElementsAre("s4", "s5"));
  EXPECT_THAT(List({{.field = RowField::kEndTime,
                     .comparison = Comparison::kLess,
                     .time = kTime + std::chrono::hours(1)}}),
              ElementsAre("s1"));
  EXPECT_THAT(List({Is(RowField::kHealth, "STUCK")[0], Is(RowField::kSaga, "s2")[0]}),
              ElementsAre("s2"));
}

TEST_P(ReaderContract, PagesAreCompleteAndDoNotOverlap) {
  std::vector<std::string> ids;
  std::optional<RowCursor> after;
  do {
    const auto page = store_->reader().ListRows("default", {}, RowOrder::kNewestFirst, after, 2);
    ASSERT_TRUE(page.ok());
    for (const SagaRow& row : page->rows) ids.emplace_back(row.id.id());
    after = page->next;
  } while (after);
  EXPECT_THAT(ids, ElementsAre("s5", "s4", "s3", "s2", "s1"));
}

TEST_P(ReaderContract, NothingOfAnotherNamespaceIsListed) {
  const auto page =
      store_->reader().ListRows("other", {}, RowOrder::kNewestFirst, std::nullopt, 10);
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page->rows, IsEmpty());
  EXPECT_THAT(*store_->reader().ListStuckGroups("other", {}, 10), IsEmpty());
  EXPECT_FALSE(store_->reader().GetRow(SagaId("other", "s1"))->has_value());
}

TEST_P(ReaderContract, StuckSagasAreGroupedByCause) {
  const auto groups = store_->reader().ListStuckGroups("default", {}, 10);
  ASSERT_TRUE(groups.ok()) << groups.status().ToString();
  ASSERT_THAT(*groups, SizeIs(1));
  const StuckGroupRow& group = groups->front();
  EXPECT_EQ(group.fingerprint, "ab12cd34");
  EXPECT_EQ(group.sagas, 2);
  EXPECT_EQ(group.retrying, 1);
  EXPECT_EQ(group.attention.participant, "inventory");
  EXPECT_EQ(group.oldest, kTime + std::chrono::seconds(10));
  EXPECT_EQ(group.newest, kTime + std::chrono::seconds(20));
  EXPECT_THAT(group.samples, SizeIs(2));
  EXPECT_THAT(*store_->reader().ListStuckGroups("default", Is(RowField::kDefinition, "refund"), 10),
              IsEmpty());
}

TEST_P(ReaderContract, AuditEntriesAreNewestFirstAndFiltered) {
  const auto all = store_->reader().ListAudit("default", {}, std::nullopt, 10);
  ASSERT_TRUE(all.ok()) << all.status().ToString();
  ASSERT_THAT(all->entries, SizeIs(2));
  EXPECT_GT(all->entries[0].id, all->entries[1].id);
  EXPECT_EQ(all->entries[0].reason, "it's \"why\"");
  const auto alices = store_->reader().ListAudit("default", {.actor = "alice"}, std::nullopt, 10);
  ASSERT_THAT(alices->entries, SizeIs(1));
  EXPECT_EQ(alices->entries[0].method, "RetryStep");
  const auto first = store_->reader().ListAudit("default", {}, std::nullopt, 1);
  ASSERT_TRUE(first->next.has_value());
  EXPECT_THAT(store_->reader().ListAudit("default", {}, first->next, 1)->entries, SizeIs(1));
}

TEST_P(ReaderContract, LiveSagasAreCountedByVersion) {
  const auto counts = store_->reader().CountLive("default");
  ASSERT_TRUE(counts.ok());
  using Count = std::pair<std::pair<std::string, std::uint32_t>, std::int64_t>;
  EXPECT_THAT(*counts, ElementsAre(Count{{"checkout", 7}, 3}, Count{{"checkout", 8}, 1}));
}

}  // namespace saga::testing

// What only a real PostgreSQL can show: lost answers, half-open connections, fencing after
// truncation, refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/store_fixture.h"
#include "store/maintenance.h"
#include "store/migrator.h"
#include "store/pg_journal.h"
#include "store/pg_pool.h"
#include "support/postgres.h"
#include "support/tcp_proxy.h"

namespace saga::testing {
namespace {

using ::testing::ElementsAre;

class PgFaultsTest : public ::testing::Test {
 protected:
  PgFaultsTest() : conninfo_(test::PrivatePostgres::Shared().CreateDatabase()) {
    const auto state = Migrator(conninfo_).Apply();
    EXPECT_TRUE(state.ok()) << state.status().ToString();
  }

  // The same database through a proxy on TCP.
  std::string Through(const test::TcpProxy& proxy) const {
    std::string proxied = conninfo_;
    const std::size_t host = proxied.find("host=");
    const std::size_t end = proxied.find(' ', host);
    proxied.replace(host, end - host, "host=127.0.0.1 port=" + std::to_string(proxy.port()));
    return proxied + " sslmode=disable gssencmode=disable";
  }

  std::string One(const std::string& sql) const {
    PgConnection connection(conninfo_);
    const auto result = connection.Execute(sql);
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? std::string(result->Text(0, 0)) : std::string();
  }

  const std::string conninfo_;
  test::TcpProxy proxy_{test::PrivatePostgres::Shared().socket_path()};
};

TEST_F(PgFaultsTest, AnAnswerLostAfterCommitIsInDoubtAndTheClaimTellsThatItCommitted) {
  PgJournal journal(Through(proxy_));
  const auto claim = journal.Claim(kShard, "n");
  ASSERT_TRUE(claim.ok()) << claim.status().ToString();
  // Prepares the statement, so that the next answer is that of the append alone.
  ASSERT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
  proxy_.CutAfter(test::Direction::kToClient, 0);

  EXPECT_EQ(journal.Append(kShard, claim->epoch, StartBatch(JournalSeq{1}, {"b"})).outcome,
            AppendOutcome::kInDoubt);

  EXPECT_EQ(proxy_.cuts(), 1U);
  const auto again = journal.Claim(kShard, "n");
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(ToNumber(again->last), 2U);
}

TEST_F(PgFaultsTest, ARequestThatNeverArrivedIsInDoubtAndTheClaimTellsThatItDidNotCommit) {
  PgJournal journal(Through(proxy_));
  const auto claim = journal.Claim(kShard, "n");
  ASSERT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
  proxy_.CutAfter(test::Direction::kToServer, 0);

  EXPECT_EQ(journal.Append(kShard, claim->epoch, StartBatch(JournalSeq{1}, {"b"})).outcome,
            AppendOutcome::kInDoubt);

  const auto again = journal.Claim(kShard, "n");
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(ToNumber(again->last), 1U);
  EXPECT_EQ(journal.Append(kShard, again->epoch, StartBatch(again->last, {"b"})).outcome,
            AppendOutcome::kCommitted);
}

TEST_F(PgFaultsTest, AHalfOpenDatabaseEndsInDoubtAndNotInSilence) {
  PgJournal journal(Through(proxy_));
  const auto claim = journal.Claim(kShard, "n");
  ASSERT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
  proxy_.Hold(test::Direction::kToClient);
  const auto begin = std::chrono::steady_clock::now();

  EXPECT_EQ(journal.Append(kShard, claim->epoch, StartBatch(JournalSeq{1}, {"b"})).outcome,
            AppendOutcome::kInDoubt);

  EXPECT_LT(std::chrono::steady_clock::now() - begin, kPgClientTimeout + std::chrono::seconds(2));
  proxy_.Release(test::Direction::kToClient);
  const auto again = journal.Claim(kShard, "n");
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(ToNumber(again->last), 2U);
}

TEST_F(PgFaultsTest, AnUnreachableDatabaseIsRefusedWithCertaintyAndWorksAgainByItself) {
  PgJournal journal(Through(proxy_));
  const auto claim = journal.Claim(kShard, "n");
  proxy_.SetAdmission(test::Admission::kRefusing);
  proxy_.CutNow();
  // Cut before or after the statement left: the first answer may be either.
  EXPECT_THAT(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
              ::testing::AnyOf(AppendOutcome::kInDoubt, AppendOutcome::kRefused));
  EXPECT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kRefused);

  proxy_.SetAdmission(test::Admission::kOpen);

  EXPECT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
}

TEST_F(PgFaultsTest, ADeposedOwnerIsFencedAlsoAfterItsPositionWasTruncated) {
  PgJournal old_owner(conninfo_);
  PgJournal new_owner(conninfo_);
  const auto old_claim = old_owner.Claim(kShard, "old");
  ASSERT_EQ(old_owner.Append(kShard, old_claim->epoch, StartBatch(old_claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
  const auto new_claim = new_owner.Claim(kShard, "new");
  Batch end{.before = JournalSeq{1}, .published = JournalSeq{2}, .low_water = JournalSeq{2}};
  end.entries.push_back(EntryOf("a", 2));
  end.changes.push_back(EndOf("a", 2, ""));
  ASSERT_EQ(new_owner.Append(kShard, new_claim->epoch, end).outcome, AppendOutcome::kCommitted);
  Maintenance maintenance(conninfo_, {.segment_bytes = 1});
  ASSERT_TRUE(maintenance.CloseSegment().ok());
  ASSERT_TRUE(maintenance.TruncateSegments().ok());
  ASSERT_EQ(One("SELECT count(*) FROM journal"), "0")
      << "the old owner's position must be free again";

  EXPECT_EQ(old_owner.Append(kShard, old_claim->epoch, StartBatch(JournalSeq{1}, {"b"})).outcome,
            AppendOutcome::kFenced);

  EXPECT_EQ(One("SELECT count(*) FROM journal"), "0");
  EXPECT_EQ(new_owner.ReadCommitted(kShard, JournalSeq{0}, 10).status().reason(), "CURSOR_EXPIRED");
  EXPECT_TRUE(new_owner.ReadCommitted(kShard, JournalSeq{2}, 10).ok());
}

TEST_F(PgFaultsTest, ASegmentThatSomebodyNeedsIsNotTruncated) {
  PgJournal journal(conninfo_);
  const auto claim = journal.Claim(kShard, "n");
  journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"}));
  Maintenance maintenance(conninfo_, {.segment_bytes = 1});
  ASSERT_TRUE(maintenance.CloseSegment().ok());

  // Neither published nor past the low-water mark; then only one of the two.
  ASSERT_TRUE(maintenance.TruncateSegments().ok());
  EXPECT_EQ(One("SELECT count(*) FROM journal"), "1");
  journal.Append(kShard, claim->epoch, Batch{.before = JournalSeq{1}, .published = JournalSeq{1}});
  ASSERT_TRUE(maintenance.TruncateSegments().ok());
  EXPECT_EQ(One("SELECT count(*) FROM journal"), "1");

  journal.Append(
      kShard, claim->epoch,
      Batch{.before = JournalSeq{1}, .published = JournalSeq{1}, .low_water = JournalSeq{1}});
  ASSERT_TRUE(maintenance.TruncateSegments().ok());
  EXPECT_EQ(One("SELECT count(*) FROM journal"), "0");
}

TEST_F(PgFaultsTest, AValueThatIsNeverTakenIsPoisonAndFailsNothingElse) {
  PgJournal journal(conninfo_);
  const auto claim = journal.Claim(kShard, "n");
  Batch batch = StartBatch(claim->last, {"a", "b"});
  batch.starts[1].business_key = "\xff\xfe";

  EXPECT_EQ(journal.Append(kShard, claim->epoch, batch).outcome, AppendOutcome::kPoison);

  EXPECT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
}

TEST_F(PgFaultsTest, AReadOnlyDatabaseRefusesWithCertainty) {
  PgJournal journal(conninfo_);
  const auto claim = journal.Claim(kShard, "n");
  const std::string database = One("SELECT current_database()");
  PgConnection admin(conninfo_);
  ASSERT_TRUE(
      admin.ExecuteScript("ALTER DATABASE " + database + " SET default_transaction_read_only = on")
          .ok());
  PgJournal later(conninfo_);

  EXPECT_EQ(later.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kRefused);

  EXPECT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
}

TEST_F(PgFaultsTest, AServerThatRestartsIsUsedAgain) {
  PgJournal journal(conninfo_);
  const auto claim = journal.Claim(kShard, "n");
  test::PrivatePostgres::Shared().Restart();

  const auto outcome = journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome;

  EXPECT_THAT(outcome, ::testing::AnyOf(AppendOutcome::kInDoubt, AppendOutcome::kRefused));
  const auto again = journal.Claim(kShard, "n");
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(journal.Append(kShard, again->epoch, StartBatch(again->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
}

TEST_F(PgFaultsTest, MigrationsAreAppliedOnceAndANewerSchemaIsRefused) {
  Migrator migrator(conninfo_);
  const auto state = migrator.Apply();
  ASSERT_TRUE(state.ok()) << state.status().ToString();
  EXPECT_EQ(state->current, state->expected);
  EXPECT_TRUE(state->pending.empty());
  EXPECT_EQ(One("SELECT count(*) FROM schema_migrations"), std::to_string(state->expected));
  PgConnection connection(conninfo_);
  ASSERT_TRUE(connection.ExecuteScript("INSERT INTO schema_migrations VALUES (999, 'later')").ok());
  EXPECT_EQ(migrator.State().status().reason(), "SCHEMA_NEWER");
}

TEST_F(PgFaultsTest, ConstantsOfTheClusterCannotChange) {
  PgConnection connection(conninfo_);
  EXPECT_TRUE(PinConstant(connection, "cluster.shards", "4").ok());
  EXPECT_TRUE(PinConstant(connection, "cluster.shards", "4").ok());
  EXPECT_EQ(PinConstant(connection, "cluster.shards", "8").reason(), "CLUSTER_MISMATCH");
}

TEST_F(PgFaultsTest, HistoriesLiveInPartitionsByDayAndLeaveByAge) {
  PgJournal journal(conninfo_);
  const auto claim = journal.Claim(kShard, "n");
  journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"old", "new"}));
  Batch ends{.before = JournalSeq{2}};
  ends.changes.push_back(EndOf("old", 2, "h"));  // Ended in 2023.
  ends.changes.push_back(EndOf("new", 2, "h"));
  ends.changes[1].status.ended = claim->now;
  ASSERT_EQ(journal.Append(kShard, claim->epoch, ends).outcome, AppendOutcome::kCommitted);
  Maintenance maintenance(conninfo_, {.retention = std::chrono::hours(24)});

  ASSERT_TRUE(maintenance.MakeHistoryPartitions().ok());
  const Status dropped = maintenance.DropOldSagas();

  ASSERT_TRUE(dropped.ok()) << dropped.ToString();
  EXPECT_EQ(One("SELECT string_agg(id, ',') FROM sagas"), "default/new");
  EXPECT_EQ(One("SELECT count(*) FROM histories WHERE id = 'default/new' AND "
                "tableoid::regclass::text LIKE 'histories_d%'"),
            "1");
  const Status round = maintenance.RunOnce();
  EXPECT_TRUE(round.ok()) << round.ToString();
}

}  // namespace
}  // namespace saga::testing

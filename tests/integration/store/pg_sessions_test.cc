// What sessions on a real PostgreSQL do under an append: waiting, being ended, being frozen; and
// what they must not do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "contract/store_fixture.h"
#include "store/maintenance.h"
#include "store/migrator.h"
#include "store/pg_catalog.h"
#include "store/pg_journal.h"
#include "store/pg_pool.h"
#include "support/postgres.h"
#include "support/tcp_proxy.h"
#include "support/wait.h"

namespace saga::testing {
namespace {

using namespace std::chrono_literals;

class PgSessionsTest : public ::testing::Test {
 protected:
  PgSessionsTest() : conninfo_(test::PrivatePostgres::Shared().CreateDatabase()) {
    const auto state = Migrator(conninfo_).Apply();
    EXPECT_TRUE(state.ok()) << state.status().ToString();
  }

  std::string Through(const test::TcpProxy& proxy) const {
    std::string proxied = conninfo_;
    const std::size_t host = proxied.find("host=");
    const std::size_t end = proxied.find(' ', host);
    proxied.replace(host, end - host, "host=127.0.0.1 port=" + std::to_string(proxy.port()));
    return proxied + " sslmode=disable gssencmode=disable";
  }

  std::int64_t Count(const std::string& sql) {
    const auto result = observer_.Execute("SELECT count(*) " + sql);
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? result->Int(0, 0) : -1;
  }

  bool Waits(const std::string& sql_like) {
    return test::WaitUntil(10s, [&] {
      return Count("FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '" +
                   sql_like + "'") == 1;
    });
  }

  // Another session that holds the shards' rows until End().
  class Lock {
   public:
    explicit Lock(PgSessionsTest& test) : test_(test) {
      held_ = std::async(std::launch::async, [conninfo = test.conninfo_] {
        PgConnection connection(conninfo);
        (void)connection.ExecuteScript(
            "SET LOCAL statement_timeout = 0; SELECT FROM shards FOR UPDATE; SELECT pg_sleep(60)",
            60s);
      });
      EXPECT_TRUE(test::WaitUntil(10s, [&] {
        return test.Count("FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == 1;
      }));
    }
    ~Lock() { End(); }
    void End() {
      if (!held_.valid()) return;
      test_.Count(
          "FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = "
          "'PgSleep') AS ended");
      held_.get();
    }

   private:
    PgSessionsTest& test_;
    std::future<void> held_;
  };

  const std::string conninfo_;
  PgConnection observer_{conninfo_};
};

TEST_F(PgSessionsTest, AnAppendThatWaitsTooLongIsRefusedWithCertainty) {
  PgJournal journal(conninfo_);
  const auto claim = journal.Claim(kShard, "n");
  {
    const Lock lock(*this);
    EXPECT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
              AppendOutcome::kRefused);
  }
  EXPECT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
}

TEST_F(PgSessionsTest, AnAppendWhoseSessionIsEndedIsInDoubt) {
  PgJournal journal(conninfo_);
  const auto claim = journal.Claim(kShard, "n");
  Lock lock(*this);
  auto outcome = std::async(std::launch::async, [&] {
    return journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome;
  });
  ASSERT_TRUE(Waits("WITH fence%"));

  Count(
      "FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'WITH "
      "fence%') AS ended");

  EXPECT_EQ(outcome.get(), AppendOutcome::kInDoubt);
  lock.End();
  EXPECT_EQ(ToNumber(journal.Claim(kShard, "n")->last), 0U);
}

TEST_F(PgSessionsTest, AClaimWaitsForAnAppendOfTheOldOwnerAndCountsIt) {
  PgJournal old_owner(conninfo_);
  const auto claim = old_owner.Claim(kShard, "old");
  Lock lock(*this);
  auto outcome = std::async(std::launch::async, [&] {
    return old_owner.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome;
  });
  ASSERT_TRUE(Waits("WITH fence%"));
  auto claimed =
      std::async(std::launch::async, [this] { return PgJournal(conninfo_).Claim(kShard, "new"); });
  ASSERT_TRUE(Waits("%INSERT INTO shards%"));

  lock.End();

  const auto new_claim = claimed.get();
  ASSERT_TRUE(new_claim.ok()) << new_claim.status().ToString();
  // Whichever of the two came first: the claim's answer is what is committed, for good.
  if (outcome.get() == AppendOutcome::kCommitted) {
    EXPECT_EQ(ToNumber(new_claim->last), 1U);
  } else {
    EXPECT_EQ(ToNumber(new_claim->last), 0U);
  }
  EXPECT_EQ(Count("FROM journal"), static_cast<std::int64_t>(ToNumber(new_claim->last)));
}

TEST_F(PgSessionsTest, AFrozenServerBehindAUnixSocketEndsInDoubt) {
  test::PrivatePostgres postgres({.durability = test::Durability::kNoFsync, .settings = {}});
  std::string conninfo = postgres.CreateDatabase();
  // The store's own limit, not the test's.
  const std::size_t limit = conninfo.find("connect_timeout=");
  if (limit != std::string::npos) conninfo.erase(limit, conninfo.find(' ', limit) - limit);
  ASSERT_TRUE(Migrator(conninfo).Apply().ok());
  PgJournal journal(conninfo);
  const auto claim = journal.Claim(kShard, "n");
  ASSERT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
  postgres.Freeze();
  const auto begin = std::chrono::steady_clock::now();

  const auto outcome =
      journal.Append(kShard, claim->epoch, StartBatch(JournalSeq{1}, {"b"})).outcome;
  const auto in_doubt = std::chrono::steady_clock::now();
  const auto while_frozen = journal.Claim(kShard, "n");
  const auto refused = std::chrono::steady_clock::now();
  postgres.Thaw();

  EXPECT_EQ(outcome, AppendOutcome::kInDoubt);
  EXPECT_EQ(while_frozen.status().code(), StatusCode::kUnavailable);
  EXPECT_LT(in_doubt - begin, kPgClientTimeout + 2s);
  EXPECT_LT(refused - in_doubt, kPgConnectTimeout + 2s);
  const auto again = journal.Claim(kShard, "n");
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  const bool committed = ToNumber(again->last) == 2;
  std::uint64_t loaded = 0;
  ASSERT_TRUE(journal.LoadLive(kShard, [&](const LoadedSaga&) { ++loaded; }).ok());
  EXPECT_EQ(loaded, committed ? 2U : 1U);
}

TEST_F(PgSessionsTest, NoSessionIsEverIdleInATransaction) {
  test::TcpProxy proxy(test::PrivatePostgres::Shared().socket_path());
  PgJournal journal(Through(proxy));
  const auto claim = journal.Claim(kShard, "n");
  PgPool pool(Through(proxy), 2);
  PgCatalog catalog(pool);
  Maintenance maintenance(Through(proxy), {.segment_bytes = 0});
  // Every answer takes so long to arrive that a transaction of several round trips is seen.
  proxy.SetDelay(test::Direction::kToClient, 20ms);
  std::atomic<bool> done = false;
  auto idle = std::async(std::launch::async, [&] {
    std::int64_t seen = 0;
    while (!done) {
      seen += Count(
          "FROM pg_stat_activity WHERE datname = current_database() AND state LIKE "
          "'idle in transaction%'");
    }
    return seen;
  });

  EXPECT_EQ(journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"})).outcome,
            AppendOutcome::kCommitted);
  EXPECT_TRUE(journal.LoadLive(kShard, [](const LoadedSaga&) {}).ok());
  EXPECT_TRUE(catalog
                  .SaveParticipant({.name_space = "default", .name = "p", .target = "t"},
                                   {.name_space = "default"})
                  .ok());
  const Status maintained = maintenance.RunOnce();
  EXPECT_TRUE(maintained.ok()) << maintained.ToString();
  EXPECT_TRUE(Migrator(Through(proxy)).Apply().ok());

  done = true;
  EXPECT_EQ(idle.get(), 0);
}

TEST_F(PgSessionsTest, StatementsKeptByASessionAreBounded) {
  PgConnection connection(conninfo_);
  for (std::size_t i = 0; i < kPgPreparedMax + 20; ++i) {
    const auto result = connection.Execute("SELECT " + std::to_string(i));
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    ASSERT_EQ(result->Int(0, 0), static_cast<std::int64_t>(i));
  }
  const auto kept = connection.Execute("SELECT count(*) FROM pg_prepared_statements");
  EXPECT_LE(kept->Int(0, 0), static_cast<std::int64_t>(kPgPreparedMax));
  EXPECT_EQ(connection.Execute("SELECT 0")->Int(0, 0), 0);
}

TEST_F(PgSessionsTest, ASegmentIsFullAlsoWhenItsRecordsAreLarge) {
  PgJournal journal(conninfo_);
  const auto claim = journal.Claim(kShard, "n");
  Batch batch = StartBatch(claim->last, {"a"});
  batch.entries[0].record.assign(2'000'000, 'x');
  ASSERT_EQ(journal.Append(kShard, claim->epoch, batch).outcome, AppendOutcome::kCommitted);

  ASSERT_TRUE(Maintenance(conninfo_, {.segment_bytes = 1'000'000}).CloseSegment().ok());

  EXPECT_EQ(Count("FROM journal_segments WHERE current = 1"), 1);
}

TEST_F(PgSessionsTest, AppendsAreNotHeldUpWhereThereIsNothingToTruncate) {
  PgJournal journal(conninfo_);
  const auto claim = journal.Claim(kShard, "n");
  journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"}));
  Maintenance maintenance(conninfo_, {.segment_bytes = 0});
  ASSERT_TRUE(maintenance.CloseSegment().ok());
  const Lock lock(*this);

  // The segment is needed: it does not even ask for the rows that the other session holds.
  EXPECT_TRUE(maintenance.TruncateSegments().ok());
}

TEST_F(PgSessionsTest, TruncationGivesUpSoonWhereAnAppendIsUnderWay) {
  PgJournal journal(conninfo_);
  const auto claim = journal.Claim(kShard, "n");
  journal.Append(kShard, claim->epoch, StartBatch(claim->last, {"a"}));
  Batch end{.before = JournalSeq{1}, .published = JournalSeq{1}, .low_water = JournalSeq{1}};
  journal.Append(kShard, claim->epoch, end);
  Maintenance maintenance(conninfo_, {.segment_bytes = 0});
  ASSERT_TRUE(maintenance.CloseSegment().ok());
  {
    const Lock lock(*this);
    EXPECT_EQ(maintenance.TruncateSegments().reason(), "STORE_REFUSED");
    EXPECT_EQ(Count("FROM journal"), 1);
  }
  EXPECT_TRUE(maintenance.TruncateSegments().ok());
  EXPECT_EQ(Count("FROM journal"), 0);
}

TEST_F(PgSessionsTest, NodesThatStartTogetherMakeEachPartitionOnce) {
  // Both have looked before either has made one.
  test::TcpProxy first(test::PrivatePostgres::Shared().socket_path());
  test::TcpProxy second(test::PrivatePostgres::Shared().socket_path());
  Maintenance one(Through(first), {});
  Maintenance other(Through(second), {});
  first.SetDelay(test::Direction::kToClient, 20ms);
  second.SetDelay(test::Direction::kToClient, 20ms);

  auto done = std::async(std::launch::async, [&one] { return one.RunOnce(); });
  const Status status = other.RunOnce();

  EXPECT_TRUE(status.ok()) << status.ToString();
  const Status also = done.get();
  EXPECT_TRUE(also.ok()) << also.ToString();
  EXPECT_GT(Count("FROM pg_inherits WHERE inhparent = 'histories'::regclass"), 2);
}

}  // namespace
}  // namespace saga::testing

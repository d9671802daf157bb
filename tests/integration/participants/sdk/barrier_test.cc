// The barrier on a real PostgreSQL: what it promises when calls are repeated, lost, late and at the
// same time.
#include "participants/sdk/barrier.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <pqxx/pqxx>
#include <thread>

#include "participants/sdk/barrier_schema.h"
#include "support/postgres.h"
#include "support/wait.h"

namespace saga::sdk {
namespace {

using saga::test::PrivatePostgres;
using saga::test::WaitUntil;

constexpr std::chrono::seconds kLimit{10};

CallContext Call(const std::string& saga, Operation operation,
                 Rejection rejection = Rejection::kRetried) {
  CallContext call;
  call.key = fmt::format("test/default/{}:step", saga);
  call.operation = operation;
  call.operation_name = OperationName(operation);
  call.saga = saga;
  call.rejection = rejection;
  return call;
}
CallContext Action(const std::string& saga) {
  return Call(saga, Operation::kAction, Rejection::kFinal);
}
CallContext Undo(const std::string& saga) { return Call(saga, Operation::kUndo); }

// A service whose only business is to write down what it did.
class BarrierTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    conninfo_ = new std::string(PrivatePostgres::Shared().CreateDatabase());
    PrivatePostgres::Execute(*conninfo_, kBarrierSchema);
    PrivatePostgres::Execute(*conninfo_, "CREATE TABLE effects (saga text, change int)");
  }
  static void TearDownTestSuite() { delete conninfo_; }

  static Work Effect(const std::string& saga, int change, const std::string& reply = "ok") {
    return [=](pqxx::dbtransaction& transaction) -> Result<std::string> {
      transaction.exec_params("INSERT INTO effects VALUES ($1, $2)", saga, change);
      return reply;
    };
  }
  static Work EffectThenNo(const std::string& saga, StatusCode code, const std::string& reason) {
    return [=](pqxx::dbtransaction& transaction) -> Result<std::string> {
      transaction.exec_params("INSERT INTO effects VALUES ($1, 1)", saga);
      return Status(code, reason, "no");
    };
  }

  static pqxx::result Query(const std::string& sql) {
    pqxx::connection connection(*conninfo_);
    pqxx::nontransaction transaction(connection);
    return transaction.exec(sql);
  }
  // (how many effects, their sum)
  static std::pair<int, int> Effects(const std::string& saga) {
    const pqxx::result rows = Query(fmt::format(
        "SELECT count(*), coalesce(sum(change), 0) FROM effects WHERE saga = '{}'", saga));
    return {rows[0][0].as<int>(), rows[0][1].as<int>()};
  }
  static std::string States(const std::string& saga) {
    const pqxx::result rows = Query(fmt::format(
        "SELECT coalesce(string_agg(operation || '=' || state, ' ' ORDER BY operation), '') "
        "FROM saga_barrier WHERE key = 'test/default/{}:step'",
        saga));
    return rows[0][0].as<std::string>();
  }
  // True once some session waits for a lock.
  static bool SomebodyWaits() {
    return WaitUntil(kLimit,
                     [] { return Query("SELECT 1 FROM pg_locks WHERE NOT granted").size() > 0; });
  }

  static std::string* conninfo_;
  ConnectionPool pool_{*conninfo_, 8};
  Barrier barrier_{pool_};
};
std::string* BarrierTest::conninfo_ = nullptr;

TEST_F(BarrierTest, ARepeatedActionGetsTheFirstAnswerAndHasOneEffect) {
  EXPECT_EQ(*barrier_.Run(Action("repeat"), Effect("repeat", 1, "first")), "first");
  EXPECT_EQ(*barrier_.Run(Action("repeat"), Effect("repeat", 1, "second")), "first");

  EXPECT_EQ(Effects("repeat"), std::pair(1, 1));
}

TEST_F(BarrierTest, AnAnswerMayBeAnyBytes) {
  const std::string bytes("\0\xff\x01'\\", 5);
  EXPECT_EQ(*barrier_.Run(Action("bytes"), Effect("bytes", 1, bytes)), bytes);
  EXPECT_EQ(*barrier_.Run(Action("bytes"), Effect("bytes", 1)), bytes);
}

TEST_F(BarrierTest, AnUndoTakesItsActionBackOnce) {
  ASSERT_TRUE(barrier_.Run(Action("undo"), Effect("undo", 1)).ok());

  EXPECT_EQ(*barrier_.Run(Undo("undo"), Effect("undo", -1, "undone")), "undone");
  EXPECT_EQ(*barrier_.Run(Undo("undo"), Effect("undo", -1)), "undone");

  EXPECT_EQ(Effects("undo"), std::pair(2, 0));
}

TEST_F(BarrierTest, AnUndoWithoutItsActionSucceedsAndBlocksIt) {
  const Result<std::string> undo = barrier_.Run(Undo("empty"), Effect("empty", -1));
  const Result<std::string> late = barrier_.Run(Action("empty"), Effect("empty", 1));

  ASSERT_TRUE(undo.ok()) << undo.status().ToString();
  EXPECT_EQ(*undo, "");
  EXPECT_EQ(late.status().reason(), "ALREADY_UNDONE");
  EXPECT_TRUE(barrier_.Run(Undo("empty"), Effect("empty", -1)).ok());
  EXPECT_EQ(Effects("empty"), std::pair(0, 0));
  EXPECT_EQ(States("empty"), "action=blocked undo=done");
}

TEST_F(BarrierTest, ACancelBlocksItsTryLikeAnUndoItsAction) {
  ASSERT_TRUE(barrier_.Run(Call("tcc", Operation::kCancel), Effect("tcc", -1)).ok());

  EXPECT_EQ(barrier_.Run(Call("tcc", Operation::kTry, Rejection::kFinal), Effect("tcc", 1))
                .status()
                .reason(),
            "ALREADY_UNDONE");
  EXPECT_EQ(Effects("tcc"), std::pair(0, 0));
}

TEST_F(BarrierTest, AFinalNoIsKeptWithoutItsWorkAndGivenAgain) {
  const Result<std::string> first = barrier_.Run(
      Action("no"), EffectThenNo("no", StatusCode::kFailedPrecondition, "OUT_OF_STOCK"));
  const Result<std::string> again = barrier_.Run(Action("no"), Effect("no", 1));

  EXPECT_EQ(first.status().reason(), "OUT_OF_STOCK");
  EXPECT_EQ(again.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(again.status().reason(), "OUT_OF_STOCK");
  EXPECT_EQ(Effects("no"), std::pair(0, 0));
  EXPECT_EQ(States("no"), "action=rejected");
}

TEST_F(BarrierTest, AnUndoOfARejectedActionHasNothingToDo) {
  ASSERT_FALSE(
      barrier_.Run(Action("undo-no"), EffectThenNo("undo-no", StatusCode::kNotFound, "X")).ok());

  EXPECT_TRUE(barrier_.Run(Undo("undo-no"), Effect("undo-no", -1)).ok());

  EXPECT_EQ(Effects("undo-no"), std::pair(0, 0));
}

TEST_F(BarrierTest, ANoToAnUndoLeavesNoRowSoThatItCanBeTriedAgain) {
  ASSERT_TRUE(barrier_.Run(Action("retry"), Effect("retry", 1)).ok());

  EXPECT_EQ(
      barrier_
          .Run(Undo("retry"), EffectThenNo("retry", StatusCode::kFailedPrecondition, "STOCKTAKE"))
          .status()
          .reason(),
      "STOCKTAKE");
  EXPECT_EQ(States("retry"), "action=done");
  EXPECT_TRUE(barrier_.Run(Undo("retry"), Effect("retry", -1)).ok());
  EXPECT_EQ(Effects("retry"), std::pair(2, 0));
}

TEST_F(BarrierTest, ANoAfterThePivotLeavesNoRowSoThatItCanBeTriedAgain) {
  const CallContext ship = Call("ship", Operation::kAction, Rejection::kRetried);

  EXPECT_FALSE(
      barrier_.Run(ship, EffectThenNo("ship", StatusCode::kFailedPrecondition, "ADDRESS")).ok());
  EXPECT_EQ(States("ship"), "");
  EXPECT_TRUE(barrier_.Run(ship, Effect("ship", 1)).ok());
  EXPECT_EQ(Effects("ship"), std::pair(1, 1));
}

TEST_F(BarrierTest, AFailureThatMayPassLeavesNothing) {
  EXPECT_EQ(barrier_.Run(Action("busy"), EffectThenNo("busy", StatusCode::kUnavailable, "BUSY"))
                .status()
                .reason(),
            "BUSY");
  EXPECT_EQ(States("busy"), "");
  EXPECT_TRUE(barrier_.Run(Action("busy"), Effect("busy", 1)).ok());
  EXPECT_EQ(Effects("busy"), std::pair(1, 1));
}

TEST_F(BarrierTest, WorkThatThrowsLeavesNothingAndTheConnectionServesOn) {
  const Result<std::string> broken =
      barrier_.Run(Action("throws"), [](pqxx::dbtransaction& transaction) -> Result<std::string> {
        transaction.exec("INSERT INTO effects VALUES ('throws', 1)");
        transaction.exec("SELECT 1 / 0");
        return std::string();
      });

  EXPECT_EQ(broken.status().code(), StatusCode::kInternal);
  EXPECT_EQ(States("throws"), "");
  EXPECT_TRUE(barrier_.Run(Action("throws"), Effect("throws", 1)).ok());
  EXPECT_EQ(Effects("throws"), std::pair(1, 1));
}

TEST_F(BarrierTest, AnUndoWithANewKeyRunsAgain) {
  ASSERT_TRUE(barrier_.Run(Action("new-key"), Effect("new-key", 1)).ok());
  ASSERT_TRUE(barrier_.Run(Undo("new-key"), Effect("new-key", -1)).ok());
  CallContext again = Undo("new-key");
  again.operation_name = "undo#2";

  EXPECT_TRUE(barrier_.Run(again, Effect("new-key", 0, "again")).ok());

  EXPECT_EQ(States("new-key"), "action=done undo=done undo#2=done");
}

TEST_F(BarrierTest, AnUndoWaitsForTheActionThatIsRunningAndThenTakesItBack) {
  std::atomic<bool> go_on = false;
  std::thread action([&] {
    EXPECT_TRUE(barrier_
                    .Run(Action("running"),
                         [&](pqxx::dbtransaction& transaction) -> Result<std::string> {
                           EXPECT_TRUE(WaitUntil(kLimit, [&] { return go_on.load(); }));
                           return Effect("running", 1)(transaction);
                         })
                    .ok());
  });
  // The action has its row once a second inserter has to wait for it.
  std::thread undo([&] {
    EXPECT_TRUE(WaitUntil(kLimit, [] {
      return Query(
                 "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND query "
                 "LIKE 'SAVEPOINT%'")
                 .size() > 0;
    }));
    EXPECT_TRUE(barrier_.Run(Undo("running"), Effect("running", -1)).ok());
  });
  EXPECT_TRUE(SomebodyWaits());
  EXPECT_EQ(Effects("running"), std::pair(0, 0));
  go_on = true;
  action.join();
  undo.join();

  EXPECT_EQ(Effects("running"), std::pair(2, 0));
}

// Whatever order the database finds, the net effect of an action and its undo is nothing, and
// repeats change nothing.
TEST_F(BarrierTest, ActionsAndUndosThatRaceLeaveNothing) {
  constexpr int kRounds = 150;
  constexpr int kThreads = 4;
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < kRounds; ++round) {
        const std::string saga = fmt::format("race-{}", round);
        start.arrive_and_wait();
        if (t % 2 == 0) {
          const Result<std::string> action = barrier_.Run(Action(saga), Effect(saga, 1));
          if (!action.ok()) {
            EXPECT_EQ(action.status().reason(), "ALREADY_UNDONE");
          }
        } else {
          const Result<std::string> undo = barrier_.Run(Undo(saga), Effect(saga, -1));
          EXPECT_TRUE(undo.ok()) << undo.status().ToString();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  const pqxx::result wrong = Query(
      "SELECT saga FROM effects WHERE saga LIKE 'race-%' GROUP BY saga "
      "HAVING sum(change) <> 0 OR count(*) NOT IN (0, 2)");
  EXPECT_EQ(wrong.size(), 0U);
}

TEST_F(BarrierTest, TheSameActionFromManyAtOnceHasOneEffectAndOneAnswer) {
  constexpr int kThreads = 6;
  std::barrier start(kThreads);
  std::array<std::string, kThreads> answers;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      answers[static_cast<std::size_t>(t)] =
          *barrier_.Run(Action("same"), Effect("same", 1, fmt::format("answer of {}", t)));
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_THAT(answers, testing::Each(answers[0]));
  EXPECT_EQ(Effects("same"), std::pair(1, 1));
}

TEST_F(BarrierTest, AfterTheDatabaseRestartedOneCallFailsAndTheNextWorks) {
  PrivatePostgres own({.durability = saga::test::Durability::kNoFsync});
  const std::string conninfo = own.CreateDatabase();
  PrivatePostgres::Execute(conninfo, kBarrierSchema);
  ConnectionPool pool(conninfo, 3);
  const Barrier barrier(pool);
  const Work nothing = [](pqxx::dbtransaction&) -> Result<std::string> { return std::string("x"); };
  ASSERT_TRUE(barrier.Run(Action("before"), nothing).ok());
  own.Restart();

  const Status cut = barrier.Run(Action("after"), nothing).status();

  EXPECT_EQ(cut.code(), StatusCode::kUnavailable) << cut.ToString();
  EXPECT_EQ(*barrier.Run(Action("after"), nothing), "x");
}

TEST_F(BarrierTest, ACallThatFindsNoFreeConnectionIsRefusedInTime) {
  ConnectionPool one(*conninfo_, 1);
  const Result<ConnectionPool::Lease> taken = one.Acquire(std::chrono::milliseconds(100));
  ASSERT_TRUE(taken.ok());

  EXPECT_EQ(one.Acquire(std::chrono::milliseconds(20)).status().reason(), "CONNECTIONS_BUSY");
}

}  // namespace
}  // namespace saga::sdk

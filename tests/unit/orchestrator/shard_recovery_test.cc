// What a shard finds when it begins.
#include <gtest/gtest.h>

#include "orchestrator/history.h"
#include "unit/orchestrator/shard_world.h"

namespace saga::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ShardRecoveryTest : public ShardWorld {};

TEST_F(ShardRecoveryTest, OutstandingCallsAreMadeAgainWithTheirKeysAfterACrash) {
  Got a;
  Start("a", a);
  Settle();
  const std::string key = caller_.open().front().call.idempotency_key;
  caller_.open().clear();

  Crash();
  Pass(milliseconds(100));

  EXPECT_EQ(caller_.Open(), "stock/action#1");
  EXPECT_EQ(caller_.open().front().call.idempotency_key, key);
}

TEST_F(ShardRecoveryTest, ARejectionAfterACrashProvesNothingSoTheStepIsUndone) {
  Got a;
  Start("a", a);
  Settle();
  Crash();
  caller_.open().clear();
  Pass(milliseconds(100));

  Reply("stock", CallOutcome::kRejected);
  Settle();

  EXPECT_EQ(caller_.Open(), "stock/undo#1");
}

TEST_F(ShardRecoveryTest, ARepetitionThatWasDueLaterIsStillDueThenAfterACrash) {
  Got a;
  Start("a", a);
  Settle();
  Reply("stock", CallOutcome::kUnknown);
  Settle();
  Crash();
  Pass(milliseconds(500));
  EXPECT_EQ(caller_.Open(), "");

  Pass(milliseconds(600));

  EXPECT_EQ(caller_.Open(), "stock/action#2");
}

TEST_F(ShardRecoveryTest, TheReloadedSagaIsTheOneThatWasInMemory) {
  Got a;
  Start("a", a);
  Settle();
  Reply("stock", CallOutcome::kSucceeded, "{\"r\":1}");
  Settle();
  const LiveSaga before = *shard_->live().Find(Id("a"));

  Crash();
  shard_->RunOnce(now_);
  const LiveSaga& after = *shard_->live().Find(Id("a"));

  EXPECT_EQ(after.history, before.history);
  EXPECT_EQ(after.saga.revision, before.saga.revision);
  EXPECT_EQ(after.saga.steps[0].state, StepState::kSucceeded);
  EXPECT_EQ(after.saga.steps[0].output->bytes, "{\"r\":1}");
  EXPECT_EQ(after.saga.deadline, before.saga.deadline);
}

TEST_F(ShardRecoveryTest, ASagaWhoseDefinitionIsGoneIsStuckReadableAndResolvable) {
  Got a;
  Start("a", a);
  Settle();
  Crash();
  caller_.open().clear();
  definitions_.Forget();
  Got read;
  Read("a", read);
  Pass(milliseconds(100));

  ASSERT_TRUE(read.saga.has_value());
  EXPECT_EQ(HealthOf(*read.saga), SagaHealth::kStuck);
  EXPECT_NE(read.saga->unreadable.find("plan@1"), std::string::npos);
  EXPECT_EQ(read.saga->business_key, "key-a");
  EXPECT_EQ(Row("a").status.attention.reason, "SAGA_UNREADABLE");
  EXPECT_EQ(caller_.Open(), "");

  Got retried;
  Operate("a", {.action = OperatorAction::kRetry, .request_digest = "r1"}, OperateMode::kDo,
          retried);
  Settle();
  EXPECT_EQ(retried.status.reason(), "SAGA_UNREADABLE");
  Got resolved;
  Operate("a", {.action = OperatorAction::kResolve, .reference = "INC-1", .request_digest = "r2"},
          OperateMode::kDo, resolved);
  Settle();
  EXPECT_TRUE(resolved.status.ok());
  EXPECT_EQ(Row("a").status.state, SagaState::kResolved);
  EXPECT_EQ(SplitHistory(**store_.GetHistory(Id("a")))->size(), 3U);
}

TEST_F(ShardRecoveryTest, ASagaThatCanBeReadAgainGoesOn) {
  Got a;
  Start("a", a);
  Settle();
  Crash();
  definitions_.Forget();
  Pass(milliseconds(100));
  caller_.open().clear();
  Crash();
  definitions_.Add(definition_);
  Pass(milliseconds(100));

  EXPECT_EQ(Row("a").status.health, SagaHealth::kOk);
  EXPECT_EQ(caller_.Open(), "stock/action#1");
}

TEST_F(ShardRecoveryTest, ALongLivedSagaIsCarriedForwardSoThatTheJournalStaysShort) {
  carry_after_entries_ = 10;
  NewShard();
  Got old;
  Start("old", old);
  Settle();
  MadeCall held = caller_.Take("stock");
  for (int i = 0; i < 20; ++i) {
    Got got;
    Start("s" + std::to_string(i), got);
    Settle();
    for (const char* step : {"stock", "card", "ship"}) {
      Reply(step, CallOutcome::kSucceeded, "{}");
      Settle();
    }
  }
  feed_->SetPublished(feed_->last());
  Pass(seconds(2));
  store_.Truncate();

  EXPECT_LE(store_.entry_count(ShardId{0}), 20U);
  Crash();
  Pass(milliseconds(100));
  EXPECT_EQ(caller_.Open(), "stock/action#1") << "what was carried is enough to go on";
  Reply("stock", CallOutcome::kSucceeded, "{}");
  Settle();
  EXPECT_EQ(shard_->live().Find(Id("old"))->saga.revision, Revision{2});
}

TEST_F(ShardRecoveryTest, ManySagasAreResumedAtARateAndAllOfThem) {
  constexpr int kSagas = 500;
  std::vector<Got> got(kSagas);
  for (int i = 0; i < kSagas; ++i) {
    Start("s" + std::to_string(i), got[static_cast<std::size_t>(i)]);
  }
  Settle();
  Crash();
  caller_.open().clear();

  shard_->RunOnce(now_);
  Settle();
  EXPECT_LE(caller_.open().size(), kPacedSagasBurst + 1);
  Pass(seconds(1));

  EXPECT_EQ(caller_.open().size(), static_cast<std::size_t>(kSagas));
}

}  // namespace
}  // namespace saga::testing

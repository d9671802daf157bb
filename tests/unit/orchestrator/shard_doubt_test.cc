// A shard whose store refuses, doubts and deposes.
#include <gtest/gtest.h>

#include "unit/orchestrator/shard_world.h"

namespace saga::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ShardDoubtTest : public ShardWorld {
 protected:
  void StartAndSettle(const std::string& id, Got& got) {
    Start(id, got);
    Settle();
  }
};

TEST_F(ShardDoubtTest, AStartInDoubtThatWasNotCommittedIsDecidedAgain) {
  Settle();
  store_.AddFault(AppendFault::kLost);
  Got started;
  Start("a", started);
  shard_->RunOnce(now_);
  EXPECT_EQ(started.times, 0);
  EXPECT_EQ(caller_.Open(), "") << "nothing leaves before its commit";

  Settle();

  EXPECT_EQ(started.times, 1);
  EXPECT_TRUE(started.status.ok());
  EXPECT_FALSE(started.answer.already_started);
  EXPECT_EQ(Journalled("a"), "saga.started.v1");
  EXPECT_EQ(caller_.Open(), "stock/action#1");
}

TEST_F(ShardDoubtTest, AStartInDoubtThatWasCommittedIsFoundAndCalledOnce) {
  Settle();
  store_.AddFault(AppendFault::kLostButCommitted);
  Got started;
  Got again;
  Start("a", started);
  Start("a", again);
  Pass(milliseconds(100));

  EXPECT_EQ(started.times, 1);
  EXPECT_FALSE(started.answer.already_started);
  EXPECT_TRUE(again.answer.already_started);
  EXPECT_EQ(Journalled("a"), "saga.started.v1");
  EXPECT_EQ(caller_.Open(), "stock/action#1");
  EXPECT_EQ(caller_.made("test/default/a:stock:action"), 1);
}

TEST_F(ShardDoubtTest, AReplyInDoubtIsKeptWhetherOrNotItWasCommitted) {
  for (const AppendFault fault : {AppendFault::kLost, AppendFault::kLostButCommitted}) {
    const std::string id = fault == AppendFault::kLost ? "a" : "b";
    Got started;
    StartAndSettle(id, started);
    store_.AddFault(fault);
    Reply("stock", CallOutcome::kSucceeded, "{}");
    Pass(milliseconds(100));

    EXPECT_EQ(Journalled(id), "saga.started.v1 step.succeeded.v1");
    EXPECT_EQ(caller_.Open(), "card/action#1");
    EXPECT_EQ(caller_.made("test/default/" + id + ":stock:action"), 1);
    EXPECT_EQ(caller_.made("test/default/" + id + ":card:action"), 1);
    caller_.open().clear();
    Settle();
  }
}

TEST_F(ShardDoubtTest, AFailureInDoubtIsCountedOnce) {
  Got started;
  StartAndSettle("a", started);
  store_.AddFault(AppendFault::kLostButCommitted);
  Reply("stock", CallOutcome::kUnknown);
  Settle();

  const LiveSaga* live = shard_->live().Find(Id("a"));

  ASSERT_NE(live, nullptr);
  EXPECT_EQ(live->saga.steps[0].pending->failures, 1U);
  EXPECT_FALSE(live->saga.steps[0].pending->in_flight);
}

TEST_F(ShardDoubtTest, CallsUnderWayOnThisNodeAreNotMadeAgainAfterAClaim) {
  Got a;
  Got b;
  StartAndSettle("a", a);
  store_.AddFault(AppendFault::kLost);
  Start("b", b);
  Pass(milliseconds(100));
  EXPECT_EQ(caller_.made("test/default/a:stock:action"), 1);
  EXPECT_EQ(caller_.Open(), "stock/action#1 stock/action#1");

  MadeCall call = caller_.Take("stock");
  EXPECT_EQ(call.call.saga, Id("a"));
  EXPECT_TRUE(call.place.StillOwned());
  call.place.Post({.outcome = CallOutcome::kSucceeded, .output = EmptyPayload()});
  Settle();

  EXPECT_EQ(Journalled("a"), "saga.started.v1 step.succeeded.v1");
}

TEST_F(ShardDoubtTest, ARefusedBatchIsTriedAgainUntilTheStoreTakesIt) {
  Settle();
  for (int i = 0; i < 3; ++i) store_.AddFault(AppendFault::kRefused);
  Got started;
  Start("a", started);
  Settle();
  EXPECT_EQ(started.times, 0);

  Pass(seconds(1));

  EXPECT_EQ(started.times, 1);
  EXPECT_EQ(Journalled("a"), "saga.started.v1");
  EXPECT_EQ(caller_.made("test/default/a:stock:action"), 1);
}

TEST_F(ShardDoubtTest, WhileTheStoreIsAwayRequestsAreRefusedAfterAWhile) {
  store_.FailClaims(1000, false);
  Got started;
  Got read;
  Start("a", started);
  Read("a", read);
  Pass(seconds(1));
  EXPECT_EQ(started.times, 0);

  Pass(seconds(5));

  EXPECT_EQ(started.status.reason(), "STORE_UNAVAILABLE");
  EXPECT_EQ(read.status.code(), StatusCode::kUnavailable);
  store_.FailClaims(0, false);
  Got later;
  Start("a", later);
  Pass(seconds(3));
  EXPECT_TRUE(later.status.ok());
  EXPECT_EQ(later.times, 1);
}

TEST_F(ShardDoubtTest, ADeposedOwnerSendsNothingAndComesBackThroughAClaim) {
  Got a;
  StartAndSettle("a", a);
  const MadeCall waiting = caller_.Take("stock");  // Has no permit of its participant yet.
  ASSERT_TRUE(store_.MakeJournal()->Claim(ShardId{0}, "other").ok());
  Got b;
  Start("b", b);
  shard_->RunOnce(now_);
  EXPECT_FALSE(waiting.place.StillOwned());
  EXPECT_EQ(b.times, 0);

  Pass(seconds(1));

  EXPECT_EQ(b.times, 1);
  EXPECT_TRUE(b.status.ok());
  EXPECT_FALSE(waiting.place.StillOwned()) << "of a term before somebody else's";
  EXPECT_EQ(Journalled("b"), "saga.started.v1");
}

TEST_F(ShardDoubtTest, AStartThatTheStoreWillNeverTakeIsRefusedAloneInItsBatch) {
  Settle();
  store_.SetPoison("key-bad");
  std::vector<Got> good(7);
  Got bad;
  for (int i = 0; i < 7; ++i) {
    Start("good" + std::to_string(i), good[static_cast<std::size_t>(i)]);
    if (i == 3) Start("bad", bad);
  }
  Settle();

  EXPECT_EQ(bad.status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(bad.times, 1);
  for (const Got& got : good) {
    EXPECT_TRUE(got.status.ok());
    EXPECT_EQ(got.times, 1);
  }
  EXPECT_EQ(shard_->live().size(), 7U);
}

TEST_F(ShardDoubtTest, ASagaWhoseRecordTheStoreWillNeverTakeIsStuckAndOthersGoOn) {
  Got a;
  Got b;
  Start("a", a);
  Start("b", b);
  Settle();
  store_.SetPoison("poisonous");
  Reply("stock", CallOutcome::kSucceeded, "poisonous");
  Reply("stock", CallOutcome::kSucceeded, "{}");
  Settle();

  EXPECT_EQ(Row("a").status.health, SagaHealth::kStuck);
  EXPECT_EQ(Row("a").status.attention.reason, "SAGA_UNREADABLE");
  EXPECT_EQ(Journalled("a"), "saga.started.v1");
  EXPECT_EQ(Journalled("b"), "saga.started.v1 step.succeeded.v1");
  EXPECT_EQ(caller_.Open(), "card/action#1");
  const Census census = TakeCensus(shard_->live());
  const Census::Kind stuck{definition_->name, SagaState::kRunning, SagaHealth::kStuck};
  EXPECT_EQ(census.sagas.at(stuck), 1);
  EXPECT_EQ(census.oldest_stuck.size(), 1U);

  Got resolved;
  Operate("a", {.action = OperatorAction::kResolve, .reference = "INC-1"}, OperateMode::kDo,
          resolved);
  Settle();
  EXPECT_TRUE(resolved.status.ok()) << resolved.status.ToString();
  EXPECT_EQ(Row("a").status.state, SagaState::kResolved);
}

TEST_F(ShardDoubtTest, ARequestInADoubtfulBatchThatEndedItsSagaGetsItsAnswer) {
  Got a;
  StartAndSettle("a", a);
  store_.AddFault(AppendFault::kLostButCommitted);
  Got resolved;
  Operate("a", {.action = OperatorAction::kResolve, .reference = "INC-1"}, OperateMode::kDo,
          resolved);
  Settle();

  EXPECT_EQ(resolved.times, 1);
  EXPECT_TRUE(resolved.status.ok());
  ASSERT_TRUE(resolved.saga.has_value());
  EXPECT_EQ(resolved.saga->state, SagaState::kResolved);
}

TEST_F(ShardDoubtTest, AWaiterSurvivesADoubt) {
  Got a;
  Got waited;
  Start("a", a);
  Wait("a", waited, WaitGoal::kPivot, seconds(30));
  Settle();
  Reply("stock", CallOutcome::kSucceeded, "{}");
  Settle();
  store_.AddFault(AppendFault::kLostButCommitted);
  Reply("card", CallOutcome::kSucceeded, "{}");
  Settle();

  EXPECT_EQ(waited.times, 1);
  ASSERT_TRUE(waited.saga.has_value());
  EXPECT_TRUE(PivotSettled(*waited.saga));
}

TEST_F(ShardDoubtTest, FollowersAreSentToTheJournalForWhatADoubtHid) {
  Got a;
  StartAndSettle("a", a);
  store_.AddFault(AppendFault::kLostButCommitted);
  Reply("stock", CallOutcome::kSucceeded, "{}");
  Settle();

  const FeedPage page = feed_->Read(JournalSeq{1}, 10);

  EXPECT_TRUE(page.expired);
  EXPECT_EQ(store_.MakeJournal()->ReadCommitted(ShardId{0}, JournalSeq{1}, 10)->entries.size(), 1U);
}

}  // namespace
}  // namespace saga::testing

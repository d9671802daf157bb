// What a shard is told from outside, what it waits for, and the sagas that it starts.
#include <gmock/gmock.h>

#include "unit/orchestrator/shard_world.h"

namespace saga::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

PayloadRef Json(std::string text) {
  return MakePayload({.encoding = PayloadEncoding::kJson, .bytes = std::move(text)});
}

OutcomeReported Done(std::size_t step, std::string output = "{}") {
  return {.step = ToStep(step), .output = Json(std::move(output))};
}

class AsyncShardTest : public ShardWorld {
 protected:
  AsyncShardTest() : ShardWorld("order, ship~, mail") {}
  void ToShip() {
    Got started;
    Start("a", started);
    Settle();
    Reply("order", CallOutcome::kSucceeded);
    Settle();
  }
};

TEST_F(AsyncShardTest, OnlyAnAsyncCallHasATaskToken) {
  Got started;
  Start("a", started);
  Settle();
  EXPECT_EQ(caller_.Take("order").call.task_token, "");
}

TEST_F(AsyncShardTest, AReportIsAnsweredWhenItIsCommittedAndFreesWhatFollows) {
  ToShip();
  EXPECT_FALSE(caller_.open().front().call.task_token.empty());
  Reply("ship", CallOutcome::kAccepted);
  Settle();
  EXPECT_THAT(caller_.Open(), ::testing::IsEmpty());

  Got report;
  Tell("a", Done(1), report);
  EXPECT_EQ(report.times, 0);
  Settle();

  EXPECT_EQ(report.times, 1);
  EXPECT_TRUE(report.status.ok()) << report.status.ToString();
  EXPECT_FALSE(report.answer.repeated);
  EXPECT_THAT(caller_.Open(), ::testing::HasSubstr("mail"));
}

TEST_F(AsyncShardTest, TheSameReportIsAnsweredAgainAndAnotherIsRefused) {
  ToShip();
  Reply("ship", CallOutcome::kAccepted);
  Settle();
  Got first;
  Got again;
  Got other;
  OutcomeReported no = Done(1);
  no.outcome = CallOutcome::kRejected;
  no.failure = {StatusCode::kFailedPrecondition, "LOST", "", ""};

  Tell("a", Done(1), first);
  Tell("a", Done(1), again);
  Tell("a", no, other);
  Settle();

  EXPECT_TRUE(first.status.ok());
  EXPECT_TRUE(again.status.ok());
  EXPECT_TRUE(again.answer.repeated);
  EXPECT_EQ(other.status.reason(), "OUTCOME_CONFLICT");
}

TEST_F(AsyncShardTest, AReportBeforeTheCallHasReturnedCounts) {
  ToShip();
  Got report;
  Tell("a", Done(1), report);
  Settle();
  EXPECT_TRUE(report.status.ok()) << report.status.ToString();
  EXPECT_THAT(caller_.Open(), ::testing::HasSubstr("mail"));

  Reply("ship", CallOutcome::kAccepted);
  Settle();

  Reply("mail", CallOutcome::kSucceeded);
  Settle();
  EXPECT_EQ(Row("a").status.state, SagaState::kSucceeded);
}

TEST_F(AsyncShardTest, WhatWasAcceptedIsNotCalledAgainByTheNextOwner) {
  ToShip();
  Reply("ship", CallOutcome::kAccepted);
  Settle();
  const int made = caller_.made("test/default/a:ship:action");

  Crash();
  Settle();
  Pass(milliseconds(500));

  EXPECT_EQ(made, 1);
  EXPECT_EQ(caller_.made("test/default/a:ship:action"), 1);
  Got report;
  Tell("a", Done(1), report);
  Settle();
  EXPECT_TRUE(report.status.ok());
}

TEST_F(AsyncShardTest, AReportForASagaThatIsNotHereIsForTheReader) {
  Got report;
  Tell("gone", Done(0), report);
  Settle();
  EXPECT_EQ(report.times, 1);
  EXPECT_TRUE(report.status.ok());
  EXPECT_FALSE(report.saga.has_value());
}

TEST_F(AsyncShardTest, ATokenOfAnotherSagaOfThisNameIsRefused) {
  ToShip();
  Got report;
  Tell("a", Done(200), report);
  Settle();
  EXPECT_EQ(report.status.reason(), "TASK_TOKEN_INVALID");
}

class WaitingShardTest : public ShardWorld {
 protected:
  WaitingShardTest() : ShardWorld("order, cool+10, paid=payment/20, ship") {}
};

TEST_F(WaitingShardTest, ATimerFiresOnceAlsoAfterACrash) {
  Got started;
  Start("a", started);
  Settle();
  Reply("order", CallOutcome::kSucceeded);
  Settle();
  Pass(seconds(4));
  EXPECT_EQ(Journalled("a").find("timer_fired"), std::string::npos);

  Crash();
  Settle();
  Pass(seconds(5));
  EXPECT_EQ(Journalled("a").find("timer_fired"), std::string::npos);
  Pass(seconds(2));
  const std::string once = Journalled("a");
  EXPECT_NE(once.find("timer_fired"), std::string::npos) << once;

  Crash();
  Settle();
  Pass(seconds(1));
  EXPECT_EQ(Journalled("a"), once);
}

TEST_F(WaitingShardTest, ASignalThatComesEarlyIsKeptAndTakenOnce) {
  Got started;
  Got early;
  Got again;
  Got reused;
  Start("a", started);
  Settle();
  Tell("a", SignalArrived{"payment", "p1", Json("{\"amount\":1}")}, early);
  Tell("a", SignalArrived{"payment", "p1", Json("{\"amount\":1}")}, again);
  Tell("a", SignalArrived{"payment", "p1", Json("{\"amount\":2}")}, reused);
  Settle();
  EXPECT_TRUE(early.status.ok()) << early.status.ToString();
  EXPECT_TRUE(again.answer.repeated);
  EXPECT_EQ(reused.status.reason(), "SIGNAL_ID_REUSED");

  caller_.open().clear();  // Of the owner that dies.
  Crash();
  Settle();
  Reply("order", CallOutcome::kSucceeded);
  Settle();
  Pass(seconds(10));

  EXPECT_THAT(caller_.Open(), ::testing::HasSubstr("ship"));
  EXPECT_EQ(caller_.open().back().call.outputs.at(2)->bytes, "{\"amount\":1}");
}

TEST_F(WaitingShardTest, ASignalThatDoesNotComeTurnsTheSagaBack) {
  Got started;
  Start("a", started);
  Settle();
  Reply("order", CallOutcome::kSucceeded);
  Settle();
  Pass(seconds(31));
  EXPECT_THAT(caller_.Open(), ::testing::HasSubstr("order/undo"));
}

class FollowUpShardTest : public ShardWorld {
 protected:
  FollowUpShardTest() : ShardWorld("order; then succeeded thanks") {}
  void ToTheEnd() {
    Got started;
    Start("a", started);
    Settle();
    Reply("order", CallOutcome::kSucceeded);
    Settle();
  }
};

TEST_F(FollowUpShardTest, TheSagaLivesUntilItsFollowUpIsStarted) {
  ToTheEnd();
  ASSERT_EQ(starter_.open.size(), 1U);
  EXPECT_EQ(starter_.open[0].order.cause, Id("a"));
  EXPECT_EQ(Row("a").status.state, SagaState::kRunning);

  starter_.open[0].answer({.outcome = CallOutcome::kSucceeded});
  Settle();

  EXPECT_EQ(Row("a").status.state, SagaState::kSucceeded);
  EXPECT_EQ(mailbox_->in_flight(), 0U);
}

TEST_F(FollowUpShardTest, AStartThatIsNotTakenIsTriedAgainLater) {
  ToTheEnd();
  starter_.open[0].answer(
      {.outcome = CallOutcome::kUnknown, .failure = {StatusCode::kUnavailable, "AWAY", "", ""}});
  Settle();
  EXPECT_EQ(starter_.open.size(), 1U);
  Pass(seconds(5));
  ASSERT_EQ(starter_.open.size(), 2U);
  EXPECT_EQ(starter_.open[1].order.place, starter_.open[0].order.place);
}

TEST_F(FollowUpShardTest, AnAnswerThatIsLostCountsAsUnknown) {
  ToTheEnd();
  starter_.open.clear();  // With its place.
  Settle();
  Pass(seconds(5));
  EXPECT_EQ(starter_.open.size(), 1U);
}

TEST_F(FollowUpShardTest, ARefusalForGoodWaitsForAPerson) {
  ToTheEnd();
  starter_.open[0].answer({.outcome = CallOutcome::kRejected,
                           .failure = {StatusCode::kNotFound, "DEFINITION_NOT_FOUND", "", ""}});
  Settle();
  EXPECT_EQ(Row("a").status.health, SagaHealth::kStuck);
  EXPECT_EQ(Row("a").status.state, SagaState::kRunning);
}

TEST_F(FollowUpShardTest, TheNextOwnerStartsItAgain) {
  ToTheEnd();
  Crash();
  Settle();
  Pass(milliseconds(500));
  ASSERT_EQ(starter_.open.size(), 2U);
  starter_.open[1].answer({.outcome = CallOutcome::kSucceeded});
  Settle();
  EXPECT_EQ(Row("a").status.state, SagaState::kSucceeded);
}

TEST_F(FollowUpShardTest, InADoubtfulCommitItIsStartedOnlyWhenItIsKnown) {
  Got started;
  Start("a", started);
  Settle();
  Reply("order", CallOutcome::kSucceeded);
  store_.AddFault(AppendFault::kLostButCommitted);
  Settle();
  Pass(milliseconds(500));
  ASSERT_EQ(starter_.open.size(), 1U);
  starter_.open[0].answer({.outcome = CallOutcome::kSucceeded});
  Settle();
  EXPECT_EQ(Row("a").status.state, SagaState::kSucceeded);
}

}  // namespace
}  // namespace saga::testing

#include "orchestrator/row_tracker.h"

#include <gtest/gtest.h>

#include "orchestrator/core/decide.h"
#include "unit/core/scenario.h"

namespace saga {
namespace {

class RowTrackerTest : public ::testing::Test {
 protected:
  RowTrackerTest() {
    const DefinitionRef plan = testing::MakePlan("stock, card!, ship");
    const StartRequest request{
        .saga = {"default", "a"}, .definition = plan, .input = EmptyPayload()};
    const Decision decision = DecideStart(request, now_, NoConditions());
    saga_ = Begin(request.saga, plan, {Revision{1}, now_, decision.records.front()});
    MarkCalled(saga_, {StepIndex{0}, Operation::kAction, 1});
    written_ = RowStatusOf(saga_);
  }

  void Feed(const Input& input) { Apply(saga_, Decide(saga_, input, now_, NoConditions()), now_); }
  void Reply(CallOutcome outcome, StatusCode code = StatusCode::kUnavailable) {
    const StepIndex step = *CurrentStep(saga_);
    const PendingCall& pending = *saga_.step(step).pending;
    Feed(CallReplied{.step = step,
                     .operation = pending.operation,
                     .attempt = pending.attempts,
                     .outcome = outcome,
                     .output = EmptyPayload(),
                     .failure = {code, "WHY", "test", "text"}});
  }
  void Repeat() {
    now_ = *NextWake(saga_);
    Feed(Wake{});
  }
  bool Changes() const { return RowMustChange(written_, RowStatusOf(saga_)); }

  TimePoint now_ = FromMicros(1'000'000);
  Saga saga_;
  RowStatus written_;
};

TEST_F(RowTrackerTest, AStepThatSucceedsChangesNoRow) {
  Reply(CallOutcome::kSucceeded);

  EXPECT_FALSE(Changes());
  EXPECT_GT(RowStatusOf(saga_).revision, written_.revision);
}

TEST_F(RowTrackerTest, RetryingCountsAfterASecondFailure) {
  Reply(CallOutcome::kUnknown);
  EXPECT_FALSE(Changes());
  Repeat();
  Reply(CallOutcome::kUnknown);

  EXPECT_TRUE(Changes());
  const RowStatus status = RowStatusOf(saga_);
  EXPECT_EQ(status.health, SagaHealth::kRetrying);
  EXPECT_EQ(status.attention.step, "stock");
  EXPECT_EQ(status.attention.participant, "p-stock");
  EXPECT_EQ(status.attention.reason, "");
}

TEST_F(RowTrackerTest, TurningBackAndEndingChangeTheRow) {
  Reply(CallOutcome::kSucceeded);
  Reply(CallOutcome::kRejected);
  EXPECT_TRUE(Changes());
  EXPECT_EQ(RowStatusOf(saga_).state, SagaState::kCompensating);
  written_ = RowStatusOf(saga_);

  Reply(CallOutcome::kSucceeded);

  EXPECT_TRUE(Changes());
  EXPECT_EQ(RowStatusOf(saga_).state, SagaState::kCompensated);
  EXPECT_TRUE(RowStatusOf(saga_).ended.has_value());
}

TEST_F(RowTrackerTest, AStuckSagaSaysWhereAndWhy) {
  Reply(CallOutcome::kMisconfigured, StatusCode::kUnimplemented);

  const RowStatus status = RowStatusOf(saga_);

  EXPECT_TRUE(Changes());
  EXPECT_EQ(status.health, SagaHealth::kStuck);
  EXPECT_EQ(status.attention.step, "stock");
  EXPECT_EQ(status.attention.reason, "MISCONFIGURED");
  EXPECT_EQ(status.attention.fingerprint.size(), 8U);
  EXPECT_EQ(status.attention.failure.code, StatusCode::kUnimplemented);
}

TEST_F(RowTrackerTest, ASagaThatCannotBeReadIsStuckAsAWhole) {
  saga_.unreadable = "DATA_LOSS RECORD_UNKNOWN: kind 99";

  const RowStatus status = RowStatusOf(saga_);

  EXPECT_TRUE(Changes());
  EXPECT_EQ(status.health, SagaHealth::kStuck);
  EXPECT_EQ(status.attention.reason, kSagaUnreadable);
  EXPECT_EQ(status.attention.failure.message, saga_.unreadable);
}

}  // namespace
}  // namespace saga

#include <gtest/gtest.h>

#include "orchestrator/core/decide.h"
#include "unit/core/scenario.h"

namespace saga {
namespace {

const TimePoint kNow = FromMicros(1'700'000'000'000'000);

TEST(FitsTest, RefusesRecordsThatNameStepsTheDefinitionHasNot) {
  const DefinitionRef plan = testing::MakePlan("a, b");
  EXPECT_TRUE(Fits(StepSucceeded{.step = StepIndex{1}}, *plan));
  EXPECT_FALSE(Fits(StepSucceeded{.step = StepIndex{2}}, *plan));
  EXPECT_FALSE(Fits(
      StepSucceeded{.step = StepIndex{0}, .due = {{StepIndex{7}, Operation::kAction}}}, *plan));
  EXPECT_FALSE(Fits(CompensationStarted{.resolving = {StepIndex{2}}}, *plan));
  EXPECT_FALSE(Fits(OperatorActed{.step = StepIndex{9}}, *plan));
  EXPECT_TRUE(Fits(OperatorActed{}, *plan));
  EXPECT_TRUE(Fits(SagaCompensated{}, *plan));
}

TEST(HealthTest, PausedIsShownBeforeStuckBeforeRetrying) {
  const DefinitionRef plan = testing::MakePlan("a, b");
  const Decision start =
      DecideStart({.saga = SagaId("default", "s"), .definition = plan, .input = EmptyPayload()},
                  kNow, NoConditions());
  Saga saga = Begin(SagaId("default", "s"), plan, {Revision{1}, kNow, start.records[0]});
  EXPECT_EQ(HealthOf(saga), SagaHealth::kOk);
  saga.steps[0].pending->failures = 1;
  EXPECT_EQ(HealthOf(saga), SagaHealth::kOk);
  saga.steps[0].pending->failures = 2;
  EXPECT_EQ(HealthOf(saga), SagaHealth::kRetrying);
  saga.steps[0].pending->stuck = StuckReason::kMisconfigured;
  EXPECT_EQ(HealthOf(saga), SagaHealth::kStuck);
  saga.paused = true;
  EXPECT_EQ(HealthOf(saga), SagaHealth::kPaused);
}

TEST(WakeTest, ASagaWithoutDeadlineOrRetryNeedsNoTimer) {
  const DefinitionRef plan = testing::MakePlan("a, b");
  const Decision start =
      DecideStart({.saga = SagaId("default", "s"), .definition = plan, .input = EmptyPayload()},
                  kNow, NoConditions());
  Saga saga = Begin(SagaId("default", "s"), plan, {Revision{1}, kNow, start.records[0]});
  EXPECT_FALSE(NextWake(saga).has_value());
  saga.deadline = kNow + std::chrono::seconds(5);
  EXPECT_EQ(NextWake(saga), saga.deadline);
  saga.steps[0].pending->next_attempt = kNow + std::chrono::seconds(1);
  EXPECT_EQ(NextWake(saga), kNow + std::chrono::seconds(1));
}

}  // namespace
}  // namespace saga

#include <gtest/gtest.h>

#include "orchestrator/core/decide.h"
#include "unit/core/scenario.h"

namespace saga {
namespace {

const TimePoint kNow = FromMicros(1'700'000'000'000'000);

class OperatorTest : public ::testing::Test {
 protected:
  OperatorTest() {
    const Decision start =
        DecideStart({.saga = SagaId("default", "s"), .definition = plan_, .input = EmptyPayload()},
                    kNow, NoConditions());
    saga_ = Begin(SagaId("default", "s"), plan_, {Revision{1}, kNow, start.records[0]});
  }

  DefinitionRef plan_ = testing::MakePlan("a, b");
  Saga saga_;
};

TEST_F(OperatorTest, AnEtagThatNoLongerFitsIsAborted) {
  OperatorRequest request{.action = OperatorAction::kPause, .etag = Revision{7}};
  const Decision decision = Decide(saga_, request, kNow, NoConditions());
  EXPECT_EQ(decision.refusal.code(), StatusCode::kAborted);
  EXPECT_EQ(decision.refusal.reason(), "ETAG_MISMATCH");
  ASSERT_FALSE(decision.refusal.metadata().empty());
  EXPECT_EQ(decision.refusal.metadata().front().second, "r1");
  EXPECT_TRUE(decision.records.empty());
}

TEST_F(OperatorTest, TheSameRequestRepeatedGetsTheFirstOnesAnswer) {
  OperatorRequest request{
      .action = OperatorAction::kPause, .etag = Revision{1}, .request_digest = "d1"};
  Apply(saga_, Decide(saga_, request, kNow, NoConditions()), kNow);
  ASSERT_TRUE(saga_.paused);

  const Decision again = Decide(saga_, request, kNow, NoConditions());

  EXPECT_TRUE(again.repeated);
  EXPECT_TRUE(again.refusal.ok());
  EXPECT_TRUE(again.records.empty());
}

TEST_F(OperatorTest, ASkippedStepWhoseOutputIsReadNeedsAnOutput) {
  Definition definition = *plan_;
  definition.steps[1].action.with.kind = Mapping::Kind::kFields;
  definition.steps[1].action.with.fields = {
      {"x", Mapping{Mapping::Kind::kExpression, "steps.a.id", {}, {}, 1, 1}}};
  saga_.definition = std::make_shared<const Definition>(definition);
  saga_.steps[0].pending->stuck = StuckReason::kMisconfigured;
  OperatorRequest request{.action = OperatorAction::kSettleDone, .step = StepIndex{0}};

  EXPECT_EQ(Decide(saga_, request, kNow, NoConditions()).refusal.reason(), "OUTPUT_REQUIRED");

  request.output = MakePayload({PayloadEncoding::kJson, "", R"({"id":"7"})"});
  const Decision decision = Decide(saga_, request, kNow, NoConditions());
  ASSERT_TRUE(decision.refusal.ok());
  EXPECT_EQ(std::get<StepSucceeded>(decision.records[1]).output->bytes, R"({"id":"7"})");
}

TEST_F(OperatorTest, ThePlanOfARollBackNamesUndosAndTheirOrder) {
  saga_.steps[0].state = StepState::kSucceeded;
  saga_.steps[0].effect_possible = true;
  saga_.steps[0].pending.reset();
  saga_.steps[1].state = StepState::kSucceeded;
  saga_.steps[1].effect_possible = true;
  Apply(saga_,
        Decide(saga_, OperatorRequest{.action = OperatorAction::kCompensate}, kNow, NoConditions()),
        kNow);

  const auto plan = PlanOf(saga_);

  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan[0].call, (DueCall{StepIndex{1}, Operation::kUndo}));
  EXPECT_EQ(plan[1].call, (DueCall{StepIndex{0}, Operation::kUndo}));
  EXPECT_EQ(plan[1].after, std::vector<StepIndex>{StepIndex{1}});
}

}  // namespace
}  // namespace saga

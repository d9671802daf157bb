#include "participants/call_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/limits.h"

namespace saga::participants {
namespace {

using ::testing::HasSubstr;

DefinitionRef DefinitionWith(std::chrono::milliseconds timeout) {
  Definition definition{.name_space = "default", .name = "order", .version = 1};
  Step step{.id = "reserve"};
  step.action = {.participant = "stock", .method = "Reserve", .timeout = timeout};
  step.undo = saga::Call{.participant = "stock", .method = "Release"};
  definition.steps.push_back(step);
  return Definition::Make(std::move(definition)).value();
}

ParticipantCall CallOf(const DefinitionRef& definition, Operation operation) {
  return {.saga = SagaId("default", "s-1"), .definition = definition, .operation = operation};
}

TEST(CallPlanTest, AnUnknownParticipantIsThePlansProblemAndNamed) {
  const auto plan = MakeCallPlan(
      CallOf(DefinitionWith(std::chrono::seconds(5)), Operation::kAction), nullptr, {});

  EXPECT_THAT(plan->problem, HasSubstr("'stock' is not registered in namespace 'default'"));
}

TEST(CallPlanTest, ACallHasAlwaysADeadlineWithinTheLimit) {
  const auto none = DefinitionWith(std::chrono::milliseconds(0));
  const auto days = DefinitionWith(std::chrono::hours(50));

  EXPECT_GT(MakeCallPlan(CallOf(none, Operation::kAction), nullptr, {})->timeout.count(), 0);
  EXPECT_EQ(MakeCallPlan(CallOf(days, Operation::kAction), nullptr, {})->timeout,
            kAttemptTimeoutMax);
}

TEST(CallPlanCacheTest, PlansAreFoundByDefinitionStepAndOperation) {
  const auto definition = DefinitionWith(std::chrono::seconds(5));
  const auto twin = DefinitionWith(std::chrono::seconds(5));
  const auto action = CallOf(definition, Operation::kAction);
  CallPlanCache cache;
  const auto plan = MakeCallPlan(action, nullptr, {});

  cache.Add(plan, action, cache.generation());

  EXPECT_EQ(cache.Find(action), plan);
  EXPECT_EQ(cache.Find(CallOf(definition, Operation::kUndo)), nullptr);
  EXPECT_EQ(cache.Find(CallOf(twin, Operation::kAction)), nullptr);
}

TEST(CallPlanCacheTest, APlanMadeBeforeAChangeIsNotKeptAfterIt) {
  const auto action = CallOf(DefinitionWith(std::chrono::seconds(5)), Operation::kAction);
  CallPlanCache cache;
  const std::uint64_t before = cache.generation();
  cache.Add(MakeCallPlan(action, nullptr, {}), action, before);

  cache.Clear();
  EXPECT_EQ(cache.Find(action), nullptr);

  cache.Add(MakeCallPlan(action, nullptr, {}), action, before);
  EXPECT_EQ(cache.Find(action), nullptr);
}

}  // namespace
}  // namespace saga::participants

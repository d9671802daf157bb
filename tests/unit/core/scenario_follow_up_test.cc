#include <gtest/gtest.h>

#include "orchestrator/core/follow_up.h"
#include "unit/core/scenario.h"

namespace saga::testing {
namespace {

TEST(FollowUpScenario, TheSagaEndsWhenWhatFollowsItIsStarted) {
  Check("a, b; then succeeded receipt; then succeeded survey", R"(
    start          | SagaStarted                                                             | call a
    reply a ok     | StepSucceeded(a)                                                        | call b
    reply b ok     | StepSucceeded(b) FollowUpRequested(then.1) FollowUpRequested(then.2)    | start then.1, start then.2
    cancel         | refused PIVOT_PASSED                                                    |
    compensate     | refused PIVOT_PASSED                                                    |
    pass 100       |                                                                         |
    crash          |                                                                         | start then.1, start then.2
    started then.2 | FollowUpStarted(then.2)                                                 |
    started then.2 |                                                                         |
    busy then.1    | again(then.1)                                                           |
    pass 1         |                                                                         | start then.1
    started then.1 | FollowUpStarted(then.1) SagaSucceeded                                   |
  )");
}

TEST(FollowUpScenario, ACompensatedSagaHasItsOwn) {
  Check("a, b; then succeeded receipt; then compensated sorry", R"(
    start          | SagaStarted                                                 | call a
    reply a ok     | StepSucceeded(a)                                            | call b
    reply b no     | StepRejected(b) CompensationStarted(STEP_FAILED)            | undo a
    reply a ok     | StepUndone(a) FollowUpRequested(then.1)                     | start then.1
    cancel         |                                                             |
    started then.1 | FollowUpStarted(then.1) SagaCompensated                     |
  )");
  Check("a; then compensated sorry", R"(
    start          | SagaStarted                                                                    | call a
    reply a no     | StepRejected(a) CompensationStarted(STEP_FAILED) FollowUpRequested(then.1)     | start then.1
    started then.1 | FollowUpStarted(then.1) SagaCompensated                                        |
  )");
}

TEST(FollowUpScenario, ItComesAfterTheLastConfirm) {
  Check("stock#, pay!; then succeeded receipt", R"(
    start          | SagaStarted                              | try stock
    reply stock ok | StepSucceeded(stock)                     | call pay
    reply pay ok   | StepSucceeded(pay) HoldsDecided(CONFIRM) | confirm stock
    reply stock ok | StepConfirmed(stock) FollowUpRequested(then.1) | start then.1
  )");
}

TEST(FollowUpScenario, AStartThatIsRefusedForGoodWaitsForAPerson) {
  Check("a; then succeeded receipt", R"(
    start          | SagaStarted                                          | call a
    reply a ok     | StepSucceeded(a) FollowUpRequested(then.1)           | start then.1
    refused then.1 | FollowUpStuck(then.1)                                |
    crash          |                                                      |
    pass 100       |                                                      |
    retry a        | refused STEP_NOT_RETRYABLE                           |
    retry then.1   | OperatorActed FollowUpRecovered(then.1)              | start then.1
    refused then.1 | FollowUpStuck(then.1)                                |
    retry          | OperatorActed FollowUpRecovered(then.1)              | start then.1
    refused then.1 | FollowUpStuck(then.1)                                |
    reject then.1  | refused STEP_NOT_SETTLEABLE                          |
    skip then.1    | OperatorActed FollowUpStarted(then.1) SagaSucceeded  |
  )");
}

TEST(FollowUpScenario, APausedSagaStartsNothing) {
  Check("a; then succeeded receipt", R"(
    start          | SagaStarted                                 | call a
    pause          | OperatorActed SagaPaused                    |
    reply a ok     | StepSucceeded(a) FollowUpRequested(then.1)  |
    resume         | OperatorActed SagaResumed                   | start then.1
    started then.1 | FollowUpStarted(then.1) SagaSucceeded       |
  )");
}

TEST(FollowUpScenario, AResolvedSagaStartsNothing) {
  Check("a; then succeeded receipt", R"(
    start          | SagaStarted                 | call a
    resolve        | OperatorActed SagaResolved  |
  )");
}

TEST(FollowUpIdTest, IsDerivedFromItsCauseAndFitsAnId) {
  const DefinitionRef plan = MakePlan("a, work~*, b; then succeeded x; then succeeded y");
  const FollowUpPlace second{FollowUpKind::kSucceeded, 1};
  const FollowUpPlace late{FollowUpKind::kLate, 1};
  EXPECT_EQ(FollowUpId(SagaId("shop", "ord-1"), *plan, second).text(), "shop/ord-1.then.2");
  EXPECT_EQ(FollowUpId(SagaId("shop", "ord-1"), *plan, late).text(), "shop/ord-1.late.work");
  const SagaId longest("shop", std::string(63, 'x'));
  const SagaId id = FollowUpId(longest, *plan, late);
  EXPECT_EQ(id.id().size(), 63U);
  EXPECT_EQ(id, FollowUpId(longest, *plan, late));
  EXPECT_NE(id, FollowUpId(longest, *plan, second));
  EXPECT_NE(id, FollowUpId(SagaId("shop", std::string(62, 'x') + "y"), *plan, late));
}

}  // namespace
}  // namespace saga::testing

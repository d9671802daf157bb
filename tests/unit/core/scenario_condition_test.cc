#include <gtest/gtest.h>

#include "unit/core/scenario.h"

namespace saga::testing {
namespace {

TEST(ConditionScenario, AStepWhoseConditionIsFalseIsSkippedAndItsUndoToo) {
  Check("order, gift^no, stock", R"(
    start              | SagaStarted                                          | call order
    reply order ok     | StepSucceeded(order skips gift)                      | call stock
    reply stock no     | StepRejected(stock) CompensationStarted(STEP_FAILED) | undo order
    reply order ok     | StepUndone(order) SagaCompensated                    |
  )");
}

TEST(ConditionScenario, SkippingGoesOnThroughWhatItOpens) {
  Check("a^no, [b^no c^no], d^yes, e^no", R"(
    start        | SagaStarted(skips a skips b skips c)   | call d
    reply d ok   | StepSucceeded(d skips e) SagaSucceeded |
  )");
}

TEST(ConditionScenario, ASagaWhoseStepsAreAllSkippedHasSucceeded) {
  Check("a^no, b^no", R"(
    start | SagaStarted(skips a skips b) SagaSucceeded |
  )");
}

TEST(ConditionScenario, AConditionReadsWhatTheRecordBeingDecidedAdds) {
  Check("[a b], c^has:a, d^has:c", R"(
    start        | SagaStarted                 | call a, call b
    reply b ok   | StepSucceeded(b)            |
    reply a ok   | StepSucceeded(a)            | call c
    reply c ok   | StepSucceeded(c)            | call d
  )");
  Check("gift?, c^has:gift", R"(
    start         | SagaStarted                             | call gift
    reply gift no | StepGivenUp(gift skips c) SagaSucceeded |
  )");
}

TEST(ConditionScenario, AConditionIsEvaluatedOnceWhenItsStepIsDue) {
  Check("a, [b c^later], d", R"(
    say later no |                             |
    start        | SagaStarted                 | call a
    reply a ok   | StepSucceeded(a skips c)    | call b
    say later yes |                            |
    crash        |                             | call b
    reply b ok   | StepSucceeded(b)            | call d
  )");
}

TEST(ConditionScenario, AnErrorIsNeitherTrueNorFalse) {
  Check("a, [b c^broken], d", R"(
    say broken bad |                                                           |
    start        | SagaStarted                                                 | call a
    reply a ok   | StepSucceeded(a) StepStuck(c CONDITION_FAILED)              | call b
    reply b ok   | StepSucceeded(b)                                            |
    crash        |                                                             |
    retry c      | refused CONDITION_FAILED                                    |
    back c       |                                                             |
    say broken yes |                                                           |
    retry        | OperatorActed StepRecovered(c)                              | call c
    reply c ok   | StepSucceeded(c)                                            | call d
  )");
}

TEST(ConditionScenario, AMendedConditionMaySkipItsStep) {
  Check("a^broken, b", R"(
    say broken bad |                                          |
    start        | SagaStarted StepStuck(a CONDITION_FAILED)  |
    say broken no |                                           |
    retry a      | OperatorActed StepRecovered(a skips a)     | call b
  )");
}

TEST(ConditionScenario, APersonSettlesAStepWhoseConditionFails) {
  Check("a^bad, b", R"(
    start        | SagaStarted StepStuck(a CONDITION_FAILED)                          |
    skip a       | OperatorActed StepSucceeded(a)                                     | call b
  )");
  Check("a, b^bad", R"(
    start        | SagaStarted                                                        | call a
    reply a ok   | StepSucceeded(a) StepStuck(b CONDITION_FAILED)                     |
    reject b     | OperatorActed StepRejected(b) CompensationStarted(STEP_FAILED)     | undo a
  )");
}

TEST(ConditionScenario, ASagaStuckByAConditionIsEndedByItsDeadline) {
  Check("a, b^bad, pay!", R"(
    start        | SagaStarted                                     | call a
    reply a ok   | StepSucceeded(a) StepStuck(b CONDITION_FAILED)  |
    pass 60      | CompensationStarted(DEADLINE)                   | undo a
    reply a ok   | StepUndone(a) SagaCompensated                   |
  )");
}

TEST(ConditionScenario, APivotWhoseConditionFailsWasNotSent) {
  Check("a, pay!^bad", R"(
    start        | SagaStarted                                       | call a
    reply a ok   | StepSucceeded(a) StepStuck(pay CONDITION_FAILED)  |
    cancel       | CompensationStarted(CANCELLED)                    | undo a
  )");
}

TEST(ConditionScenario, ASkippedPivotCountsAsPassed) {
  Check("a, pay!^no, ship", R"(
    start        | SagaStarted                 | call a
    reply a ok   | StepSucceeded(a skips pay)  | call ship
    cancel       | refused PIVOT_PASSED        |
    pass 100     |                             |
    reply ship ok | StepSucceeded(ship) SagaSucceeded |
  )");
}

}  // namespace
}  // namespace saga::testing

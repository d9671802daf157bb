#include <gtest/gtest.h>

#include "unit/core/scenario.h"

namespace saga::testing {
namespace {

TEST(HoldScenario, HoldsAreConfirmedWhenThePivotHasSucceeded) {
  Check("[stock# seat#], pay!, ship", R"(
    start            | SagaStarted                                | try stock, try seat
    reply seat ok    | StepSucceeded(seat)                        |
    reply stock ok   | StepSucceeded(stock)                       | call pay
    reply pay ok     | StepSucceeded(pay) HoldsDecided(CONFIRM)   | call ship, confirm stock, confirm seat
    reply seat ok    | StepConfirmed(seat)                        |
    reply ship ok    | StepSucceeded(ship)                        |
    reply stock ok   | StepConfirmed(stock) SagaSucceeded         |
  )");
}

TEST(HoldScenario, WithoutAPivotHoldsAreConfirmedWhenAllStepsHaveSucceeded) {
  Check("stock#, order", R"(
    start            | SagaStarted                                | try stock
    reply stock ok   | StepSucceeded(stock)                       | call order
    reply order ok   | StepSucceeded(order) HoldsDecided(CONFIRM) | confirm stock
    cancel           | refused PIVOT_PASSED                       |
    compensate       | refused PIVOT_PASSED                       |
    pass 100         |                                            |
    reply stock ok   | StepConfirmed(stock) SagaSucceeded         |
  )");
}

TEST(HoldScenario, ARejectedTryCancelsTheOthers) {
  Check("order, [stock# seat#], pay!", R"(
    start            | SagaStarted                                                              | call order
    reply order ok   | StepSucceeded(order)                                                     | try stock, try seat
    reply stock ok   | StepSucceeded(stock)                                                     |
    reply seat no    | StepRejected(seat) CompensationStarted(STEP_FAILED) HoldsDecided(CANCEL) | cancel stock
    reply stock ok   | StepCancelled(stock)                                                     | undo order
    reply order ok   | StepUndone(order) SagaCompensated                                        |
  )");
}

TEST(HoldScenario, AnUnansweredTryIsAskedAgainBeforeItIsCancelled) {
  Check("[stock# seat#], pay!", R"(
    start            | SagaStarted                                                              | try stock, try seat
    reply seat no    | StepRejected(seat) CompensationStarted(STEP_FAILED) HoldsDecided(CANCEL) |
    reply stock lost | StepRetrying(stock)                                                      |
    pass 1           |                                                                          | try stock
    reply stock ok   | StepSucceeded(stock)                                                     | cancel stock
    reply stock ok   | StepCancelled(stock) SagaCompensated                                     |
  )");
}

TEST(HoldScenario, AnUnansweredTryWithInDoubtUndoIsCancelledAtOnce) {
  Check("[stock#@ seat#], pay!", R"(
    start            | SagaStarted                                                              | try stock, try seat
    reply seat no    | StepRejected(seat) CompensationStarted(STEP_FAILED) HoldsDecided(CANCEL) | cancel stock
    reply stock ok   | StepCancelled(stock) SagaCompensated                                     |
  )");
}

TEST(HoldScenario, ADecisionSurvivesACrashBeforeItsFirstCall) {
  Check("[stock# seat#], pay!", R"(
    start            | SagaStarted                                | try stock, try seat
    reply seat ok    | StepSucceeded(seat)                        |
    reply stock ok   | StepSucceeded(stock)                       | call pay
    reply pay ok     | StepSucceeded(pay) HoldsDecided(CONFIRM)   | confirm stock, confirm seat
    crash            |                                            | confirm stock, confirm seat
    reply seat lost  | StepRetrying(seat)                         |
    reply stock ok   | StepConfirmed(stock)                       |
    crash            |                                            |
    pass 1           |                                            | confirm seat
    reply seat ok    | StepConfirmed(seat) SagaSucceeded          |
  )");
}

TEST(HoldScenario, AStepAfterThePivotThatNamesAHoldWaitsForItsConfirm) {
  Check("[stock# seat#], pay!, [ship<stock mail]", R"(
    start            | SagaStarted                                | try stock, try seat
    reply seat ok    | StepSucceeded(seat)                        |
    reply stock ok   | StepSucceeded(stock)                       | call pay
    reply pay ok     | StepSucceeded(pay) HoldsDecided(CONFIRM)   | call mail, confirm stock, confirm seat
    reply stock ok   | StepConfirmed(stock)                       | call ship
    reply seat ok    | StepConfirmed(seat)                        |
    reply mail ok    | StepSucceeded(mail)                        |
    reply ship ok    | StepSucceeded(ship) SagaSucceeded          |
  )");
}

TEST(HoldScenario, ARefusedConfirmIsStuckAtOnce) {
  Check("stock#, pay!", R"(
    start            | SagaStarted                                | try stock
    reply stock ok   | StepSucceeded(stock)                       | call pay
    reply pay ok     | StepSucceeded(pay) HoldsDecided(CONFIRM)   | confirm stock
    reply stock no   | StepStuck(stock REJECTED_AFTER_PIVOT)      |
    compensate       | refused PIVOT_PASSED                       |
    reject stock     | refused STEP_NOT_SETTLEABLE                |
    retry stock      | OperatorActed StepRecovered(stock)         | confirm stock
    reply stock no   | StepStuck(stock REJECTED_AFTER_PIVOT)      |
    skip stock       | OperatorActed StepConfirmed(stock) SagaSucceeded |
  )");
}

TEST(HoldScenario, AConfirmWhoseAttemptsAreUsedUpIsStuckUntilItsParticipantIsBack) {
  Check("stock#, pay!", R"(
    start            | SagaStarted                                | try stock
    reply stock ok   | StepSucceeded(stock)                       | call pay
    reply pay ok     | StepSucceeded(pay) HoldsDecided(CONFIRM)   | confirm stock
    reply stock lost | StepRetrying(stock)                        |
    pass 1           |                                            | confirm stock
    reply stock lost | StepStuck(stock RETRIES_EXHAUSTED)         |
    back stock       | StepRecovered(stock)                       | confirm stock
    reply stock ok   | StepConfirmed(stock) SagaSucceeded         |
  )");
}

TEST(HoldScenario, ACancelIsRepeatedAndThenStuck) {
  Check("stock#, pay!", R"(
    start            | SagaStarted                                                             | try stock
    reply stock ok   | StepSucceeded(stock)                                                    | call pay
    reply pay no     | StepRejected(pay) CompensationStarted(STEP_FAILED) HoldsDecided(CANCEL) | cancel stock
    reply stock no   | StepRetrying(stock)                                                     |
    pass 1           |                                                                         | cancel stock
    reply stock no   | StepStuck(stock COMPENSATION_EXHAUSTED)                                 |
    skip stock       | OperatorActed StepCancelled(stock) SagaCompensated                      |
  )");
}

TEST(HoldScenario, ATryThatWasGivenUpIsCancelledNotConfirmed) {
  Check("[stock# gift#?], pay!", R"(
    start            | SagaStarted                                | try stock, try gift
    reply stock ok   | StepSucceeded(stock)                       |
    reply gift lost  | StepRetrying(gift)                         |
    pass 1           |                                            | try gift
    reply gift no    | StepGivenUp(gift)                          | call pay
    reply pay ok     | StepSucceeded(pay) HoldsDecided(CONFIRM)   | confirm stock, cancel gift
    reply stock ok   | StepConfirmed(stock)                       |
    reply gift ok    | StepCancelled(gift) SagaSucceeded          |
  )");
}

TEST(HoldScenario, ARejectedOptionalTryHoldsNothing) {
  Check("[stock# gift#?], pay!", R"(
    start            | SagaStarted                                | try stock, try gift
    reply stock ok   | StepSucceeded(stock)                       |
    reply gift no    | StepGivenUp(gift)                          | call pay
    reply pay ok     | StepSucceeded(pay) HoldsDecided(CONFIRM)   | confirm stock
    reply stock ok   | StepConfirmed(stock) SagaSucceeded         |
  )");
}

TEST(HoldScenario, ASkippedTryIsNotConfirmed) {
  Check("[stock# gift#^no], pay!", R"(
    start            | SagaStarted(skips gift)                    | try stock
    reply stock ok   | StepSucceeded(stock)                       | call pay
    reply pay ok     | StepSucceeded(pay) HoldsDecided(CONFIRM)   | confirm stock
    reply stock ok   | StepConfirmed(stock) SagaSucceeded         |
  )");
}

TEST(HoldScenario, ASkippedPivotConfirms) {
  Check("stock#, pay!^no", R"(
    start            | SagaStarted                                              | try stock
    reply stock ok   | StepSucceeded(stock skips pay) HoldsDecided(CONFIRM)     | confirm stock
    reply stock ok   | StepConfirmed(stock) SagaSucceeded                       |
  )");
}

TEST(HoldScenario, ADeadlineCancels) {
  Check("stock#, check, pay!", R"(
    start            | SagaStarted                                        | try stock
    reply stock ok   | StepSucceeded(stock)                               | call check
    pass 60          | CompensationStarted(DEADLINE) HoldsDecided(CANCEL) |
    reply check no   | StepRejected(check)                                | cancel stock
    reply stock ok   | StepCancelled(stock) SagaCompensated               |
  )");
}

TEST(HoldScenario, APausedSagaDecidesAndCallsNobody) {
  Check("stock#, pay!", R"(
    start            | SagaStarted                                | try stock
    reply stock ok   | StepSucceeded(stock)                       | call pay
    pause            | OperatorActed SagaPaused                   |
    reply pay ok     | StepSucceeded(pay) HoldsDecided(CONFIRM)   |
    resume           | OperatorActed SagaResumed                  | confirm stock
  )");
}

TEST(HoldScenario, ALateTryAfterItsCancelWaitsForAPerson) {
  Check("[stock#@ seat#], order, pay!", R"(
    start            | SagaStarted                                                              | try stock, try seat
    reply seat ok    | StepSucceeded(seat)                                                      |
    cancel           | CompensationStarted(CANCELLED) HoldsDecided(CANCEL)                      | cancel stock, cancel seat
    reply stock ok   | StepCancelled(stock)                                                     |
    late stock ok    | StepLate(stock) StepStuck(stock LATE_SUCCESS)                            |
    reply seat ok    | StepCancelled(seat)                                                      |
    newkey stock     | OperatorActed StepRecovered(stock)                                       | cancel stock
    reply stock ok   | StepCancelled(stock) SagaCompensated                                     |
  )");
}

}  // namespace
}  // namespace saga::testing

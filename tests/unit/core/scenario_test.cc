#include "unit/core/scenario.h"

#include <gtest/gtest.h>

namespace saga::testing {
namespace {

TEST(SagaScenario, AllStepsSucceedInOrder) {
  Check("order, [stock card], capture!, ship", R"(
    start              | SagaStarted                             | call order
    reply order ok     | StepSucceeded(order)                    | call stock, call card
    reply card ok      | StepSucceeded(card)                     |
    reply stock ok     | StepSucceeded(stock)                    | call capture
    reply capture ok   | StepSucceeded(capture)                  | call ship
    reply ship ok      | StepSucceeded(ship) SagaSucceeded       |
  )");
}

TEST(SagaScenario, RejectionUndoesInReverseOrder) {
  Check("order, stock, card", R"(
    start              | SagaStarted                                          | call order
    reply order ok     | StepSucceeded(order)                                 | call stock
    reply stock ok     | StepSucceeded(stock)                                 | call card
    reply card no      | StepRejected(card) CompensationStarted(STEP_FAILED)  | undo stock
    reply stock ok     | StepUndone(stock)                                    | undo order
    reply order ok     | StepUndone(order) SagaCompensated                    |
  )");
}

TEST(SagaScenario, RejectionOfTheFirstStepEndsTheSagaAtOnce) {
  Check("order, stock", R"(
    start              | SagaStarted                                                           | call order
    reply order no     | StepRejected(order) CompensationStarted(STEP_FAILED) SagaCompensated  |
  )");
}

TEST(SagaScenario, IndependentUndosRunInParallel) {
  Check("order, [stock card], check-", R"(
    start              | SagaStarted                                           | call order
    reply order ok     | StepSucceeded(order)                                  | call stock, call card
    reply stock ok     | StepSucceeded(stock)                                  |
    reply card ok      | StepSucceeded(card)                                   | call check
    reply check no     | StepRejected(check) CompensationStarted(STEP_FAILED)  | undo stock, undo card
    reply card ok      | StepUndone(card)                                      |
    reply stock ok     | StepUndone(stock)                                     | undo order
    reply order ok     | StepUndone(order) SagaCompensated                     |
  )");
}

TEST(SagaScenario, AnUnansweredSiblingIsAskedAgainAndThenUndone) {
  Check("order, [stock card]", R"(
    start              | SagaStarted                                          | call order
    reply order ok     | StepSucceeded(order)                                 | call stock, call card
    reply card no      | StepRejected(card) CompensationStarted(STEP_FAILED)  |
    reply stock lost   | StepRetrying(stock)                                  |
    pass 1             |                                                      | call stock
    reply stock ok     | StepSucceeded(stock)                                 | undo stock
    reply stock ok     | StepUndone(stock)                                    | undo order
    reply order ok     | StepUndone(order) SagaCompensated                    |
  )");
}

TEST(SagaScenario, AnUnansweredSiblingThatNeverHappenedNeedsNoUndo) {
  Check("order, [stock card]", R"(
    start              | SagaStarted                                          | call order
    reply order ok     | StepSucceeded(order)                                 | call stock, call card
    reply card no      | StepRejected(card) CompensationStarted(STEP_FAILED)  |
    reply stock no     | StepRejected(stock)                                  | undo order
    reply order ok     | StepUndone(order) SagaCompensated                    |
  )");
}

TEST(SagaScenario, InDoubtUndoIsUndoneWithoutWaiting) {
  Check("order, [stock@ card]", R"(
    start              | SagaStarted                                          | call order
    reply order ok     | StepSucceeded(order)                                 | call stock, call card
    reply card no      | StepRejected(card) CompensationStarted(STEP_FAILED)  | undo stock
    reply stock ok     | StepUndone(stock)                                    | undo order
    reply order ok     | StepUndone(order) SagaCompensated                    |
  )");
}

TEST(SagaScenario, ALateSuccessAfterItsUndoWaitsForAPerson) {
  Check("order, [stock@ card]", R"(
    start              | SagaStarted                                          | call order
    reply order ok     | StepSucceeded(order)                                 | call stock, call card
    reply card no      | StepRejected(card) CompensationStarted(STEP_FAILED)  | undo stock
    reply stock ok     | StepUndone(stock)                                    | undo order
    late stock ok      | StepLate(stock) StepStuck(stock LATE_SUCCESS)        |
    reply order ok     | StepUndone(order)                                    |
    retry stock        | refused NEW_KEY_REQUIRED                             |
    newkey stock       | OperatorActed StepRecovered(stock)                   | undo stock
    reply stock ok     | StepUndone(stock) SagaCompensated                    |
  )");
}

TEST(SagaScenario, ASuccessThatArrivesBesideItsUndoIsRecordedAndUndoneByIt) {
  Check("[stock@ card]", R"(
    start              | SagaStarted                                          | call stock, call card
    reply card no      | StepRejected(card) CompensationStarted(STEP_FAILED)  | undo stock
    late stock ok      | StepLate(stock)                                      |
    reply stock ok     | StepUndone(stock) SagaCompensated                    |
  )");
}

TEST(SagaScenario, ALateRefusalAfterItsUndoIsNothing) {
  Check("[stock@ card]", R"(
    start              | SagaStarted                                          | call stock, call card
    reply card no      | StepRejected(card) CompensationStarted(STEP_FAILED)  | undo stock
    late stock no      |                                                      |
    reply stock ok     | StepUndone(stock) SagaCompensated                    |
  )");
}

TEST(SagaScenario, RetriesAreJournalledAtOneTwoFour) {
  Check("order, capture!, ship", R"(
    start              | SagaStarted             | call order
    reply order lost   | StepRetrying(order)     |
    pass 1             |                         | call order
    reply order lost   | StepRetrying(order)     |
    pass 1             |                         |
    pass 1             |                         | call order
    reply order ok     | StepSucceeded(order)    | call capture
  )");
}

TEST(SagaScenario, UsedUpAttemptsBeforeThePivotAreResolvedAndUndone) {
  Check("order, capture!", R"(
    start              | SagaStarted                                           | call order
    reply order lost   | StepRetrying(order)                                   |
    pass 1             |                                                       | call order
    reply order lost   | StepRetrying(order)                                   |
    pass 2             |                                                       | call order
    reply order lost   | StepInDoubt(order) CompensationStarted(STEP_FAILED)   | call order
    reply order ok     | StepSucceeded(order)                                  | undo order
    reply order ok     | StepUndone(order) SagaCompensated                     |
  )");
}

TEST(SagaScenario, UsedUpAttemptsWithInDoubtUndoAreUndoneAtOnce) {
  Check("order@, capture!", R"(
    start              | SagaStarted                                           | call order
    reply order lost   | StepRetrying(order)                                   |
    pass 1             |                                                       | call order
    reply order lost   | StepRetrying(order)                                   |
    pass 2             |                                                       | call order
    reply order lost   | StepInDoubt(order) CompensationStarted(STEP_FAILED)   | undo order
    reply order ok     | StepUndone(order) SagaCompensated                     |
  )");
}

TEST(SagaScenario, ARejectionAfterAnUnknownAttemptProvesNothing) {
  Check("order, capture!", R"(
    start              | SagaStarted                                             | call order
    reply order lost   | StepRetrying(order)                                     |
    pass 1             |                                                         | call order
    reply order no     | StepRejected?(order) CompensationStarted(STEP_FAILED)   | undo order
    reply order ok     | StepUndone(order) SagaCompensated                       |
  )");
}

TEST(SagaScenario, ARejectionAfterAnotherOwnerMayHaveCalledProvesNothing) {
  Check("order, capture!", R"(
    start              | SagaStarted                                             | call order
    crash              |                                                         | call order
    reply order no     | StepRejected?(order) CompensationStarted(STEP_FAILED)   | undo order
    reply order ok     | StepUndone(order) SagaCompensated                       |
  )");
}

TEST(SagaScenario, ACallThatNeverLeftDidNotHappen) {
  Check("order, capture!", R"(
    start              | SagaStarted                                            | call order
    reply order unsent | StepRetrying(order)                                    |
    pass 1             |                                                        | call order
    reply order no     | StepRejected(order) CompensationStarted(STEP_FAILED) SagaCompensated |
  )");
}

TEST(SagaScenario, AnAnswerThatCannotBeLearntIsStuck) {
  Check("[stock card]", R"(
    start              | SagaStarted                                          | call stock, call card
    reply card no      | StepRejected(card) CompensationStarted(STEP_FAILED)  |
    reply stock lost   | StepRetrying(stock)                                  |
    pass 1             |                                                      | call stock
    reply stock lost   | StepStuck(stock ANSWER_UNKNOWN)                      |
    reject stock       | OperatorActed StepRejected?(stock)                   | undo stock
    reply stock ok     | StepUndone(stock) SagaCompensated                    |
  )");
}

TEST(SagaScenario, ADeploymentMistakeCancelsNobodysOrder) {
  Check("order, capture!", R"(
    start              | SagaStarted                       | call order
    reply order denied | StepStuck(order MISCONFIGURED)    |
    retry              | OperatorActed StepRecovered(order) | call order
    reply order ok     | StepSucceeded(order)              | call capture
  )");
}

TEST(SagaScenario, TheDeadlineEndsASagaThatIsStuckBeforeThePivot) {
  Check("order, stock, capture!", R"(
    start              | SagaStarted                       | call order
    reply order ok     | StepSucceeded(order)              | call stock
    reply stock denied | StepStuck(stock MISCONFIGURED)    |
    pass 60            | CompensationStarted(DEADLINE)     | undo order
    reply order ok     | StepUndone(order) SagaCompensated |
  )");
}

TEST(SagaScenario, AHeldSagaStaysStuckBeyondItsDeadline) {
  Check("order, stock&, capture!", R"(
    start              | SagaStarted                        | call order
    reply order ok     | StepSucceeded(order)               | call stock
    reply stock denied | StepStuck(stock MISCONFIGURED)     |
    pass 60            |                                    |
    retry stock        | OperatorActed StepRecovered(stock) | call stock
    reply stock ok     | StepSucceeded(stock) CompensationStarted(DEADLINE) | undo stock
  )");
}

TEST(SagaScenario, TheDeadlineResolvesWhatIsUnanswered) {
  Check("order, stock, capture!", R"(
    start              | SagaStarted                          | call order
    reply order ok     | StepSucceeded(order)                 | call stock
    pass 60            | CompensationStarted(DEADLINE)        |
    reply stock ok     | StepSucceeded(stock)                 | undo stock
    reply stock ok     | StepUndone(stock)                    | undo order
    reply order ok     | StepUndone(order) SagaCompensated    |
  )");
}

TEST(SagaScenario, TheDeadlineRepeatsACallThatWaitedForItsBackoff) {
  Check("order, capture!", R"(
    start              | SagaStarted                       | call order
    pass 59            |                                   |
    reply order lost   | StepRetrying(order)               |
    pass 1             | CompensationStarted(DEADLINE)     | call order
    reply order no     | StepRejected?(order)              | undo order
    reply order ok     | StepUndone(order) SagaCompensated |
  )");
}

TEST(SagaScenario, TheDeadlineWaitsForThePivot) {
  Check("order, capture!, ship", R"(
    start              | SagaStarted                       | call order
    reply order ok     | StepSucceeded(order)              | call capture
    pass 60            |                                   |
    cancel             | refused PIVOT_IN_DOUBT            |
    reply capture ok   | StepSucceeded(capture)            | call ship
    cancel             | refused PIVOT_PASSED              |
    pass 600           |                                   |
    reply ship ok      | StepSucceeded(ship) SagaSucceeded |
    cancel             | refused SAGA_ENDED                |
  )");
}

TEST(SagaScenario, ThePivotIsNotSentAfterTheDeadline) {
  Check("order, capture!", R"(
    start               | SagaStarted                       | call order
    pass 59             |                                   |
    reply order lost    | StepRetrying(order)               |
    pass 0              |                                   |
    cancel              | CompensationStarted(CANCELLED)    | call order
    reply order ok      | StepSucceeded(order)              | undo order
  )");
  Check("order, capture!", R"(
    start                | SagaStarted                       | call order
    reply order ok       | StepSucceeded(order)              | call capture
    pass 61              |                                   |
    reply capture unsent | CompensationStarted(DEADLINE)     | undo order
    reply order ok       | StepUndone(order) SagaCompensated |
  )");
}

TEST(SagaScenario, ARejectedPivotTurnsTheSagaBack) {
  Check("order, capture!, ship", R"(
    start              | SagaStarted                                             | call order
    reply order ok     | StepSucceeded(order)                                    | call capture
    reply capture no   | StepRejected(capture) CompensationStarted(STEP_FAILED)  | undo order
    reply order ok     | StepUndone(order) SagaCompensated                       |
  )");
}

TEST(SagaScenario, APivotWhoseAttemptsAreUsedUpIsStuckAndNeverUndone) {
  Check("order, capture!, ship", R"(
    start              | SagaStarted                          | call order
    reply order ok     | StepSucceeded(order)                 | call capture
    reply capture lost | StepRetrying(capture)                |
    pass 1             |                                      | call capture
    reply capture lost | StepRetrying(capture)                |
    pass 2             |                                      | call capture
    reply capture lost | StepStuck(capture RETRIES_EXHAUSTED) |
    pass 100           |                                      |
    compensate         | refused PIVOT_IN_DOUBT               |
    reject capture     | OperatorActed StepRejected?(capture) CompensationStarted(STEP_FAILED) | undo order
  )");
}

TEST(SagaScenario, ARefusalAfterThePivotIsStuckAtOnce) {
  Check("order, capture!, ship", R"(
    start              | SagaStarted                          | call order
    reply order ok     | StepSucceeded(order)                 | call capture
    reply capture ok   | StepSucceeded(capture)               | call ship
    reply ship no      | StepStuck(ship REJECTED_AFTER_PIVOT) |
    back ship          |                                      |
    compensate         | refused PIVOT_PASSED                 |
    retry ship         | OperatorActed StepRecovered(ship)    | call ship
    reply ship ok      | StepSucceeded(ship) SagaSucceeded    |
  )");
}

TEST(SagaScenario, AnUnreachableParticipantThatIsBackFreesItsStuckSteps) {
  Check("capture!, ship", R"(
    start              | SagaStarted                       | call capture
    reply capture ok   | StepSucceeded(capture)            | call ship
    reply ship lost    | StepRetrying(ship)                |
    back ship          |                                   | call ship
    reply ship lost    | StepRetrying(ship)                |
    pass 2             |                                   | call ship
    reply ship lost    | StepStuck(ship RETRIES_EXHAUSTED) |
    back capture       |                                   |
    back ship          | StepRecovered(ship)               | call ship
    reply ship ok      | StepSucceeded(ship) SagaSucceeded |
  )");
}

TEST(SagaScenario, AnUndoIsRetriedAndThenStuckNeverDropped) {
  Check("order, stock", R"(
    start              | SagaStarted                                           | call order
    reply order ok     | StepSucceeded(order)                                  | call stock
    reply stock no     | StepRejected(stock) CompensationStarted(STEP_FAILED)  | undo order
    reply order no     | StepRetrying(order)                                   |
    pass 1             |                                                       | undo order
    reply order no     | StepStuck(order COMPENSATION_EXHAUSTED)               |
    pass 1000          |                                                       |
    retry              | OperatorActed StepRecovered(order)                    | undo order
    reply order ok     | StepUndone(order) SagaCompensated                     |
  )");
}

TEST(SagaScenario, AnOptionalStepNeverFailsTheSaga) {
  Check("order, gift?, capture!, notify?", R"(
    start              | SagaStarted                       | call order
    reply order ok     | StepSucceeded(order)              | call gift
    reply gift no      | StepGivenUp(gift)                 | call capture
    reply capture ok   | StepSucceeded(capture)            | call notify
    reply notify lost  | StepRetrying(notify)              |
    pass 1             |                                   | call notify
    reply notify lost  | StepRetrying(notify)              |
    pass 2             |                                   | call notify
    reply notify lost  | StepGivenUp(notify) SagaSucceeded |
  )");
}

TEST(SagaScenario, AGivenUpStepThatMayHaveHappenedIsUndoneOnTheWayBack) {
  Check("gift?, stock", R"(
    start              | SagaStarted                                          | call gift
    reply gift lost    | StepRetrying(gift)                                   |
    pass 1             |                                                      | call gift
    reply gift no      | StepGivenUp(gift)                                    | call stock
    reply stock no     | StepRejected(stock) CompensationStarted(STEP_FAILED) | undo gift
    reply gift ok      | StepUndone(gift) SagaCompensated                     |
  )");
}

TEST(SagaScenario, ADeclinedStepIsUndoneLikeASuccess) {
  Check("order, fraud", R"(
    start                | SagaStarted                                           | call order
    reply order ok       | StepSucceeded(order)                                  | call fraud
    reply fraud declined | StepDeclined(fraud) CompensationStarted(STEP_FAILED)  | undo fraud
    reply fraud ok       | StepUndone(fraud)                                     | undo order
    reply order ok       | StepUndone(order) SagaCompensated                     |
  )");
}

TEST(SagaScenario, CancelRollsBackAndCancellingAgainIsFine) {
  Check("order, stock", R"(
    start              | SagaStarted                       | call order
    reply order ok     | StepSucceeded(order)              | call stock
    cancel             | CompensationStarted(CANCELLED)    |
    cancel             |                                   |
    reply stock ok     | StepSucceeded(stock)              | undo stock
    reply stock ok     | StepUndone(stock)                 | undo order
    reply order ok     | StepUndone(order) SagaCompensated |
  )");
}

TEST(SagaScenario, AStepWithoutUndoIsNotAskedAgain) {
  Check("order, [check- stock]", R"(
    start              | SagaStarted                                           | call order
    reply order ok     | StepSucceeded(order)                                  | call check, call stock
    reply stock no     | StepRejected(stock) CompensationStarted(STEP_FAILED)  | undo order
    late check ok      |                                                       |
    reply order ok     | StepUndone(order) SagaCompensated                     |
  )");
}

TEST(SagaScenario, APausedSagaCallsNobodyAndItsDeadlineStands) {
  Check("order, stock, capture!", R"(
    start              | SagaStarted                         | call order
    pause              | OperatorActed SagaPaused            |
    pause              | refused ALREADY_PAUSED              |
    reply order ok     | StepSucceeded(order)                |
    pass 100           |                                     |
    resume             | OperatorActed SagaResumed           | call stock
    resume             | refused NOT_PAUSED                  |
    pass 59            |                                     |
    pass 1             | CompensationStarted(DEADLINE)       |
  )");
}

TEST(SagaScenario, ACancelOfAPausedSagaUndoesOnResume) {
  Check("order, stock, capture!", R"(
    start              | SagaStarted                       | call order
    pause              | OperatorActed SagaPaused          |
    reply order ok     | StepSucceeded(order)              |
    cancel             | CompensationStarted(CANCELLED)    |
    resume             | OperatorActed SagaResumed         | undo order
    reply order ok     | StepUndone(order) SagaCompensated |
  )");
}

TEST(SagaScenario, ASkippedStuckStepGoesOn) {
  Check("order, capture!, ship", R"(
    start              | SagaStarted                                     | call order
    skip order         | refused STEP_IN_FLIGHT                          |
    reply order ok     | StepSucceeded(order)                            | call capture
    reply capture ok   | StepSucceeded(capture)                          | call ship
    reply ship no      | StepStuck(ship REJECTED_AFTER_PIVOT)            |
    reject ship        | refused STEP_NOT_SETTLEABLE                     |
    skip order         | refused STEP_NOT_SETTLEABLE                     |
    skip ship          | OperatorActed StepSucceeded(ship) SagaSucceeded |
  )");
}

TEST(SagaScenario, AResolvedSagaCallsNobodyAnyMore) {
  Check("order, capture!, ship", R"(
    start              | SagaStarted                     | call order
    reply order ok     | StepSucceeded(order)            | call capture
    resolve            | OperatorActed SagaResolved      |
    late capture ok    |                                 |
    pass 1000          |                                 |
    retry              | refused SAGA_ENDED              |
  )");
}

TEST(SagaScenario, ACrashAtAnyPlaceResumesWhatWasOutstanding) {
  Check("order, [stock card], capture!, ship", R"(
    start              | SagaStarted                                           | call order
    crash              |                                                       | call order
    reply order ok     | StepSucceeded(order)                                  | call stock, call card
    crash              |                                                       | call stock, call card
    reply stock ok     | StepSucceeded(stock)                                  |
    crash              |                                                       | call card
    reply card lost    | StepRetrying(card)                                    |
    crash              |                                                       |
    pass 1             |                                                       | call card
    reply card no      | StepRejected?(card) CompensationStarted(STEP_FAILED)  | undo stock, undo card
    crash              |                                                       | undo stock, undo card
    reply stock ok     | StepUndone(stock)                                     |
    crash              |                                                       | undo card
    reply card ok      | StepUndone(card)                                      | undo order
    reply order ok     | StepUndone(order) SagaCompensated                     |
  )");
}

TEST(SagaScenario, UnlikeAnswersAfterARetryAreStragglers) {
  Check("order, stock", R"(
    start              | SagaStarted            | call order
    reply order lost   | StepRetrying(order)    |
    late order ok      |                        |
    pass 1             |                        | call order
    reply order ok     | StepSucceeded(order)   | call stock
  )");
}

}  // namespace
}  // namespace saga::testing

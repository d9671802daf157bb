#include <gtest/gtest.h>

#include "unit/core/scenario.h"

namespace saga::testing {
namespace {

TEST(AsyncScenario, TheOutcomeIsReportedLater) {
  Check("a, work~, b", R"(
    start                | SagaStarted           | call a
    reply a ok           | StepSucceeded(a)      | call work
    reply work accepted  | StepAccepted(work)    |
    crash                |                       |
    report work ok       | StepSucceeded(work)   | call b
    report work ok       | repeated              |
    report work no       | refused OUTCOME_CONFLICT |
    report b ok          | StepSucceeded(b) SagaSucceeded |
    report b ok          | repeated              |
    report b no          | refused OUTCOME_CONFLICT |
  )");
}

TEST(AsyncScenario, AReportThatComesBeforeTheCallReturnedIsTakenAtOnce) {
  Check("work~, b", R"(
    start                | SagaStarted           | call work
    report work ok       | StepSucceeded(work)   | call b
    late work accepted   |                       |
  )");
  Check("a, work~", R"(
    start                | SagaStarted           | call a
    reply a ok           | StepSucceeded(a)      | call work
    report work no       | StepRejected(work) CompensationStarted(STEP_FAILED) | undo a
    report work ok       | refused OUTCOME_CONFLICT |
    late work ok         |                       |
  )");
}

TEST(AsyncScenario, TheCallsOwnAnswerAfterItsReportIsNoLateSuccess) {
  Check("work~, b", R"(
    start                | SagaStarted           | call work
    report work ok       | StepSucceeded(work)   | call b
    reply b no           | StepRejected(b) CompensationStarted(STEP_FAILED) | undo work
    late work ok         |                       |
    reply work ok        | StepUndone(work) SagaCompensated |
  )");
}

TEST(AsyncScenario, ARejectionThatIsReportedProvesThatNothingHappened) {
  Check("a, work~, b", R"(
    start                | SagaStarted           | call a
    reply a ok           | StepSucceeded(a)      | call work
    reply work accepted  | StepAccepted(work)    |
    crash                |                       |
    report work no       | StepRejected(work) CompensationStarted(STEP_FAILED) | undo a
    report work no       | repeated              |
  )");
  Check("a, work~, b", R"(
    start                | SagaStarted           | call a
    reply a ok           | StepSucceeded(a)      | call work
    reply work lost      | StepRetrying(work)    |
    pass 1               |                       | call work
    reply work accepted  | StepAccepted(work)    |
    report work no       | StepRejected?(work) CompensationStarted(STEP_FAILED) | undo work
  )");
}

TEST(AsyncScenario, AnOverdueOutcomeBeforeThePivotIsAskedForByTheSameCallAndUndone) {
  Check("a, work~, pay!", R"(
    start                | SagaStarted           | call a
    reply a ok           | StepSucceeded(a)      | call work
    reply work accepted  | StepAccepted(work)    |
    pass 29              |                       |
    pass 1               | StepInDoubt(work) CompensationStarted(STEP_FAILED) | call work
    reply work accepted  | StepAccepted(work)    |
    report work ok       | StepSucceeded(work)   | undo work
    reply work ok        | StepUndone(work)      | undo a
  )");
}

TEST(AsyncScenario, AnOverdueOutcomeWithInDoubtUndoIsUndoneAtOnce) {
  Check("a, work~@*, pay!", R"(
    start                | SagaStarted           | call a
    reply a ok           | StepSucceeded(a)      | call work
    reply work accepted  | StepAccepted(work)    |
    pass 30              | StepInDoubt(work) CompensationStarted(STEP_FAILED) | undo work
    reply work ok        | StepUndone(work)      | undo a
    report work ok       | StepLate(work) FollowUpRequested(late.work) | start late.work
    report work ok       | repeated              |
    report work no       | refused OUTCOME_CONFLICT |
    reply a ok           | StepUndone(a)         |
    busy late.work       | again(late.work)      |
    pass 1               |                       | start late.work
    started late.work    | FollowUpStarted(late.work) SagaCompensated |
  )");
}

TEST(AsyncScenario, ALateReportAfterTheEndStartsTheFollowUpOnly) {
  Check("work~@*, pay!", R"(
    start                | SagaStarted           | call work
    reply work accepted  | StepAccepted(work)    |
    pass 30              | StepInDoubt(work) CompensationStarted(STEP_FAILED) | undo work
    reply work ok        | StepUndone(work) SagaCompensated |
    report work no       | repeated              |
    report work ok       |                       | start late.work
  )");
}

TEST(AsyncScenario, WithoutOnLateALateReportWaitsForAPerson) {
  Check("[a work~@], pay!", R"(
    start                | SagaStarted           | call a, call work
    reply work accepted  | StepAccepted(work)    |
    reply a lost         | StepRetrying(a)       |
    pass 30              | StepInDoubt(work) CompensationStarted(STEP_FAILED) | call a, undo work
    reply work ok        | StepUndone(work)      |
    report work ok       | StepLate(work) StepStuck(work LATE_SUCCESS) |
  )");
}

TEST(AsyncScenario, AnOverduePivotIsStuckUntilItsOutcomeIsReported) {
  Check("a, pay!~, ship", R"(
    start                | SagaStarted           | call a
    reply a ok           | StepSucceeded(a)      | call pay
    reply pay accepted   | StepAccepted(pay)     |
    cancel               | refused PIVOT_IN_DOUBT |
    pass 30              | StepStuck(pay ANSWER_OVERDUE) |
    pass 60              |                       |
    back pay             |                       |
    report pay ok        | StepSucceeded(pay)    | call ship
  )");
}

TEST(AsyncScenario, AnOverdueOutcomeAfterThePivotIsStuckAndItsRetryGetsNewTime) {
  Check("pay!, ship~", R"(
    start                | SagaStarted           | call pay
    reply pay ok         | StepSucceeded(pay)    | call ship
    reply ship accepted  | StepAccepted(ship)    |
    pass 30              | StepStuck(ship ANSWER_OVERDUE) |
    crash                |                       |
    retry ship           | OperatorActed StepRecovered(ship) | call ship
    reply ship accepted  | StepAccepted(ship)    |
    pass 29              |                       |
    pass 1               | StepStuck(ship ANSWER_OVERDUE) |
    report ship no       | StepStuck(ship REJECTED_AFTER_PIVOT) |
    report ship no       | repeated              |
    report ship ok       | StepSucceeded(ship) SagaSucceeded |
  )");
}

TEST(AsyncScenario, ACallWhoseRejectionWasReportedFirstIsWaitedForBeforeItIsMadeAgain) {
  Check("pay!, ship~", R"(
    start                | SagaStarted           | call pay
    reply pay ok         | StepSucceeded(pay)    | call ship
    report ship no       | StepStuck(ship REJECTED_AFTER_PIVOT) |
    report ship no       | repeated              |
    retry ship           | refused STEP_IN_FLIGHT |
    retry                | refused STEP_IN_FLIGHT |
    reply ship accepted  |                       |
    retry ship           | OperatorActed StepRecovered(ship) | call ship
    reply ship ok        | StepSucceeded(ship) SagaSucceeded |
  )");
  Check("pay!, ship~", R"(
    start                | SagaStarted           | call pay
    reply pay ok         | StepSucceeded(pay)    | call ship
    report ship no       | StepStuck(ship REJECTED_AFTER_PIVOT) |
    reply ship ok        | StepSucceeded(ship) SagaSucceeded |
  )");
  Check("work~, b", R"(
    start                | SagaStarted           | call work
    reply work ok        | StepSucceeded(work)   | call b
    reply b no           | StepRejected(b) CompensationStarted(STEP_FAILED) | undo work
    report work no       | StepRetrying(work)    |
    report work no       | repeated              |
    pass 30              |                       |
    reply work accepted  |                       |
    pass 0               |                       | undo work
    reply work ok        | StepUndone(work) SagaCompensated |
  )");
}

TEST(AsyncScenario, AnOptionalOutcomeThatIsOverdueIsGivenUp) {
  Check("pay!, mail~?*", R"(
    start                | SagaStarted           | call pay
    reply pay ok         | StepSucceeded(pay)    | call mail
    reply mail accepted  | StepAccepted(mail)    |
    pass 30              | StepGivenUp(mail) SagaSucceeded |
    report mail ok       |                       | start late.mail
  )");
}

TEST(AsyncScenario, CallsThatAreLostOnTheWayToAcceptedAreRepeated) {
  Check("work~, b", R"(
    start                | SagaStarted           | call work
    reply work lost      | StepRetrying(work)    |
    pass 1               |                       | call work
    reply work lost      | StepRetrying(work)    |
    pass 2               |                       | call work
    reply work accepted  | StepAccepted(work)    |
    pass 26              |                       |
    pass 1               | StepInDoubt(work) CompensationStarted(STEP_FAILED) | call work
  )");
}

TEST(AsyncScenario, AStepThatIsNotAsyncCannotBeAccepted) {
  Check("a, b", R"(
    start                | SagaStarted           | call a
    reply a accepted     | StepRetrying(a)       |
    pass 1               |                       | call a
    reply a ok           | StepSucceeded(a)      | call b
  )");
}

TEST(AsyncScenario, ATurnedBackSagaWaitsForWhatWasAccepted) {
  Check("[work~ card], pay!", R"(
    start                | SagaStarted           | call work, call card
    reply work accepted  | StepAccepted(work)    |
    reply card no        | StepRejected(card) CompensationStarted(STEP_FAILED) |
    pass 29              |                       |
    crash                |                       |
    pass 1               | StepInDoubt(work)     | call work
    reply work no        | StepRejected?(work)   | undo work
    reply work ok        | StepUndone(work) SagaCompensated |
  )");
}

TEST(AsyncScenario, AHoldMayBeAsyncAndSoMayItsConfirm) {
  Check("stock#~, pay!", R"(
    start                | SagaStarted           | try stock
    reply stock accepted | StepAccepted(stock)   |
    report stock ok      | StepSucceeded(stock)  | call pay
    reply pay ok         | StepSucceeded(pay) HoldsDecided(CONFIRM) | confirm stock
    reply stock accepted | StepAccepted(stock)   |
    pass 30              | StepRetrying(stock)   |
    pass 1               |                       | confirm stock
    reply stock accepted | StepAccepted(stock)   |
    report stock ok      | StepConfirmed(stock) SagaSucceeded |
  )");
}

TEST(AsyncScenario, AnUndoMayBeAsync) {
  Check("work~, b", R"(
    start                | SagaStarted           | call work
    reply work ok        | StepSucceeded(work)   | call b
    reply b no           | StepRejected(b) CompensationStarted(STEP_FAILED) | undo work
    reply work accepted  | StepAccepted(work)    |
    report work ok       | StepUndone(work) SagaCompensated |
  )");
}

TEST(AsyncScenario, APersonSettlesWhatWasAccepted) {
  Check("work~, b", R"(
    start                | SagaStarted           | call work
    reply work accepted  | StepAccepted(work)    |
    skip work            | OperatorActed StepSucceeded(work) | call b
  )");
}

TEST(QueryScenario, AnAcceptedCallIsAskedForEverySoOften) {
  Check("work~%, b", R"(
    start                | SagaStarted           | call work
    reply work accepted  | StepAccepted(work)    |
    pass 4               |                       |
    pass 1               |                       | query work
    reply work neither   | again(work)           |
    pass 5               |                       | query work
    crash                |                       |
    pass 0               |                       | query work
    reply work lost      | again(work)           |
    pass 5               |                       | query work
    reply work ok        | StepSucceeded(work)   | call b
  )");
}

TEST(QueryScenario, AReportComesBeforeTheQuestionIsAnswered) {
  Check("work~%, b", R"(
    start                | SagaStarted           | call work
    reply work accepted  | StepAccepted(work)    |
    pass 5               |                       | query work
    report work ok       | StepSucceeded(work)   | call b
  )");
}

TEST(QueryScenario, ARejectionThatAQueryTellsIsUndoneAllTheSame) {
  Check("work~%, b", R"(
    start                | SagaStarted           | call work
    reply work accepted  | StepAccepted(work)    |
    pass 5               |                       | query work
    reply work no        | StepRejected?(work) CompensationStarted(STEP_FAILED) | undo work
    reply work ok        | StepUndone(work) SagaCompensated |
  )");
}

TEST(QueryScenario, WhenItIsOverdueItIsAskedOnceMore) {
  Check("work~%, b", R"(
    start                | SagaStarted           | call work
    reply work accepted  | StepAccepted(work)    |
    pass 5               |                       | query work
    reply work neither   | again(work)           |
    pass 25              | StepInDoubt(work)     | query work
    reply work neither   | StepRetrying(work)    |
    pass 1               |                       | query work
    reply work neither   | StepInDoubt(work) CompensationStarted(STEP_FAILED) | query work
    reply work ok        | StepSucceeded(work)   | undo work
  )");
}

TEST(QueryScenario, UsedUpAttemptsAskTheQueryBeforeTheSagaTurnsBack) {
  Check("a%, b", R"(
    start                | SagaStarted           | call a
    reply a lost         | StepRetrying(a)       |
    pass 1               |                       | call a
    reply a lost         | StepRetrying(a)       |
    pass 2               |                       | call a
    reply a lost         | StepInDoubt(a)        | query a
    crash                |                       | query a
    reply a ok           | StepSucceeded(a)      | call b
  )");
}

TEST(QueryScenario, OfThePivotOnlyASuccessIsBelieved) {
  Check("a, pay!%, ship", R"(
    start                | SagaStarted           | call a
    reply a ok           | StepSucceeded(a)      | call pay
    reply pay lost       | StepRetrying(pay)     |
    pass 1               |                       | call pay
    reply pay lost       | StepRetrying(pay)     |
    pass 2               |                       | call pay
    reply pay lost       | StepInDoubt(pay)      | query pay
    cancel               | refused PIVOT_IN_DOUBT |
    pass 100             |                       |
    reply pay no         | StepRetrying(pay)     |
    pass 1               |                       | query pay
    reply pay no         | StepStuck(pay RETRIES_EXHAUSTED) |
    retry pay            | OperatorActed StepRecovered(pay) | call pay
    reply pay no         | StepRejected?(pay) CompensationStarted(STEP_FAILED) | undo a
  )");
}

TEST(QueryScenario, AfterThePivotAnUnansweredQuestionIsStuck) {
  Check("pay!, ship%", R"(
    start                | SagaStarted           | call pay
    reply pay ok         | StepSucceeded(pay)    | call ship
    reply ship lost      | StepRetrying(ship)    |
    pass 1               |                       | call ship
    reply ship lost      | StepRetrying(ship)    |
    pass 2               |                       | call ship
    reply ship lost      | StepInDoubt(ship)     | query ship
    reply ship neither   | StepRetrying(ship)    |
    pass 1               |                       | query ship
    reply ship lost      | StepStuck(ship RETRIES_EXHAUSTED) |
    back ship            | StepRecovered(ship)   | call ship
  )");
}

TEST(QueryScenario, TurningBackAsksTheQueryInsteadOfRepeatingTheCall) {
  Check("[a% b], c", R"(
    start                | SagaStarted           | call a, call b
    reply b no           | StepRejected(b) CompensationStarted(STEP_FAILED) |
    reply a lost         | StepInDoubt(a)        | query a
    reply a neither      | StepRetrying(a)       |
    pass 1               |                       | query a
    reply a neither      | StepStuck(a ANSWER_UNKNOWN) |
    retry a              | OperatorActed StepRecovered(a) | query a
    reply a no           | StepRejected?(a)      | undo a
    reply a ok           | StepUndone(a) SagaCompensated |
  )");
}

TEST(QueryScenario, ACallThatWaitsToBeRepeatedIsAskedForWhenTheSagaTurnsBack) {
  Check("[a% b], c", R"(
    start                | SagaStarted           | call a, call b
    reply a lost         | StepRetrying(a)       |
    reply b no           | StepRejected(b) CompensationStarted(STEP_FAILED) | query a
    crash                |                       | query a
    reply a ok           | StepSucceeded(a)      | undo a
  )");
}

TEST(QueryScenario, ATurnedBackSagaGoesOnAskingForWhatWasAccepted) {
  Check("[work~% card], pay!", R"(
    start                | SagaStarted           | call work, call card
    reply work accepted  | StepAccepted(work)    |
    reply card no        | StepRejected(card) CompensationStarted(STEP_FAILED) | query work
    reply work neither   | again(work)           |
    pass 5               |                       | query work
    reply work neither   | again(work)           |
    report work ok       | StepSucceeded(work)   | undo work
  )");
}

TEST(QueryScenario, AQueryThatIsNotDeployedIsStuckAndAReportStillCounts) {
  Check("work~%, b", R"(
    start                | SagaStarted           | call work
    reply work accepted  | StepAccepted(work)    |
    pass 5               |                       | query work
    reply work denied    | StepStuck(work MISCONFIGURED) |
    report work ok       | StepSucceeded(work)   | call b
  )");
}

}  // namespace
}  // namespace saga::testing

#include <gtest/gtest.h>

#include "unit/core/scenario.h"

namespace saga::testing {
namespace {

TEST(TimerScenario, ATimerFiresOnceAfterItsTimeAndSurvivesACrash) {
  Check("a, cool+10, b", R"(
    start        | SagaStarted                     | call a
    reply a ok   | StepSucceeded(a waits cool)     |
    pass 9       |                                 |
    crash        |                                 |
    pass 1       | TimerFired(cool)                | call b
    pass 30      |                                 |
    reply b ok   | StepSucceeded(b) SagaSucceeded  |
  )");
}

TEST(TimerScenario, ItsLengthIsWorkedOutOnceWhenItIsDue) {
  Check("cool+length, b", R"(
    say length 20 |                           |
    start         | SagaStarted(waits cool)   |
    say length 1  |                           |
    pass 19       |                           |
    pass 1        | TimerFired(cool)          | call b
  )");
  Check("cool+bad, b", R"(
    start         | SagaStarted StepStuck(cool CONDITION_FAILED)   |
    skip cool     | OperatorActed TimerFired(cool)                 | call b
  )");
}

TEST(TimerScenario, TurningBackAbandonsIt) {
  Check("a, [cool+10 b], c", R"(
    start        | SagaStarted                                       | call a
    reply a ok   | StepSucceeded(a waits cool)                       | call b
    reply b no   | StepRejected(b) CompensationStarted(STEP_FAILED)  | undo a
    pass 10      |                                                   |
    reply a ok   | StepUndone(a) SagaCompensated                     |
  )");
}

TEST(TimerScenario, APersonLetsItFireNow) {
  Check("cool+10, b", R"(
    start         | SagaStarted(waits cool)          |
    retry cool    | refused STEP_NOT_RETRYABLE       |
    skip cool     | OperatorActed TimerFired(cool)   | call b
    pass 10       |                                  |
  )");
  Check("a, cool+10, b", R"(
    start         | SagaStarted                                                        | call a
    reply a ok    | StepSucceeded(a waits cool)                                        |
    reject cool   | OperatorActed StepRejected(cool) CompensationStarted(STEP_FAILED)  | undo a
  )");
}

TEST(TimerScenario, WhatIsOverDuringAPauseFiresWhenItIsResumed) {
  Check("cool+10, b", R"(
    start         | SagaStarted(waits cool)          |
    pause         | OperatorActed SagaPaused         |
    pass 20       |                                  |
    resume        | OperatorActed SagaResumed        |
    pass 0        | TimerFired(cool)                 | call b
  )");
}

TEST(TimerScenario, TheDeadlineComesBeforeATimerThatIsOverToo) {
  Check("a, cool+60, b", R"(
    start         | SagaStarted                      | call a
    reply a ok    | StepSucceeded(a waits cool)      |
    pass 60       | CompensationStarted(DEADLINE)    | undo a
  )");
}

TEST(TimerScenario, TwoTimersThatAreOverFireOneAfterTheOther) {
  Check("[x+5 y+5], b", R"(
    start         | SagaStarted(waits x waits y)     |
    pass 5        | TimerFired(x)                    |
    pass 0        | TimerFired(y)                    | call b
  )");
}

TEST(SignalScenario, ASignalIsTakenByTheStepThatWaits) {
  Check("a, paid=payment/20, ship^has:paid", R"(
    start                 | SagaStarted                              | call a
    reply a ok            | StepSucceeded(a waits paid)              |
    signal payment p1 {}  | SignalReceived(p1) StepSucceeded(paid)   | call ship
    signal payment p1 {}  | repeated                                 |
    signal payment p1 {1} | refused SIGNAL_ID_REUSED                 |
    signal other p2       | refused SIGNAL_UNKNOWN                   |
    pass 20               |                                          |
    reply ship ok         | StepSucceeded(ship) SagaSucceeded        |
    signal payment p1 {}  | repeated                                 |
    signal payment p9     | refused SAGA_ENDED                       |
  )");
}

TEST(SignalScenario, ASignalThatCameEarlyIsKept) {
  Check("a, paid=payment, ship", R"(
    start              | SagaStarted                                         | call a
    signal payment p1  | SignalReceived(p1)                                  |
    crash              |                                                     | call a
    reply a ok         | StepSucceeded(a waits paid) StepSucceeded(paid)     | call ship
    signal payment p1  | repeated                                            |
  )");
}

TEST(SignalScenario, SignalsOfOneNameAreTakenInTheirOrder) {
  Check("one=go, two=go, b", R"(
    start          | SagaStarted(waits one)                                            |
    signal go g1   | SignalReceived(g1) StepSucceeded(one waits two)                   |
    signal go g2   | SignalReceived(g2) StepSucceeded(two)                             | call b
  )");
  Check("a, one=go, two=go, b", R"(
    start          | SagaStarted                                                                  | call a
    signal go g1   | SignalReceived(g1)                                                           |
    signal go g2   | SignalReceived(g2)                                                           |
    reply a ok     | StepSucceeded(a waits one) StepSucceeded(one waits two) StepSucceeded(two)   | call b
  )");
}

TEST(SignalScenario, ASignalThatDoesNotComeInTimeTurnsTheSagaBack) {
  Check("a, paid=payment/20, pay!", R"(
    start             | SagaStarted                                          | call a
    reply a ok        | StepSucceeded(a waits paid)                          |
    pass 20           | StepRejected(paid) CompensationStarted(STEP_FAILED)  | undo a
    signal payment p1 | SignalReceived(p1)                                   |
    reply a ok        | StepUndone(a) SagaCompensated                        |
    signal payment p2 | refused SAGA_ENDED                                   |
  )");
}

TEST(SignalScenario, AnOptionalSignalIsGivenUp) {
  Check("a, paid=payment/20?, b", R"(
    start             | SagaStarted                   | call a
    reply a ok        | StepSucceeded(a waits paid)   |
    pass 20           | StepGivenUp(paid)             | call b
  )");
}

TEST(SignalScenario, AfterThePivotAnOverdueSignalIsStuckUntilItComes) {
  Check("pay!, done=arrived/20, mail", R"(
    start             | SagaStarted                             | call pay
    reply pay ok      | StepSucceeded(pay waits done)           |
    pass 20           | StepStuck(done ANSWER_OVERDUE)          |
    crash             |                                         |
    signal arrived s1 | SignalReceived(s1) StepSucceeded(done)  | call mail
  )");
  Check("pay!, done=arrived/20, mail", R"(
    start             | SagaStarted                               | call pay
    reply pay ok      | StepSucceeded(pay waits done)             |
    pass 20           | StepStuck(done ANSWER_OVERDUE)            |
    retry done        | OperatorActed StepRecovered(done waits done) |
    pass 19           |                                           |
    pass 1            | StepStuck(done ANSWER_OVERDUE)            |
    skip done         | OperatorActed StepSucceeded(done)         | call mail
  )");
}

TEST(SignalScenario, AWaitingSignalIsAbandonedAndALateOneStartsItsFollowUp) {
  Check("a, paid=payment/20*, pay!", R"(
    start             | SagaStarted                                                     | call a
    reply a ok        | StepSucceeded(a waits paid)                                     |
    cancel            | CompensationStarted(CANCELLED)                                  | undo a
    signal payment p1 | SignalReceived(p1) StepLate(paid) FollowUpRequested(late.paid)  | start late.paid
    reply a ok        | StepUndone(a)                                                   |
    started late.paid | FollowUpStarted(late.paid) SagaCompensated                      |
  )");
}

TEST(SignalScenario, AnExpiredSignalIsLateToo) {
  Check("a, paid=payment/20*, pay!", R"(
    start             | SagaStarted                                                     | call a
    reply a ok        | StepSucceeded(a waits paid)                                     |
    pass 20           | StepRejected(paid) CompensationStarted(STEP_FAILED)             | undo a
    signal payment p1 | SignalReceived(p1) StepLate(paid) FollowUpRequested(late.paid)  | start late.paid
    signal payment p1 | repeated                                                        |
    signal payment p2 | SignalReceived(p2)                                              |
    started late.paid | FollowUpStarted(late.paid)                                      |
    reply a ok        | StepUndone(a) SagaCompensated                                   |
  )");
}

TEST(SignalScenario, AKeptSignalOfASagaThatTurnsBackIsLate) {
  Check("a, paid=payment/20*, pay!", R"(
    start             | SagaStarted                                                             | call a
    signal payment p1 | SignalReceived(p1)                                                      |
    reply a no        | StepRejected(a) CompensationStarted(STEP_FAILED) StepLate(paid) FollowUpRequested(late.paid) | start late.paid
    started late.paid | FollowUpStarted(late.paid) SagaCompensated                              |
  )");
}

TEST(SignalScenario, ASignalAfterTheDeadlineIsLateEvenIfNobodyHasLookedYet) {
  Check("a, paid=payment*, pay!", R"(
    start             | SagaStarted                                                     | call a
    reply a ok        | StepSucceeded(a waits paid)                                     |
    jump 61           |                                                                 |
    signal payment p1 | SignalReceived(p1) CompensationStarted(DEADLINE) StepLate(paid) FollowUpRequested(late.paid) | undo a, start late.paid
  )");
}

TEST(SignalScenario, ASignalAfterTheEndStartsTheFollowUpOnly) {
  Check("paid=payment/20*, pay!", R"(
    start             | SagaStarted(waits paid)                                             |
    pass 20           | StepRejected(paid) CompensationStarted(STEP_FAILED) SagaCompensated |
    signal payment p1 |                                                                     | start late.paid
  )");
}

TEST(SignalScenario, APausedSagaRecordsSignalsAndCallsNobody) {
  Check("paid=payment, b", R"(
    start             | SagaStarted(waits paid)                  |
    pause             | OperatorActed SagaPaused                 |
    signal payment p1 | SignalReceived(p1) StepSucceeded(paid)   |
    resume            | OperatorActed SagaResumed                | call b
  )");
}

}  // namespace
}  // namespace saga::testing

// Timers, signals, conditions and what is started at the end: by the real sagad.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>

#include "integration/server/kinds_fixture.h"
#include "support/wait.h"

namespace saga::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

class SignalTest : public KindsTest {
 protected:
  SignalTest() {
    Define("paid-order", R"(
steps:
  - id: hold
    call: stock/Reserve
    with: { order_id: saga.id }
    undo: { call: stock/Release, with: { order_id: saga.id } }
  - { id: paid, signal: payment, within: duration(input.within) }
  - { id: ship, call: stock/Reserve, with: { order_id: steps.paid.receipt }, undo: none }
)");
  }
  v1::Saga StartOrder(const std::string& id, const std::string& within = "30s") {
    return StartAs("paid-order", id, fmt::format(R"({{"within": "{}"}})", within));
  }
};

TEST_F(SignalTest, ASagaWaitsForItsSignalAndReadsItsPayload) {
  StartOrder("s-1");
  WaitForStep("s-1", "paid", v1::Step::STATE_SLEEPING);

  v1::SignalSagaResponse first;
  v1::SignalSagaResponse again;
  EXPECT_EQ(Signal("s-1", "payment", "p-1", R"({"receipt": "rc-1"})", &first).ToString(), "OK");
  EXPECT_EQ(Signal("s-1", "payment", "p-1", R"({"receipt": "rc-1"})", &again).ToString(), "OK");

  EXPECT_FALSE(first.already_received());
  EXPECT_TRUE(again.already_received());
  EXPECT_EQ(Wait("s-1").saga().state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(participant_.calls_of("s-1", "ship/action"), 1);
}

TEST_F(SignalTest, AnEarlySignalIsKeptOverAKill) {
  participant_.Behave("hold/action", "hang");
  StartOrder("s-2");
  EXPECT_EQ(Signal("s-2", "payment", "p-1", R"({"receipt": "rc-2"})").ToString(), "OK");
  sagad_->process().KillHard();
  participant_.Behave("hold/action", "ok");
  Restart();

  EXPECT_EQ(Wait("s-2").saga().state(), v1::Saga::STATE_SUCCEEDED);
}

TEST_F(SignalTest, TheSameIdWithAnotherPayloadIsRefused) {
  StartOrder("s-3");
  EXPECT_EQ(Signal("s-3", "payment", "p-1", R"({"receipt": "rc-3"})").ToString(), "OK");

  EXPECT_EQ(Signal("s-3", "payment", "p-1", R"({"receipt": "other"})").reason(),
            "SIGNAL_ID_REUSED");
  EXPECT_EQ(Signal("s-3", "shipment", "p-2").reason(), "SIGNAL_UNKNOWN");
}

TEST_F(SignalTest, ASignalThatDoesNotComeTurnsTheSagaBack) {
  StartOrder("s-4", "0.3s");
  const v1::Saga saga = Wait("s-4").saga();
  EXPECT_EQ(saga.state(), v1::Saga::STATE_COMPENSATED);
  EXPECT_EQ(saga.failure().reason(), "WAIT_EXPIRED");
  EXPECT_EQ(participant_.calls_of("s-4", "hold/undo"), 1);

  EXPECT_EQ(Signal("s-4", "payment", "p-1").reason(), "SAGA_ENDED");
}

class WaitsTest : public KindsTest {};

TEST_F(WaitsTest, AThousandTimersFireOnceEachOverAKill) {
  constexpr int kSagas = 1000;
  constexpr seconds kWait{4};
  Define("cooled", R"(
steps:
  - { id: cool_down, wait: 4s }
  - { id: ship, call: stock/Reserve, with: { order_id: saga.id }, undo: none }
)");
  const auto begun = steady_clock::now();
  for (int i = 0; i < kSagas; ++i) StartAs("cooled", fmt::format("t-{}", i));
  const auto started = steady_clock::now();
  // The last one: on a slow machine the first may have fired by now.
  EXPECT_EQ(Get(fmt::format("t-{}", kSagas - 1)).steps(0).state(), v1::Step::STATE_SLEEPING);
  sagad_->process().KillHard();
  Restart();

  for (int i = 0; i < kSagas; ++i) {
    const std::string id = fmt::format("t-{}", i);
    ASSERT_EQ(Wait(id).saga().state(), v1::Saga::STATE_SUCCEEDED) << id;
    ASSERT_EQ(participant_.calls_of(id, "ship/action"), 1) << id;
  }
  EXPECT_GE(steady_clock::now() - begun, kWait) << "not before its time";
  EXPECT_LE(steady_clock::now() - started, kWait + seconds(15)) << "and not long after it";
}

TEST_F(WaitsTest, AConditionDecidesWhetherAStepRuns) {
  Define("conditional", R"(
steps:
  - { id: a, call: stock/Reserve, with: { order_id: input.id }, undo: none }
  - id: b
    when: steps.a.reservation_id == 'r-yes'
    call: stock/Reserve
    with: { order_id: saga.id }
    undo: none
  - { id: c, call: stock/Reserve, with: { order_id: saga.id }, undo: none }
)");
  StartAs("conditional", "c-1", R"({"id": "yes"})");
  StartAs("conditional", "c-2", R"({"id": "no"})");

  EXPECT_EQ(StepOf(WaitForStepsOf("c-1"), "b").state(), v1::Step::STATE_SUCCEEDED);
  const v1::Saga skipped = WaitForStepsOf("c-2");
  EXPECT_EQ(skipped.state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(StepOf(skipped, "b").state(), v1::Step::STATE_SKIPPED);
  EXPECT_EQ(participant_.calls_of("c-2", "b/action"), 0);
  EXPECT_EQ(participant_.calls_of("c-2", "c/action"), 1);
}

TEST_F(WaitsTest, AConditionThatCannotBeToldWaitsForAPerson) {
  Define("doubtful", R"(
steps:
  - { id: a, call: stock/Reserve, with: { order_id: saga.id }, undo: none }
  - { id: b, when: input.n / input.m > 1, call: stock/Reserve, undo: none, with: { order_id: saga.id } }
)");
  StartAs("doubtful", "c-3", R"({"n": 4, "m": 0})");

  const v1::Saga stuck = WaitForHealth("c-3", v1::Saga::HEALTH_STUCK);

  EXPECT_EQ(stuck.attention().reason(), "CONDITION_FAILED") << stuck.DebugString();
  EXPECT_EQ(participant_.calls_of("c-3", "b/action"), 0);
}

TEST_F(WaitsTest, WhatFollowsAnEndIsStartedOnceOverAKill) {
  Define("invoice", R"(
steps:
  - { id: send, call: stock/Reserve, with: { order_id: input.id }, undo: none }
)");
  Define("apology", R"(
steps:
  - { id: send, call: stock/Reserve, with: { order_id: input.why }, undo: none }
)");
  Define("order-then", R"(
steps:
  - id: take
    call: stock/Reserve
    with: { order_id: saga.id, item: { behaviour: input.take } }
    undo: none
then:
  - { on: succeeded, start: invoice, with: { id: steps.take.reservation_id }, key: saga.id }
  - { on: compensated, start: apology, with: { why: failure.reason } }
)");
  StartAs("order-then", "f-1", R"({"take": "ok"})");
  StartAs("order-then", "f-2", R"({"take": "no"})");
  EXPECT_EQ(Wait("f-1").saga().state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(Wait("f-2").saga().state(), v1::Saga::STATE_COMPENSATED);
  sagad_->process().KillHard();
  Restart();

  const v1::Saga invoice = Wait("f-1.then.1").saga();
  EXPECT_EQ(invoice.state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(invoice.business_key(), "f-1");
  EXPECT_EQ(Wait("f-2.then.1").saga().state(), v1::Saga::STATE_SUCCEEDED);
  // A call that the kill met is repeated with its key; nothing starts a follow-up a second time.
  EXPECT_LE(participant_.calls_of("f-1.then.1", "send/action"), 2);
  EXPECT_LE(participant_.calls_of("f-2.then.1", "send/action"), 2);
}

class HoldsTest : public KindsTest {
 protected:
  HoldsTest() {
    Define("holding", R"(
defaults: { retry: { attempts: unlimited, backoff: 20ms, max: 100ms } }
steps:
  - parallel:
      - id: left
        try: { call: stock/Reserve, with: { order_id: saga.id } }
        confirm: { call: stock/Confirm, with: { order_id: saga.id } }
        cancel: { call: stock/Release, with: { order_id: saga.id } }
      - id: right
        try: { call: stock/Reserve, with: { order_id: saga.id, item: { behaviour: input.right } } }
        confirm: { call: stock/Confirm, with: { order_id: saga.id } }
        cancel: { call: stock/Release, with: { order_id: saga.id } }
  - id: capture
    pivot: true
    call: stock/Reserve
    with: { order_id: saga.id, item: { behaviour: input.capture } }
)");
  }
  v1::Saga StartHolding(const std::string& id, const std::string& right,
                        const std::string& capture) {
    return StartAs("holding", id,
                   fmt::format(R"({{"right": "{}", "capture": "{}"}})", right, capture));
  }
  int CallsOf(const std::string& id, const std::string& operation) {
    return participant_.calls_of(id, "left/" + operation) +
           participant_.calls_of(id, "right/" + operation);
  }
};

TEST_F(HoldsTest, HoldsAreConfirmedAfterThePivot) {
  StartHolding("h-1", "ok", "ok");
  const v1::Saga saga = WaitForStepsOf("h-1");
  EXPECT_EQ(saga.state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(StepOf(saga, "left").state(), v1::Step::STATE_CONFIRMED);
  EXPECT_EQ(CallsOf("h-1", "confirm"), 2);
  EXPECT_EQ(CallsOf("h-1", "cancel"), 0);
}

TEST_F(HoldsTest, ARefusedTryCancelsTheOthers) {
  StartHolding("h-2", "no", "ok");
  EXPECT_EQ(Wait("h-2").saga().state(), v1::Saga::STATE_COMPENSATED);
  EXPECT_EQ(CallsOf("h-2", "confirm"), 0);
  EXPECT_EQ(participant_.calls_of("h-2", "left/cancel"), 1);
  EXPECT_EQ(participant_.calls_of("h-2", "capture/action"), 0);
}

TEST_F(HoldsTest, ARefusedPivotCancelsAll) {
  StartHolding("h-3", "ok", "no");
  EXPECT_EQ(Wait("h-3").saga().state(), v1::Saga::STATE_COMPENSATED);
  EXPECT_EQ(CallsOf("h-3", "confirm"), 0);
  EXPECT_EQ(CallsOf("h-3", "cancel"), 2);
}

TEST_F(HoldsTest, AKillBetweenTheDecisionAndTheFirstConfirmChangesNothing) {
  participant_.Behave("left/confirm", "hang");
  participant_.Behave("right/confirm", "hang");
  StartHolding("h-4", "ok", "ok");
  WaitForStep("h-4", "left", v1::Step::STATE_CONFIRMING);
  v1::CancelSagaRequest cancel;
  cancel.set_name("h-4");
  cancel.set_reason("too late");
  v1::CancelSagaResponse response;
  EXPECT_EQ(Call(*sagas_, &v1::SagaService::Stub::CancelSaga, cancel, &response).reason(),
            "PIVOT_PASSED");
  sagad_->process().KillHard();
  participant_.Behave("left/confirm", "ok");
  participant_.Behave("right/confirm", "ok");
  Restart();

  const v1::Saga saga = WaitForStepsOf("h-4");
  EXPECT_EQ(saga.state(), v1::Saga::STATE_SUCCEEDED);
  EXPECT_EQ(StepOf(saga, "right").state(), v1::Step::STATE_CONFIRMED);
  EXPECT_EQ(CallsOf("h-4", "cancel"), 0);
}

}  // namespace
}  // namespace saga::test

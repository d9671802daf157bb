#include "simulate/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/simulate/shop.h"

namespace saga::simulate {
namespace {

using test::Called;
using test::RunWith;
using test::ShopScenario;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(RunTest, WithoutFaultsItSucceedsAndAnswers) {
  const auto scenario = ShopScenario(std::string(test::kOrder) + "output: { id: steps.send.id }\n",
                                     {{"send", R"({"id": "parcel-1"})"}});
  const RunResult run = RunSaga(*scenario, {});

  EXPECT_EQ(run.rest, Rest::kSucceeded);
  EXPECT_EQ(Called(*scenario, run), "reserve authorize capture send");
  EXPECT_EQ(run.output, R"({"id":"parcel-1"})");
  EXPECT_THAT(run.left, IsEmpty());
}

TEST(RunTest, ARefusalTurnsItBackInReverseOrder) {
  const auto scenario = ShopScenario(test::kOrder);
  const RunResult run = RunWith(*scenario, {"--fail capture=FAILED_PRECONDITION"});

  EXPECT_EQ(run.rest, Rest::kCompensated);
  EXPECT_EQ(Called(*scenario, run), "reserve authorize capture authorize/undo reserve/undo");
  EXPECT_THAT(run.left, IsEmpty());
}

TEST(RunTest, AFaultOfTheFirstCallsOnlyIsRepeatedAway) {
  const auto scenario = ShopScenario(test::kOrder);
  const RunResult run =
      RunWith(*scenario, {"--fail authorize=UNAVAILABLE*2", "--timeout capture=did*1"});

  EXPECT_EQ(run.rest, Rest::kSucceeded);
  EXPECT_EQ(Called(*scenario, run), "reserve authorize*3 capture*2 send");
}

TEST(RunTest, ErrorsOfTheDefinitionSayWhatAnAnswerMeans) {
  const auto scenario = ShopScenario(R"(
- { id: reserve, call: stock/Reserve, errors: { ALREADY: done }, undo: none }
- { id: authorize, call: pay/Authorize, errors: { BROKE: compensate }, undo: none }
)");
  const RunResult done = RunWith(*scenario, {"--fail reserve=FAILED_PRECONDITION:ALREADY"});
  EXPECT_EQ(done.rest, Rest::kSucceeded);
  const RunResult back = RunWith(*scenario, {"--fail authorize=INTERNAL:BROKE"});
  EXPECT_EQ(back.rest, Rest::kCompensated);
}

TEST(RunTest, WhatIsTriedWithoutLimitIsToldUntilItIsClear) {
  const auto scenario = ShopScenario(test::kOrder);
  const RunResult run = RunWith(*scenario, {"--fail send=UNAVAILABLE"});

  EXPECT_EQ(run.rest, Rest::kRetrying);
  EXPECT_EQ(Called(*scenario, run), "reserve authorize capture send*20");
  EXPECT_TRUE(run.calls.back().endless);
}

TEST(RunTest, AnUndoThatIsRefusedIsStuckAndItsEffectIsLeft) {
  const auto scenario = ShopScenario(test::kOrder);
  const RunResult run = RunWith(
      *scenario, {"--fail capture=FAILED_PRECONDITION", "--fail reserve/undo=PERMISSION_DENIED"});

  EXPECT_EQ(run.rest, Rest::kStuck);
  ASSERT_THAT(run.stuck, SizeIs(1));
  EXPECT_EQ(run.stuck[0].reason, StuckReason::kMisconfigured);
  EXPECT_EQ(run.stuck[0].operation, Operation::kUndo);
  EXPECT_THAT(run.left, ElementsAre(ToStep(0)));
}

TEST(RunTest, AnUndoWithoutItsInputIsNamed) {
  const auto scenario = test::ScenarioThatLacksAnInput();
  const RunResult run = RunWith(*scenario, {"--fail capture=NOT_FOUND"});

  EXPECT_EQ(run.rest, Rest::kStuck);
  EXPECT_THAT(run.lacking, ElementsAre(std::pair(ToStep(0), Operation::kUndo)));
  EXPECT_THAT(run.left, ElementsAre(ToStep(0)));
}

TEST(RunTest, HoldsAreConfirmedOrCancelled) {
  const auto scenario = ShopScenario(R"(
- { id: hold, try: { call: stock/Reserve }, confirm: { call: stock/Confirm },
    cancel: { call: stock/Release } }
- { id: capture, pivot: true, call: pay/Capture }
)");
  const RunResult forward = RunSaga(*scenario, {});
  EXPECT_EQ(Called(*scenario, forward), "hold capture hold/confirm");
  EXPECT_THAT(forward.left, IsEmpty());

  const RunResult back = RunWith(*scenario, {"--fail capture=NOT_FOUND"});
  EXPECT_EQ(Called(*scenario, back), "hold capture hold/cancel");
  EXPECT_EQ(back.rest, Rest::kCompensated);
  EXPECT_THAT(back.left, IsEmpty());
}

TEST(RunTest, ADeclinedStepDidHappenAndIsUndone) {
  const auto scenario = ShopScenario(R"(
- { id: authorize, call: pay/Authorize, reject_if: output.score >= 90, undo: { call: pay/Void } }
)");
  EXPECT_EQ(RunSaga(*scenario, {}).rest, Rest::kSucceeded);
  const RunResult run = RunWith(*scenario, {"--fail authorize=declined"});
  EXPECT_EQ(run.rest, Rest::kCompensated);
  EXPECT_EQ(Called(*scenario, run), "authorize authorize/undo");
  EXPECT_THAT(run.left, IsEmpty());
}

TEST(RunTest, AnswersAreJudgedByTheRulesOfTheDefinition) {
  const auto scenario = ShopScenario(R"(
- { id: authorize, call: pay/Authorize, reject_if: output.score >= 90, undo: { call: pay/Void } }
- { id: gift, when: steps.authorize.score > 50, call: stock/Reserve, undo: none }
)",
                                     {{"authorize", R"({"score": "60"})"}});
  EXPECT_EQ(Called(*scenario, RunSaga(*scenario, {})), "authorize gift");
}

constexpr const char* kAsync = R"(
- { id: pay, call: pay/Authorize, async: { within: 15m }, in_doubt: undo,
    undo: { call: pay/Void } }
)";

TEST(RunTest, AnAsyncStepIsReportedRefusedOrOverdue) {
  const auto scenario = ShopScenario(kAsync);
  EXPECT_EQ(RunSaga(*scenario, {}).rest, Rest::kSucceeded);
  const RunResult no = RunWith(*scenario, {"--fail pay/report=FAILED_PRECONDITION"});
  EXPECT_EQ(no.rest, Rest::kCompensated);
  const RunResult never = RunWith(*scenario, {"--timeout pay/report=did-not"});
  EXPECT_EQ(never.rest, Rest::kCompensated);
  EXPECT_EQ(Called(*scenario, never), "pay pay/undo");
  EXPECT_GE(never.took, std::chrono::minutes(15));
}

TEST(RunTest, AReportComesEvenIfTheCallWasNeverAnswered) {
  const auto scenario = ShopScenario(kAsync);
  const RunResult run = RunWith(*scenario, {"--timeout pay=did*1"});
  EXPECT_EQ(run.rest, Rest::kSucceeded);
}

TEST(RunTest, AQueryTellsTheTruth) {
  const auto scenario = ShopScenario(R"(
- { id: pay, call: pay/Authorize, query: { call: pay/Ask, done_if: output.done,
    rejected_if: output.score > 0 },
    undo: { call: pay/Void } }
)");
  EXPECT_EQ(RunWith(*scenario, {"--timeout pay=did"}).rest, Rest::kSucceeded);
  EXPECT_EQ(RunWith(*scenario, {"--timeout pay=did-not"}).rest, Rest::kCompensated);
}

TEST(RunTest, TimersFireAndSignalsCome) {
  const auto scenario = ShopScenario(R"(
- { id: paid, signal: payment, within: 10s }
- { id: cool_down, wait: 2h }
)");
  const RunResult run = RunSaga(*scenario, {});
  EXPECT_EQ(run.rest, Rest::kSucceeded);
  EXPECT_GE(run.took, std::chrono::hours(2));
  EXPECT_EQ(RunWith(*scenario, {"--timeout paid=did-not"}).rest, Rest::kCompensated);
}

TEST(RunTest, ASignalThatNeverComesIsWaitedFor) {
  const auto scenario = ShopScenario("- { id: paid, signal: payment }\n");
  EXPECT_EQ(RunWith(*scenario, {"--timeout paid=did-not"}).rest, Rest::kWaiting);
}

TEST(RunTest, FollowUpsAreNamedWithTheirInput) {
  const auto scenario = ShopScenario(R"(
- { id: pay, call: pay/Authorize, undo: none }
then:
- { on: succeeded, start: invoice, with: { id: steps.pay.id } }
)",
                                     {{"pay", R"({"id": "a-1"})"}});
  const RunResult run = RunSaga(*scenario, {});
  ASSERT_THAT(run.follow_ups, SizeIs(1));
  EXPECT_EQ(run.follow_ups[0].definition, "invoice");
  EXPECT_EQ(run.follow_ups[0].input, R"({"id":"a-1"})");
}

TEST(RunTest, AGivenUpStepThatHappenedIsNamed) {
  const auto scenario = ShopScenario(R"(
- { id: pay, call: pay/Authorize, optional: true, undo: { call: pay/Void } }
)");
  const RunResult run = RunWith(*scenario, {"--timeout pay=did"});
  EXPECT_EQ(run.rest, Rest::kSucceeded);
  EXPECT_THAT(run.left, ElementsAre(ToStep(0)));
}

}  // namespace
}  // namespace saga::simulate

// What operators read, character by character, on a narrow and on a wide terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "admin/proposals.h"
#include "admin/render_catalog.h"
#include "admin/render_effect.h"
#include "admin/render_events.h"
#include "admin/render_list.h"
#include "admin/render_stuck.h"
#include "admin/render_timeline.h"
#include "admin/render_tree.h"
#include "admin/text.h"
#include "unit/admin/samples.h"

namespace saga::admin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RenderTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override { setenv("TZ", "UTC", 1); }

  static TimeFormat Times() { return TimeFormat(TimeStyle::kRelative, test::kNow); }
  static TableLayout Layout(std::size_t width) {
    TableLayout layout;
    layout.width = width;
    return layout;
  }
  static TreeContext Context(std::size_t width) {
    return {.times = Times(),
            .paint = Paint::Off(),
            .width = width,
            .argv0 = "./sagactl",
            .name = "ord-1007",
            .participant = test::Inventory(),
            .payloads = Payloads::kHidden};
  }
  static std::string List(std::size_t width) {
    v1::ListSagasResponse page;
    *page.add_sagas() = test::RunningSaga();
    *page.add_sagas() = test::StuckSaga();
    *page.add_sagas() = test::CompensatedSaga();
    page.set_total_size(18204);
    return SagaTable(page, Times()).Render(Layout(width), Paint::Off()).value() +
           RenderListFooter(page, {.since = "1h", .argv0 = "./sagactl", .width = width});
  }
  static std::string Tree(std::size_t width) {
    return RenderTree(test::StuckSaga(), Context(width));
  }
  static std::string Stuck(std::size_t width) {
    v1::ListStuckGroupsResponse page;
    *page.add_stuck_groups() = test::StuckGroupOf(1209);
    *page.add_stuck_groups() = test::StuckGroupOf(1);
    page.mutable_stuck_groups(1)->set_fingerprint("77de0001");
    return RenderStuck(page, {.times = Times(),
                              .paint = Paint::Off(),
                              .layout = Layout(width),
                              .argv0 = "./sagactl",
                              .only = {"", "ord-1007"}})
        .value();
  }
  static std::string Timeline(std::size_t width) {
    return RenderTimeline(test::StuckEvents(), Times(), width, Paint::Off());
  }
  static std::string Participants(std::size_t width) {
    v1::ListParticipantsResponse page;
    *page.add_participants() = test::Inventory();
    return ParticipantTable(page, Times()).Render(Layout(width), Paint::Off()).value();
  }
};

TEST_F(RenderTest, AListOfSagasOnEightyColumns) {
  EXPECT_EQ("\n" + List(80), R"(
KEY        DEFINITION  STATE         HEALTH       STEP                AGE
ord-88213  checkout@7  RUNNING       retrying 4x  capture             41s
ord-1007   checkout@7  COMPENSATING  STUCK 12m    reserve_stock/undo  24m
ord-1003   checkout@7  COMPENSATED   -            -                   15m
3 of 18,204+ in the last 1h, 1 stuck, 1 retrying
only trouble: ./sagactl stuck
)");
}

TEST_F(RenderTest, AStuckSagaOnEightyColumns) {
  EXPECT_EQ("\n" + Tree(80), R"(
checkout@7  ord-1007  COMPENSATING, STUCK for 12m  key ord-1007
started 14:02:14 by web  deadline 14:17:14  owner team-checkout  region=eu

rolling back because  authorize: FAILED_PRECONDITION CARD_DECLINED card declined
stuck because         reserve_stock/undo failed 4 of 4 times; last:
                      FAILED_PRECONDITION HOLD_LOCKED a count is going on
                      (COMPENSATION_EXHAUSTED)
now                   inventory is SERVING for 2m

  create_order     [done]      orders/Create        38ms
   '- undo         [waiting]                              after reserve_stock
  reserve_stock    [done]      inventory/Reserve    52ms
   '- undo         [STUCK]     inventory/Release          <== 4 attempts, HOLD..
  authorize        [rejected]  payments/Authorize  212ms  CARD_DECLINED: card ..
  capture (pivot)  [not run]   payments                   after reserve_stock,..

you can (safest first)
  ./sagactl retry ord-1007 --reason "cause mended"
      run reserve_stock/undo again
  ./sagactl skip ord-1007 reserve_stock --op undo --reason "..."
      you know that it is done already
  ./sagactl resolve ord-1007 --as compensated --ref TICKET --reason "..."
      end it by hand
)");
}

TEST_F(RenderTest, WhatIsStuckOnEightyColumns) {
  EXPECT_EQ("\n" + Stuck(80), R"(
1,210 sagas need someone, 2 causes, oldest 47m

GROUP  SAGAS  OLDEST  OWNER          PARTICIPANT NOW
a91f   1,209  47m     team-checkout  SERVING for 2m
77de       1  47m     team-checkout  SERVING for 2m

a91f  checkout reserve_stock/undo
      HOLD_LOCKED: a count is going on
      ./sagactl list --filter 'group="a91f"' -o ids |
        ./sagactl retry - --reason "cause mended"

77de  checkout reserve_stock/undo
      HOLD_LOCKED: a count is going on
      ./sagactl retry ord-1007 --reason "cause mended"
)");
}

TEST_F(RenderTest, ATimelineOnEightyColumns) {
  EXPECT_EQ("\n" + Timeline(80), R"(
                     0ms         450ms
create_order        |==                            | 38ms
reserve_stock       | ==                           | 52ms
authorize           | =====x                       | 212ms, rejected, CARD_DE..
reserve_stock/undo  |      ==.....===========~~~/~>| 23m, 4 attempts, STUCK, ..
= called  x failed  . backs off  ~ waits for a person  / time left out

14:02:14.000  -                   started checkout@7, by web  -> create_order
14:02:14.038  create_order        succeeded  -> reserve_stock, authorize
14:02:14.090  reserve_stock       succeeded
14:02:14.250  authorize           rejected, CARD_DECLINED: card declined
14:02:14.250  authorize           COMPENSATING, STEP_FAILED  -> reserve_stock/..
14:02:14.300  reserve_stock/undo  retrying, HOLD_LOCKED: a count is going on, ..
14:02:14.900  reserve_stock/undo  STUCK after 4 attempts, HOLD_LOCKED: a count..
)");
}

TEST_F(RenderTest, ParticipantsOnEightyColumns) {
  EXPECT_EQ("\n" + Participants(80), R"(
NAME       TARGET               HEALTH   IN FLIGHT  WAITING   ERR   P99  LAST OK
inventory  dns:///inventory:..  SERVING     31/200        0  0.2%  61ms  1s
)");
}

TEST_F(RenderTest, AListOfSagasOnAHundredAndSixtyColumns) {
  EXPECT_EQ("\n" + List(160), R"(
KEY        DEFINITION  STATE         HEALTH       STEP                AGE  SAGA
ord-88213  checkout@7  RUNNING       retrying 4x  capture             41s  019a3c1e-7b1f-7d02-9c11-6f0a2b7e4d10
ord-1007   checkout@7  COMPENSATING  STUCK 12m    reserve_stock/undo  24m  ord-1007
ord-1003   checkout@7  COMPENSATED   -            -                   15m  ord-1003
3 of 18,204+ in the last 1h, 1 stuck, 1 retrying    only trouble: ./sagactl stuck
)");
}

TEST_F(RenderTest, AStuckSagaOnAHundredAndSixtyColumns) {
  EXPECT_EQ("\n" + Tree(160), R"(
checkout@7  ord-1007  COMPENSATING, STUCK for 12m  key ord-1007
started 14:02:14 by web  deadline 14:17:14  owner team-checkout  region=eu

rolling back because  authorize: FAILED_PRECONDITION CARD_DECLINED card declined
stuck because         reserve_stock/undo failed 4 of 4 times; last: FAILED_PRECONDITION HOLD_LOCKED a count is going on
                      (COMPENSATION_EXHAUSTED)
now                   inventory is SERVING for 2m

  create_order     [done]      orders/Create       14:02:14.000   38ms
   '- undo         [waiting]                                            after reserve_stock
  reserve_stock    [done]      inventory/Reserve   14:02:14.038   52ms
   '- undo         [STUCK]     inventory/Release   14:03:14.000         <== 4 attempts, HOLD_LOCKED: a count is going on
  authorize        [rejected]  payments/Authorize  14:02:14.038  212ms  CARD_DECLINED: card declined
  capture (pivot)  [not run]   payments                                 after reserve_stock, authorize

you can (safest first)
  ./sagactl retry ord-1007 --reason "cause mended"                         run reserve_stock/undo again
  ./sagactl skip ord-1007 reserve_stock --op undo --reason "..."           you know that it is done already
  ./sagactl resolve ord-1007 --as compensated --ref TICKET --reason "..."  end it by hand
)");
}

TEST_F(RenderTest, WhatIsStuckOnAHundredAndSixtyColumns) {
  EXPECT_EQ("\n" + Stuck(160), R"(
1,210 sagas need someone, 2 causes, oldest 47m

GROUP  SAGAS  OLDEST  OWNER          PARTICIPANT NOW
a91f   1,209  47m     team-checkout  SERVING for 2m
77de       1  47m     team-checkout  SERVING for 2m

a91f  checkout reserve_stock/undo
      HOLD_LOCKED: a count is going on
      ./sagactl list --filter 'group="a91f"' -o ids | ./sagactl retry - --reason "cause mended"

77de  checkout reserve_stock/undo
      HOLD_LOCKED: a count is going on
      ./sagactl retry ord-1007 --reason "cause mended"
)");
}

TEST_F(RenderTest, ATimelineOnAHundredAndSixtyColumns) {
  EXPECT_EQ("\n" + Timeline(160), R"(
                     0ms         162ms       325ms       487ms       650ms       813ms
create_order        |===                                                                                | 38ms
reserve_stock       |  =====                                                                            | 52ms
authorize           |  ================x                                                                | 212ms, rejected, CARD_DECLINED: card declined
reserve_stock/undo  |                  ====..............==============================~~~~~~~~/~~~~~~~>| 23m, 4 attempts, STUCK, HOLD_LOCKED: a count is goi..
= called  x failed  . backs off  ~ waits for a person  / time left out

14:02:14.000  -                   started checkout@7, by web  -> create_order
14:02:14.038  create_order        succeeded  -> reserve_stock, authorize
14:02:14.090  reserve_stock       succeeded
14:02:14.250  authorize           rejected, CARD_DECLINED: card declined
14:02:14.250  authorize           COMPENSATING, STEP_FAILED  -> reserve_stock/undo
14:02:14.300  reserve_stock/undo  retrying, HOLD_LOCKED: a count is going on, again in 200ms
14:02:14.900  reserve_stock/undo  STUCK after 4 attempts, HOLD_LOCKED: a count is going on, COMPENSATION_EXHAUSTED
)");
}

TEST_F(RenderTest, ParticipantsOnAHundredAndSixtyColumns) {
  EXPECT_EQ("\n" + Participants(160), R"(
NAME       TARGET                 HEALTH   IN FLIGHT  WAITING   ERR   P99  LAST OK  METHODS
inventory  dns:///inventory:9090  SERVING     31/200        0  0.2%  61ms  1s       Reserve Release
)");
}

// Commands that are proposed are never cut, so they may be wider than the terminal.
TEST_P(RenderTest, NothingButProposedCommandsIsWiderThanTheTerminal) {
  const std::size_t width = GetParam();
  for (const std::string& text :
       {List(width), Tree(width), Stuck(width), Timeline(width), Participants(width)}) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.find("./sagactl ") != std::string::npos) continue;
      EXPECT_LE(DisplayWidth(line), width) << line;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Widths, RenderTest, ::testing::Values(72, 80, 100, 120, 160, 240));

TEST_F(RenderTest, WithoutATerminalNothingIsCutAndTheCommandStandsInTheTable) {
  const std::string text = Stuck(kUnlimitedWidth);
  EXPECT_THAT(text, HasSubstr("PARTICIPANT NOW  DO\n"));
  EXPECT_THAT(text, Not(HasSubstr("..")));
}

TEST_F(RenderTest, ColoursOnlySurroundWhatIsThereWithoutThem) {
  TreeContext context = Context(80);
  context.paint = Paint::On();
  std::string painted = RenderTree(test::StuckSaga(), context);
  ASSERT_THAT(painted, HasSubstr("\033[1;31m"));
  for (const char* code : {"\033[1;31m", "\033[32m", "\033[33m", "\033[2m", "\033[1m", "\033[0m"}) {
    for (std::size_t at; (at = painted.find(code)) != std::string::npos;) {
      painted.erase(at, std::string(code).size());
    }
  }
  EXPECT_EQ(painted, Tree(80));
}

TEST_F(RenderTest, AMessageOfAParticipantCannotSteerTheTerminal) {
  v1::Saga saga = test::StuckSaga();
  saga.mutable_attention()->set_summary("bad \033[2J\nline");
  const std::string text = RenderTree(saga, Context(80));
  EXPECT_THAT(text, HasSubstr("bad ?[2J line"));
}

TEST_F(RenderTest, AProposalThatIsTooLongIsFoldedAsTheShellReadsIt) {
  TreeContext context = Context(60);
  const std::string text = RenderTree(test::StuckSaga(), context);
  EXPECT_THAT(text, HasSubstr("  ./sagactl resolve ord-1007 --as compensated --ref TICKET \\\n"
                              "    --reason \"...\"\n"));
}

TEST_F(RenderTest, AResolvedSagaSaysHowAndHidesItsHealth) {
  v1::Saga saga = test::StuckSaga();
  saga.set_state(v1::Saga::STATE_RESOLVED);
  saga.set_resolved_as(v1::Saga::STATE_COMPENSATED);
  saga.set_resolve_reference("INC-1");
  saga.set_note("resolved as compensated by alice: checked");
  const std::string text = RenderTree(saga, Context(120));
  EXPECT_THAT(
      text, HasSubstr("resolved              as compensated by alice: checked, reference INC-1\n"));
  EXPECT_THAT(text, Not(HasSubstr("you can")));
  EXPECT_THAT(text, Not(HasSubstr("stuck because")));
}

TEST_F(RenderTest, PayloadsAreShownAsTheyWereGiven) {
  v1::Saga saga = test::RunningSaga();
  saga.mutable_input()->set_json("{\"n\":9007199254740993}");
  saga.mutable_output()->set_type("shop.Order");
  saga.mutable_output()->set_protobuf("\x01\x02");
  TreeContext context = Context(120);
  context.payloads = Payloads::kShown;
  const std::string text = RenderTree(saga, context);
  EXPECT_THAT(text, HasSubstr("input                 {\"n\": 9007199254740993}\n"));
  EXPECT_THAT(text, HasSubstr("output                shop.Order, 2 bytes (-o json shows them)\n"));

  saga.mutable_output()->set_readable("{\"order_id\":\"o-1\"}");
  EXPECT_THAT(RenderTree(saga, context),
              HasSubstr("output                {\"order_id\": \"o-1\"}\n"));
}

TEST_F(RenderTest, APlanNamesTheCallsInTheirOrder) {
  v1::ActionEffect effect;
  *effect.mutable_saga() = test::RunningSaga();
  v1::PlannedCall& first = *effect.add_plan();
  first.set_method("payments/shop.pay.v1.Payments/Void");
  first.set_step_id("authorize");
  first.set_operation(v1::OPERATION_UNDO);
  v1::PlannedCall& second = *effect.add_plan();
  second.set_method("orders/shop.order.v1.Orders/Cancel");
  second.set_step_id("create_order");
  second.set_operation(v1::OPERATION_UNDO);
  second.add_after("authorize");
  effect.add_warnings("a call is in flight");
  EXPECT_EQ(RenderPlan(effect, "compensate", "COMPENSATING", 80, Paint::Off()),
            "would compensate  checkout@7 ord-88213  RUNNING, RETRYING -> COMPENSATING\n"
            "would call        1  payments/Void  authorize/undo\n"
            "                  2  orders/Cancel  create_order/undo  after authorize\n"
            "note              a call is in flight\n");
}

TEST_F(RenderTest, WhatAPausedSagaIsGoingToDoWaitsForItsResumption) {
  v1::ActionEffect effect;
  *effect.mutable_saga() = test::RunningSaga();
  effect.mutable_saga()->set_state(v1::Saga::STATE_COMPENSATING);
  effect.mutable_saga()->set_health(v1::Saga::HEALTH_PAUSED);
  effect.set_previous_state(v1::Saga::STATE_RUNNING);
  effect.add_plan()->set_method("orders/Cancel");
  effect.mutable_plan(0)->set_step_id("create_order");
  effect.mutable_plan(0)->set_operation(v1::OPERATION_UNDO);
  EXPECT_EQ(RenderDone(effect, "turned back", 80, Paint::Off()),
            "turned back   checkout@7 ord-88213  RUNNING -> COMPENSATING, PAUSED\n"
            "once resumed  1  orders/Cancel  create_order/undo\n");
}

TEST_F(RenderTest, ALateSuccessIsUndoneUnderANewKey) {
  v1::StuckGroup group = test::StuckGroupOf(2);
  group.set_reason("LATE_SUCCESS");
  EXPECT_EQ(ProposalFor(group, "sagactl", "ord-1"),
            "sagactl retry ord-1 --op undo --new-key --reason \"cause mended\"");
}

TEST_F(RenderTest, WhatCannotBeRetriedIsOnlyShown) {
  v1::StuckGroup group = test::StuckGroupOf(1);
  group.clear_allowed_actions();
  group.add_allowed_actions("resolve");
  EXPECT_EQ(ProposalFor(group, "sagactl", "ord-1"), "sagactl show ord-1");
}

TEST_F(RenderTest, ATimelineWithoutLongGapsIsNotFolded) {
  std::vector<v1::SagaEvent> events = test::StuckEvents();
  events.pop_back();
  events.push_back(
      test::Event(7, "saga.compensated.v1",
                  test::Ago(std::chrono::minutes(24)) + std::chrono::milliseconds(900)));
  const std::string text = RenderTimeline(events, Times(), 100, Paint::Off());
  EXPECT_THAT(text, Not(HasSubstr("time left out")));
  EXPECT_THAT(text, HasSubstr("0ms"));
}

TEST_F(RenderTest, AnEventOfAnUnknownKindIsStillALine) {
  const v1::SagaEvent event = test::Event(9, "step.teleported.v2", test::kNow);
  EXPECT_EQ(RenderEvent(event, EventColumns::kWithSaga, Times(), 0, Paint::Off()),
            "14:26:14.000  ord-1007    -                   teleported\n");
}

}  // namespace
}  // namespace saga::admin

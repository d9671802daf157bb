// What is checked of holds, conditions, queries, waits and follow-ups.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "definition/checker.h"
#include "diagnostic_printer.h"
#include "fake_descriptors.h"

namespace saga {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

auto Error(const std::string& code, int line, int column, const std::string& text) {
  return AllOf(Field("severity", &Diagnostic::severity, Severity::kError),
               Field("code", &Diagnostic::code, code), Field("line", &Diagnostic::line, line),
               Field("column", &Diagnostic::column, column),
               Field("message", &Diagnostic::message, HasSubstr(text)));
}
auto Warning(const std::string& code, int line, const std::string& text) {
  return AllOf(Field("severity", &Diagnostic::severity, Severity::kWarning),
               Field("code", &Diagnostic::code, code), Field("line", &Diagnostic::line, line),
               Field("message", &Diagnostic::message, HasSubstr(text)));
}

// `rest` from line 4 on.
Diagnostics Check(const std::string& rest) {
  static const auto* const kShop = new test::FakeDescriptors(test::ShopDescriptors());
  const std::string source = "saga: s\nowner: o\ninput: shop.Order\n" + rest;
  return LintDefinition(source, DefinitionFormat::kYaml, "default", *kShop).diagnostics;
}

const std::string kHold =
    "- id: h\n  try: { call: stock/Reserve }\n  confirm: { call: stock/Confirm, with: { hold_id: "
    "output.hold_id } }\n  cancel: { call: stock/Release, with: { hold_id: output.hold_id } }\n";

TEST(CheckerKindsTest, EverythingAtOnceHasNothingToSay) {
  EXPECT_THAT(Check(R"(deadline: 2h
steps:
- id: h
  when: input.total.minor_units > 0
  try: { call: stock/Reserve, reject_if: output.seq < 0 }
  confirm: { call: stock/Confirm, with: { hold_id: output.hold_id, reason: steps.p.hold_id } }
  cancel: { call: stock/Release, with: { hold_id: output.hold_id } }
  expires: 3h
- id: a
  call: pay/Authorize
  undo: { call: pay/Void }
  async: { within: 1h }
  query:
    call: orders/Cancel
    with: { hold_id: input.order_id }
    done_if: "true"
    output: { hold_id: input.order_id }
    every: 1m
  on_late: { start: refund, with: { hold: output.hold_id }, key: input.order_id }
- { id: wait, wait: 'input.gift ? duration("1m") : duration("2m")' }
- { id: paid, signal: payment, within: 15m }
- id: p
  pivot: true
  call: ship/Send
  with: { order_id: steps.paid.reference, email: 'has(steps.h) ? steps.h.hold_id : ""' }
- { id: z, call: stock/Reserve, retry: { attempts: unlimited }, with: { order_id: steps.a.hold_id } }
output: { hold: steps.p.hold_id }
then:
- { on: succeeded, start: invoice, with: { id: input.order_id, hold: steps.p.hold_id } }
- { on: compensated, start: sorry, with: { why: failure.reason } }
)"),
              IsEmpty());
}

TEST(CheckerKindsTest, Saga008ConditionsAreTruthValuesAndDelaysDurations) {
  EXPECT_THAT(Check("steps:\n- { id: a, call: stock/Reserve, undo: none, when: input.big }\n"),
              ElementsAre(Error("SAGA008", 5, 51, "true or false is wanted")));
  EXPECT_THAT(
      Check("steps:\n- { id: a, call: stock/Reserve, undo: none, reject_if: output.seq }\n"),
      ElementsAre(Error("SAGA008", 5, 56, "true or false is wanted")));
  EXPECT_THAT(Check("steps:\n- { id: a, wait: input.order_id }\n"),
              ElementsAre(Error("SAGA008", 5, 18, "a duration")));
  EXPECT_THAT(Check("steps:\n- { id: a, signal: b, within: input.big }\n"),
              ElementsAre(Error("SAGA008", 5, 31, "a duration")));
}

TEST(CheckerKindsTest, PlacesInsideOfExpressionsAreExact) {
  EXPECT_THAT(Check("steps:\n- id: a\n  call: stock/Reserve\n  undo: none\n"
                    "  when: input.total.minor_units > 5 || input.customer_new\n"),
              ElementsAre(Error("SAGA007", 8, 46, "shop.Order has no field customer_new")));
  EXPECT_THAT(Check("steps:\n- id: a\n  call: stock/Reserve\n  undo: none\n"
                    "  when: \"!input.gift && input.gone\"\n"),
              ElementsAre(Error("SAGA007", 8, 31, "no field gone")));
}

TEST(CheckerKindsTest, Saga008TheAnswerOfAQueryIsTheAnswerOfTheStep) {
  const std::string step =
      "steps:\n- id: a\n  call: pay/Authorize\n  undo: none\n  query:\n    call: stock/Release\n";
  EXPECT_THAT(Check(step + "    done_if: 'true'\n"),
              ElementsAre(Error("SAGA008", 9, 5, "answers shop.Done, but the step answers")));
  EXPECT_THAT(Check(step + "    done_if: output.hold_id == ''\n    output: {}\n"),
              ElementsAre(Error("SAGA007", 10, 21, "shop.Done has no field hold_id")));
  EXPECT_THAT(Check(step + "    done_if: 'true'\n    output: { hold: input.order_id }\n"),
              ElementsAre(Error("SAGA007", 11, 21, "has no field hold")));
  EXPECT_THAT(Check(step + "    done_if: 'true'\n    output: {}\n    with: { hold_id: "
                           "output.hold_id }\n"),
              ElementsAre(Error("SAGA010", 12, 22, "no answer before it is called")));
}

TEST(CheckerKindsTest, Saga010ASkippedStepHasNoAnswer) {
  const std::string steps =
      "steps:\n- { id: a, call: stock/Reserve, undo: none, when: input.gift }\n- { id: b, call: "
      "pay/Authorize, undo: none, with: { email: ";
  EXPECT_THAT(Check(steps + "steps.a.hold_id } }\n"),
              ElementsAre(AllOf(Error("SAGA010", 6, 60, "skipped when its `when` is false"),
                                Field(&Diagnostic::suggestion, HasSubstr("has(steps.a)")))));
  EXPECT_THAT(Check(steps + "steps.a.hold_id }, when: input.gift }\n"), IsEmpty());
  EXPECT_THAT(Check(steps + "\"has(steps.a) ? steps.a.hold_id : ''\" } }\n"), IsEmpty());
}

TEST(CheckerKindsTest, Saga010WaitsAndSiblingsHaveNoAnswerToRead) {
  EXPECT_THAT(Check("steps:\n- { id: w, wait: 1m }\n- { id: b, call: pay/Authorize, undo: none, "
                    "with: { email: steps.w.x } }\n"),
              ElementsAre(Error("SAGA010", 6, 60, "is a timer, it answers nothing")));
  EXPECT_THAT(Check("steps:\n- parallel:\n  - { id: a, call: stock/Reserve, undo: none }\n  - { "
                    "id: b, call: pay/Authorize, undo: none, when: steps.a.seq > 0 }\n"),
              ElementsAre(Error("SAGA010", 7, 53, "need not have run before")));
  EXPECT_THAT(Check("steps:\n- { id: a, call: stock/Reserve, undo: none, when: output.seq > 0 }\n"),
              ElementsAre(Error("SAGA010", 5, 51, "no answer before it is called")));
}

TEST(CheckerKindsTest, AConfirmReadsWhatThePivotLeftBehindButNothingLater) {
  const std::string head =
      "steps:\n- id: h\n  try: { call: stock/Reserve }\n  cancel: { call: "
      "stock/Release }\n  confirm: { call: stock/Confirm, with: { hold_id: ";
  const std::string tail =
      " } }\n- { id: p, pivot: true, call: ship/Send }\n- { id: z, call: "
      "ship/Send, retry: { attempts: unlimited } }\n";
  EXPECT_THAT(Check(head + "steps.p.hold_id" + tail), IsEmpty());
  EXPECT_THAT(Check(head + "steps.z.hold_id" + tail),
              ElementsAre(Error("SAGA010", 8, 52, "need not have run before")));
  EXPECT_THAT(Check(head + "failure.reason" + tail),
              ElementsAre(Error("SAGA010", 8, 52, "no failure on the way forward")));
}

TEST(CheckerKindsTest, Saga012ACancelInDoubtNeedsNoAnswer) {
  EXPECT_THAT(Check("steps:\n" + kHold + "  in_doubt: undo\n"),
              ElementsAre(Error("SAGA012", 8, 51, "needs output.hold_id")));
}

TEST(CheckerKindsTest, Saga013AHoldOutlivesTheDeadline) {
  EXPECT_THAT(Check("steps:\n" + kHold + "  expires: 20m\n"),
              ElementsAre(Error("SAGA013", 9, 12, "the saga has no deadline")));
  EXPECT_THAT(Check("deadline: 20m\nsteps:\n" + kHold + "  expires: 20m\n"),
              ElementsAre(Error("SAGA013", 10, 12, "no longer than the deadline of 20m")));
  EXPECT_THAT(Check("deadline: 20m\nsteps:\n" + kHold + "  expires: 21m\n"), IsEmpty());
}

TEST(CheckerKindsTest, Saga014AConfirmIsNotTheTry) {
  EXPECT_THAT(Check("steps:\n- id: h\n  try: { call: stock/Reserve }\n  confirm: { call: "
                    "stock/Reserve }\n  cancel: { call: stock/Release }\n"),
              ElementsAre(Error("SAGA014", 7, 20, "is confirmed by the very call")));
}

TEST(CheckerKindsTest, Saga009ConfirmsAndQueriesAreMethodsToo) {
  EXPECT_THAT(Check("steps:\n- id: h\n  try: { call: stock/Reserve }\n  confirm: { call: "
                    "stock/Confirn }\n  cancel: { call: stock/Release }\n  query: { call: "
                    "stok/X, done_if: 'true', output: {} }\n"),
              ElementsAre(Error("SAGA009", 7, 20, "did you mean 'Confirm'?"),
                          Error("SAGA009", 9, 18, "did you mean 'stock'?")));
}

TEST(CheckerKindsTest, Saga011WaitsCountAgainstTheDeadline) {
  EXPECT_THAT(Check("deadline: 10m\nsteps:\n- { id: a, call: stock/Reserve, undo: none, async: { "
                    "within: 8m } }\n- { id: w, wait: 5m }\n"),
              ElementsAre(Warning("SAGA011", 4, "13m")));
}

TEST(CheckerKindsTest, Saga017WhatDoesNotGoTogetherStandsAtItsKey) {
  EXPECT_THAT(Check("steps:\n- { id: p, pivot: true, call: ship/Send }\n- { id: a, call: "
                    "stock/Reserve, retry: { attempts: unlimited }, reject_if: output.seq > 0 }\n"),
              ElementsAre(Error("SAGA017", 6, 76, "cannot mean no any more")));
}

TEST(CheckerKindsTest, FollowUpsReadWhatIsKnownAtTheEnd) {
  const std::string step = "steps:\n- { id: a, call: stock/Reserve, undo: none }\nthen:\n";
  EXPECT_THAT(Check(step + "- { on: succeeded, start: x, with: { a: failure.code } }\n"),
              ElementsAre(Error("SAGA010", 7, 41, "has not failed")));
  EXPECT_THAT(Check(step + "- { on: succeeded, start: x, key: input.orderid }\n"),
              ElementsAre(Error("SAGA007", 7, 41, "order_id")));
  EXPECT_THAT(Check(step + "- { on: compensated, start: x, with: { a: steps.a.hold_id } }\n"),
              ElementsAre(Warning("SAGA022", 7, "need not have run")));
  const std::string late =
      "steps:\n- { id: a, call: stock/Reserve, undo: none, on_late: { start: x, with: { a: ";
  const std::string b = " } } }\n- { id: b, call: ship/Send, undo: none }\n";
  EXPECT_THAT(Check(late + "steps.b.x" + b), ElementsAre(Error("SAGA007", 5, 85, "no field x")));
  EXPECT_THAT(Check(late + "steps.b.hold_id" + b),
              ElementsAre(Error("SAGA010", 5, 77, "need not have run")));
}

}  // namespace
}  // namespace saga

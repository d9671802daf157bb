// The keys of holds, asynchronous steps, queries, timers, signals and follow-ups.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "definition/loader.h"
#include "diagnostic_printer.h"

namespace saga {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Diagnostics ProblemsOf(const std::string& source) { return LoadDefinition(source).diagnostics; }

DefinitionRef Load(const std::string& source) {
  const LoadedDefinition loaded = LoadDefinition(source);
  EXPECT_THAT(loaded.diagnostics, IsEmpty());
  const auto made = ToDefinition(loaded.document, "default", 7);
  EXPECT_TRUE(made.ok()) << made.status().message();
  return made.value();
}

auto Says(const std::string& text) {
  return Field("message", &Diagnostic::message, HasSubstr(text));
}
auto Helps(const std::string& text) {
  return Field("suggestion", &Diagnostic::suggestion, HasSubstr(text));
}

const std::string kHead = "saga: s\nowner: o\nsteps:\n";
const std::string kStep = kHead + "- id: a\n  call: p/M\n";

// Why the rules of step kinds refuse a document that could be read.
std::string RefusalOf(const std::string& source) {
  const LoadedDefinition loaded = LoadDefinition(source);
  EXPECT_THAT(loaded.diagnostics, IsEmpty());
  return ToDefinition(loaded.document, "default", 1).status().message();
}

TEST(LoadKindsTest, AHoldHasTryConfirmAndCancel) {
  const DefinitionRef d = Load(kHead + R"(
- id: hold_stock
  when: input.total > 0
  try: { call: stock/Reserve, with: { id: input.id }, timeout: 1s, errors: { SOLD_OUT: compensate }, reject_if: output.left < 0 }
  confirm: { call: stock/Confirm, with: { hold: output.hold }, retry: { attempts: unlimited } }
  cancel: { call: stock/Release, errors: { GONE: done } }
  expires: 20m
  in_doubt: undo
)");

  const Step& hold = d->steps.at(0);
  EXPECT_EQ(hold.kind, StepKind::kTcc);
  EXPECT_EQ(hold.when, "input.total > 0");
  EXPECT_EQ(hold.action.method, "Reserve");
  EXPECT_EQ(hold.action.timeout, milliseconds(1000));
  EXPECT_EQ(hold.action.reject_if, "output.left < 0");
  EXPECT_EQ(hold.action.errors.at("SOLD_OUT"), ErrorRule::kCompensate);
  EXPECT_EQ(hold.action.retry.attempts, 6U);
  ASSERT_TRUE(hold.confirm.has_value());
  EXPECT_EQ(hold.confirm->method, "Confirm");
  EXPECT_EQ(hold.confirm->retry.attempts, 0U);
  EXPECT_EQ(hold.confirm->with.fields.at(0).value.expression, "output.hold");
  ASSERT_TRUE(hold.undo.has_value());
  EXPECT_EQ(hold.undo->method, "Release");
  EXPECT_EQ(hold.undo->retry.attempts, 13U);
  EXPECT_EQ(hold.undo->errors.at("GONE"), ErrorRule::kDone);
  EXPECT_EQ(hold.expires, minutes(20));
  EXPECT_EQ(hold.in_doubt, InDoubtRule::kUndo);
}

TEST(LoadKindsTest, AsyncStepsQueriesAndLateSuccesses) {
  const DefinitionRef d = Load(kStep + R"(
  undo: none
  reject_if: output.score >= 90
  async: { within: 48h }
  query:
    call: p/Ask
    with: { id: input.id }
    done_if: output.state == 'PAID'
    rejected_if: output.state == 'VOID'
    output: { ref: output.ref }
    every: 30s
    timeout: 2s
  on_late: { start: refund, with: { id: input.id, amount: output.amount }, key: input.id }
)");

  const Step& step = d->steps.at(0);
  EXPECT_EQ(step.kind, StepKind::kAction);
  EXPECT_EQ(step.action.reject_if, "output.score >= 90");
  ASSERT_TRUE(step.async.has_value());
  EXPECT_EQ(step.async->within.fixed, hours(48));
  ASSERT_TRUE(step.query.has_value());
  EXPECT_EQ(step.query->call.method, "Ask");
  EXPECT_EQ(step.query->call.timeout, milliseconds(2000));
  EXPECT_EQ(step.query->call.retry.attempts, 6U);
  EXPECT_EQ(step.query->done_if, "output.state == 'PAID'");
  EXPECT_EQ(step.query->rejected_if, "output.state == 'VOID'");
  EXPECT_EQ(step.query->output.fields.at(0).name, "ref");
  EXPECT_EQ(step.query->every, milliseconds(30'000));
  ASSERT_TRUE(step.on_late.has_value());
  EXPECT_EQ(step.on_late->definition, "refund");
  EXPECT_EQ(step.on_late->with.fields.size(), 2U);
  EXPECT_EQ(step.on_late->business_key.expression, "input.id");
}

TEST(LoadKindsTest, TimersAndSignalsWaitForAConstantOrAnExpression) {
  const DefinitionRef d = Load(kHead + R"(
- { id: cool_down, wait: 15m }
- { id: later, wait: duration(input.pause) }
- { id: paid, signal: payment, within: 15m }
- { id: seen, signal: seen, within: duration('1h'), optional: true }
- { id: free, signal: free }
)");

  EXPECT_EQ(d->steps.at(0).kind, StepKind::kTimer);
  EXPECT_EQ(d->steps.at(0).wait.fixed, minutes(15));
  EXPECT_EQ(d->steps.at(1).wait.expression, "duration(input.pause)");
  EXPECT_EQ(d->steps.at(2).kind, StepKind::kSignal);
  EXPECT_EQ(d->steps.at(2).signal, "payment");
  EXPECT_EQ(d->steps.at(2).wait.fixed, minutes(15));
  EXPECT_EQ(d->steps.at(3).wait.expression, "duration('1h')");
  EXPECT_TRUE(d->steps.at(3).optional);
  EXPECT_EQ(d->steps.at(4).wait.fixed, milliseconds(0));
  EXPECT_EQ(d->steps.at(4).wait.expression, "");
}

TEST(LoadKindsTest, FollowUpsAreStartedByTheEnd) {
  const DefinitionRef d = Load(kStep + R"(
then:
- { on: succeeded, start: invoice, with: { id: input.id } }
- { on: compensated, start: sorry, key: input.id }
- { on: succeeded, start: points }
)");

  ASSERT_EQ(d->then_succeeded.size(), 2U);
  EXPECT_EQ(d->then_succeeded.at(0).definition, "invoice");
  EXPECT_EQ(d->then_succeeded.at(1).definition, "points");
  ASSERT_EQ(d->then_compensated.size(), 1U);
  EXPECT_EQ(d->then_compensated.at(0).business_key.expression, "input.id");
}

TEST(LoadKindsTest, KeysOfAnotherKindSayWhereTheyBelong) {
  EXPECT_THAT(ProblemsOf(kStep + "  confirm: { call: a/B }\n"),
              ElementsAre(AllOf(Says("'confirm' does not belong to a step with `call`"),
                                Field(&Diagnostic::line, 6), Field(&Diagnostic::column, 3))));
  EXPECT_THAT(ProblemsOf(kHead + "- { id: a, try: { call: p/T }, with: { x: 1 } }\n"),
              ElementsAre(AllOf(Says("'with' does not belong to a step with `try`"),
                                Helps("try: { call: …, with: … }"))));
  EXPECT_THAT(ProblemsOf(kHead + "- { id: a, wait: 15m, optional: true }\n"),
              ElementsAre(Says("'optional' does not belong to a step with `wait`")));
  EXPECT_THAT(ProblemsOf(kHead + "- { id: a, signal: s, pivot: true }\n"),
              ElementsAre(Says("'pivot' does not belong to a step with `signal`")));
  EXPECT_THAT(ProblemsOf(kHead + "- { id: a, try: { call: p/T }, pivot: true }\n"),
              ElementsAre(Says("'pivot' does not belong to a step with `try`")));
}

TEST(LoadKindsTest, WrongValuesAreToldWithWhatIsWanted) {
  const auto with = [](const std::string& line) { return ProblemsOf(kStep + "  " + line + "\n"); };
  EXPECT_THAT(with("async: {}"), ElementsAre(Says("needs `within`")));
  EXPECT_THAT(with("async: { within: 0s }"), ElementsAre(Says("more than nothing")));
  EXPECT_THAT(with("async: { within: 5 }"), ElementsAre(Says("within")));
  EXPECT_THAT(with("async: { witin: 5m }"), Contains(Says("did you mean 'within'?")));
  EXPECT_THAT(with("query: { call: p/Q, done_fi: x }"), ElementsAre(Says("'done_if'?")));
  EXPECT_THAT(with("on_late: { start: Refund }"), ElementsAre(Says("name of a definition")));
  EXPECT_THAT(with("when: ''"), ElementsAre(Says("an expression is wanted")));
  EXPECT_THAT(ProblemsOf(kHead + "- { id: a, signal: A-B }\n"), ElementsAre(Says("`signal` is")));
  EXPECT_THAT(ProblemsOf(kStep + "then: x\n"), ElementsAre(Says("`then` is a list")));
  EXPECT_THAT(ProblemsOf(kStep + "then: [ { start: x } ]\n"), ElementsAre(Says("on: succeeded")));
  EXPECT_THAT(ProblemsOf(kStep + "then: [ { on: ended, start: x } ]\n"),
              ElementsAre(Says("succeeded, compensated")));
}

TEST(LoadKindsTest, EachKindHasWhatItNeedsAndNothingElse) {
  EXPECT_THAT(RefusalOf(kHead + "- { id: a, try: { call: p/T }, cancel: { call: p/C } }\n"),
              HasSubstr("needs `confirm`"));
  EXPECT_THAT(RefusalOf(kHead + "- { id: a, try: { call: p/T }, confirm: { call: p/C } }\n"),
              HasSubstr("needs `cancel`"));
  EXPECT_THAT(
      RefusalOf(kHead + "- { id: p, call: p/M, pivot: true }\n- { id: a, try: { call: p/T }, "
                        "confirm: { call: p/C }, cancel: { call: p/C } }\n"),
      HasSubstr("confirmed at once"));
  EXPECT_THAT(RefusalOf(kHead + "- { id: a, signal: x, optional: true }\n"),
              HasSubstr("optional signal needs `within`"));
  EXPECT_THAT(RefusalOf(kStep + "  query: { call: p/Q }\n"), HasSubstr("needs `done_if`"));
  EXPECT_THAT(RefusalOf(kStep + "  query: { call: p/Q, done_if: 'true', every: 1s }\n"),
              HasSubstr("`every` is for steps with `async`"));
  const std::string after = kHead + "- { id: p, call: p/M, pivot: true }\n- { id: a, call: p/M, ";
  EXPECT_THAT(RefusalOf(after + "reject_if: output.x }\n"), HasSubstr("cannot mean no"));
  EXPECT_THAT(RefusalOf(after + "on_late: { start: refund } }\n"), HasSubstr("never late"));
  EXPECT_THAT(RefusalOf(kStep + "  pivot: true\n  on_late: { start: refund }\n"),
              HasSubstr("never late"));
  EXPECT_EQ(RefusalOf(after + "optional: true, on_late: { start: refund } }\n"), "");
}

}  // namespace
}  // namespace saga

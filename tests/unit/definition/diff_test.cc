#include "definition/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "definition/input_reads.h"
#include "definition/loader.h"

namespace saga {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kOrder = R"(
saga: order
owner: team
input: shop.Order
business_key: input.order_id
labels: { channel: input.channel }
steps:
- { id: paid, signal: payment, within: 15m }
- { id: reserve, call: stock/Reserve, with: { order_id: input.order_id, lines: [input.a, input.b] },
    undo: { call: stock/Release, with: { hold_id: output.hold_id } }, timeout: 5s,
    on_late: { start: refund } }
- { id: capture, pivot: true, call: pay/Capture }
- { id: send, call: ship/Send, retry: { attempts: unlimited } }
output: { hold: steps.reserve.hold_id, order: input.order_id }
then: [ { on: succeeded, start: invoice } ]
events: { publish: full }
)";

v1::SagaDefinition Load(const std::string& source) {
  const LoadedDefinition loaded = LoadDefinition(source);
  EXPECT_FALSE(HasErrors(loaded.diagnostics)) << loaded.diagnostics.at(0).message;
  return loaded.document;
}

// The order with `from` replaced.
v1::SagaDefinition With(const std::string& from, const std::string& to) {
  std::string text = kOrder;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  text.replace(at, from.size(), to);
  return Load(text);
}

std::string Told(const DefinitionChange& change) {
  return std::string(change.impact == Impact::kBreaking ? "! " : "  ") + change.path + ": " +
         change.before + " -> " + change.after;
}

std::vector<std::string> Changes(const std::string& from, const std::string& to) {
  std::vector<std::string> told;
  for (const DefinitionChange& change : DiffDefinitions(Load(kOrder), With(from, to))) {
    told.push_back(Told(change));
  }
  return told;
}

TEST(DiffTest, LayoutAndCommentsAreNoChange) {
  EXPECT_THAT(DiffDefinitions(Load(kOrder), Load("# said\n" + std::string(kOrder))), IsEmpty());
}

TEST(DiffTest, WhatBreaksNobodyIsCompatible) {
  EXPECT_THAT(Changes("timeout: 5s", "timeout: 9s"),
              ElementsAre("  steps.reserve.timeout: 5s -> 9s"));
  EXPECT_THAT(Changes("ship/Send", "ship/Post"),
              ElementsAre("  steps.send.call: ship/Send -> ship/Post"));
  EXPECT_THAT(Changes("owner: team", "owner: others"), ElementsAre("  owner: team -> others"));
  EXPECT_THAT(Changes("hold_id: output.hold_id", "hold_id: output.id"),
              ElementsAre("  steps.reserve.undo.with.hold_id: output.hold_id -> output.id"));
  EXPECT_THAT(Changes("input.a, input.b", "input.a, input.c"),
              ElementsAre("  steps.reserve.with.lines.1: input.b -> input.c"));
  EXPECT_THAT(Changes("saga: order", "deadline: 5m\nsaga: order"),
              ElementsAre("  deadline:  -> 5m"));
}

TEST(DiffTest, ANewStepIsOneChange) {
  const std::vector<DefinitionChange> changes =
      DiffDefinitions(Load(kOrder), With("- { id: capture,",
                                         "- { id: check, call: pay/Check, "
                                         "undo: none }\n- { id: capture,"));
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(Told(changes[0]), "  steps.check:  -> a step");
  EXPECT_EQ(Told(changes[1]), "  steps.capture.after: [reserve] -> [check]");
}

TEST(DiffTest, WhatSomebodyReliesOnIsBreaking) {
  EXPECT_THAT(Changes("shop.Order", "shop.Basket"),
              ElementsAre("! input: shop.Order -> shop.Basket"));
  EXPECT_THAT(Changes("saga: order", "saga: basket"), ElementsAre("! saga: order -> basket"));
  EXPECT_THAT(Changes("business_key: input.order_id", "business_key: input.id"),
              ElementsAre("! business_key: input.order_id -> input.id"));
  EXPECT_THAT(
      Changes("{ channel: input.channel }", "{ web: input.channel }"),
      ElementsAre("! labels.channel: input.channel -> ", "  labels.web:  -> input.channel"));
  EXPECT_THAT(Changes("signal: payment", "signal: money"),
              ElementsAre("! steps.paid.signal: payment -> money"));
  EXPECT_THAT(Changes("order: input.order_id }\nthen", "id: input.order_id }\nthen"),
              ElementsAre("! output.order: input.order_id -> ", "  output.id:  -> input.order_id"));
  EXPECT_THAT(Changes("start: invoice", "start: bill"),
              ElementsAre("! then.succeeded.invoice.start: invoice -> ",
                          "  then.succeeded.bill.start:  -> bill"));
  EXPECT_THAT(Changes("start: refund", "start: repay"),
              ElementsAre("! steps.reserve.on_late.start: refund -> repay"));
  EXPECT_THAT(Changes("publish: full", "publish: metadata"),
              ElementsAre("! events.publish: full -> metadata"));
}

TEST(DiffTest, AnUndoThatIsDroppedIsBreaking) {
  const std::vector<DefinitionChange> changes = DiffDefinitions(
      Load(kOrder),
      With("undo: { call: stock/Release, with: { hold_id: output.hold_id } }", "undo: none"));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(Told(changes[0]), "! steps.reserve.undo.call: stock/Release -> ");
  EXPECT_THAT(changes[0].why, HasSubstr("is left when the saga turns back"));
}

TEST(DiffTest, AStepThatIsGoneIsBreakingAndItsCallsAreStillNeeded) {
  const v1::SagaDefinition after =
      With("- { id: send, call: ship/Send, retry: { attempts: unlimited } }\n", "");
  const std::vector<DefinitionChange> changes = DiffDefinitions(Load(kOrder), after);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(Told(changes[0]), "! steps.send: a step -> ");
  EXPECT_THAT(CallsOnlyIn(Load(kOrder), after), ElementsAre("ship/Send"));
  EXPECT_THAT(CallsOnlyIn(after, Load(kOrder)), IsEmpty());
}

// As the author writes them, not as the document keeps them.
TEST(DiffTest, ValuesAreNamedAsTheirAuthorWritesThem) {
  EXPECT_THAT(Changes("attempts: unlimited", "attempts: 3, factor: 1.5, jitter: none"),
              ElementsAre("  steps.send.retry.attempts: unlimited -> 3",
                          "  steps.send.retry.factor: 2 -> 1.5",
                          "  steps.send.retry.jitter: full -> none"));
  EXPECT_THAT(Changes("within: 15m", "within: 20m"),
              ElementsAre("  steps.paid.within: 15m -> 20m"));
  EXPECT_THAT(
      Changes("timeout: 5s,",
              "timeout: 5s, in_doubt: resolve, on_stuck: hold, "
              "errors: { A: retry },"),
      ElementsAre("  steps.reserve.errors.A:  -> retry", "  steps.reserve.in_doubt:  -> resolve",
                  "  steps.reserve.on_stuck:  -> hold"));
}

TEST(DiffTest, AnotherFollowUpBeforeTheOthersChangesNoneOfThem) {
  EXPECT_THAT(Changes("{ on: succeeded, start: invoice }",
                      "{ on: succeeded, start: audit, with: { id: input.order_id } }, "
                      "{ on: succeeded, start: invoice }, { on: succeeded, start: "
                      "invoice }"),
              ElementsAre("  then.succeeded.audit.start:  -> audit",
                          "  then.succeeded.invoice#2.start:  -> invoice"));
}

TEST(DiffTest, AStepThatOnlyHasAnotherNameIsRenamed) {
  EXPECT_THAT(Changes("id: send,", "id: ship,"),
              ElementsAre("! steps.send: a step -> renamed to ship"));
}

TEST(DiffTest, ASignalThatNobodySendsYetIsBreaking) {
  const std::vector<DefinitionChange> changes = DiffDefinitions(
      Load(kOrder), With("- { id: capture,", "- { id: packed, signal: packed }\n- { id: capture,"));
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(Told(changes[0]), "! steps.packed:  -> a step");
  EXPECT_THAT(changes[0].why, HasSubstr("'packed', which nobody sends yet"));
}

TEST(DiffTest, AStepThatIsNotAsynchronousAnyMoreIsBreaking) {
  const std::vector<DefinitionChange> changes =
      DiffDefinitions(With("ship/Send,", "ship/Send, async: { within: 1h },"), Load(kOrder));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(Told(changes[0]), "! steps.send.async.within: 1h -> ");
  EXPECT_THAT(Changes("ship/Send,", "ship/Send, async: { within: 1h },"),
              ElementsAre("  steps.send.async.within:  -> 1h"));
}

TEST(DiffTest, ThePivotAtAnotherStepIsBreaking) {
  EXPECT_THAT(
      Changes("pivot: true, call: pay/Capture }\n- { id: send,",
              "call: pay/Capture, undo: none }\n- { id: send, pivot: true,"),
      ::testing::IsSupersetOf({"! steps.capture.pivot: true -> ", "! steps.send.pivot:  -> true"}));
}

TEST(DiffTest, ACallThatBecomesAHoldIsNamedByItsKind) {
  const std::vector<std::string> told =
      Changes("{ id: capture, pivot: true, call: pay/Capture }",
              "{ id: capture, try: { call: pay/Capture }, confirm: { call: pay/Yes }, "
              "cancel: { call: pay/No } }");
  EXPECT_THAT(told, ::testing::IsSupersetOf({"! steps.capture.kind: call -> hold",
                                             "  steps.capture.confirm.call:  -> pay/Yes",
                                             "  steps.capture.cancel.call:  -> pay/No"}));
}

// A registration takes it for a new version, and so does the diff.
TEST(DiffTest, AnotherOrderOfFieldsIsNotIdentical) {
  EXPECT_THAT(Changes("{ hold: steps.reserve.hold_id, order: input.order_id }",
                      "{ order: input.order_id, hold: steps.reserve.hold_id }"),
              ElementsAre("  order: of steps or fields -> another"));
}

constexpr const char* kJson = R"(
saga: order
steps:
- { id: a, call: stock/Reserve, with: { id: input.id }, undo: none }
- { id: b, call: stock/Reserve, undo: none, with: { id: input.id } }
)";

// A typed input is checked when a saga starts; of JSON only what is read of it
// can be told.
TEST(DiffTest, ANewReadOfAJsonInputIsBreakingUnlessItIsGuarded) {
  std::string text = kJson;
  text.replace(text.rfind("input.id"), 8, "input.name");
  const std::vector<DefinitionChange> changes = DiffDefinitions(Load(kJson), Load(text));
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(Told(changes[1]), "! input.name: not read -> read");

  text = kJson;
  text.replace(text.rfind("input.id"), 8, "\"has(input.x) ? input.x : input.id\"");
  for (const DefinitionChange& change : DiffDefinitions(Load(kJson), Load(text))) {
    EXPECT_EQ(change.impact, Impact::kCompatible) << change.path;
  }
}

TEST(InputReadsTest, ATestGuardsItsOwnFieldOnly) {
  EXPECT_THAT(InputReads(Load("saga: order\noutput: \"has(input.a) ? input.ab "
                              ": input.a.b\"\nsteps:\n"
                              "- { id: t, wait: 1s }\n")),
              ElementsAre("input.ab"));
}

TEST(InputReadsTest, ReadsOfAVariableAreThoseOfOnePartOrOfAll) {
  const v1::SagaDefinition document = Load(R"(
saga: order
steps:
- { id: a, call: stock/Reserve, undo: { call: stock/Release, with: { id: output.id } } }
- { id: b, call: stock/Reserve, undo: none, with: { id: "has(steps.a.x) ? steps.a.y : output.no" } }
)");
  EXPECT_THAT(ReadsOf(document, "steps"), ElementsAre("steps.a.x", "steps.a.y"));
  EXPECT_THAT(ReadsOf(document.steps(0), "output"), ElementsAre("output.id"));
}

TEST(InputReadsTest, EveryExpressionIsLookedAt) {
  const v1::SagaDefinition document = Load(R"(
saga: order
business_key: input.key
labels: { l: input.label }
steps:
- { id: a, call: stock/Reserve, with: { m: { n: [input.with] } }, when: input.when, undo: none,
    reject_if: output.x == input.reject }
- { id: t, wait: duration(input.wait) }
output: input.out
)");
  EXPECT_THAT(InputReads(document),
              ElementsAre("input.key", "input.label", "input.out", "input.reject", "input.wait",
                          "input.when", "input.with"));
}

}  // namespace
}  // namespace saga

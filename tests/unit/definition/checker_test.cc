#include "definition/checker.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

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
auto Warning(const std::string& code, int line) {
  return AllOf(Field("severity", &Diagnostic::severity, Severity::kWarning),
               Field("code", &Diagnostic::code, code), Field("line", &Diagnostic::line, line));
}

Diagnostics Check(const std::string& source) {
  static const test::FakeDescriptors* const kShop =
      new test::FakeDescriptors(test::ShopDescriptors());
  const LoadedDefinition loaded = LoadDefinition(source);
  EXPECT_THAT(loaded.diagnostics, IsEmpty());
  Diagnostics found;
  CheckDefinition(loaded, "default", *kShop, found);
  return found;
}

// `steps` from line 4 on.
Diagnostics CheckSteps(const std::string& steps) {
  return Check("saga: s\nowner: o\ninput: shop.Order\nsteps:\n" + steps);
}

TEST(CheckerTest, ACorrectDefinitionHasNothingToSay) {
  EXPECT_THAT(CheckSteps(R"(- id: reserve
  call: stock/Reserve
  with: { order_id: input.order_id, lines: input.lines }
  undo: { call: stock/Release, with: { hold_id: output.hold_id, reason: failure.reason } }
- { id: capture, pivot: true, call: pay/Capture, with: { hold_id: steps.reserve.hold_id } }
- { id: send, call: ship/Send, with: { order_id: saga.key }, retry: { attempts: unlimited } }
business_key: input.order_id
labels: { channel: input.channel, key: saga.key, fixed: '"web"' }
output: { id: input.order_id, hold: steps.reserve.hold_id, saga: saga.id }
)"),
              IsEmpty());
}

TEST(CheckerTest, Saga003StepsThatWaitForEachOther) {
  EXPECT_THAT(CheckSteps("- { id: a, call: stock/Reserve, undo: none, after: [b] }\n"
                         "- { id: b, call: stock/Reserve, undo: none, after: [a] }\n"),
              ElementsAre(Error("SAGA003", 5, 3, "circle")));
  EXPECT_THAT(CheckSteps("- { id: a, call: stock/Reserve, undo: none }\n"
                         "- { id: a, call: stock/Reserve, undo: none }\n"),
              ElementsAre(Error("SAGA003", 6, 3, "used twice")));
  EXPECT_THAT(CheckSteps("- { id: p, call: pay/Capture, pivot: true }\n"
                         "- { id: b, call: stock/Reserve, undo: none, after: [] }\n"),
              ElementsAre(Error("SAGA003", 6, 3, "beside the pivot")));
}

TEST(CheckerTest, Saga004AStepBeforeThePivotSaysHowItIsUndone) {
  EXPECT_THAT(CheckSteps("- { id: a, call: stock/Reserve }\n"
                         "- { id: o, call: stock/Reserve, optional: true }\n"
                         "- { id: p, call: pay/Capture, pivot: true }\n"
                         "- { id: z, call: ship/Send, retry: { attempts: unlimited } }\n"),
              ElementsAre(Error("SAGA004", 5, 3, "does not say how it is undone")));
}

TEST(CheckerTest, Saga005And006OnePivotAndNoUndoFromIt) {
  EXPECT_THAT(CheckSteps("- { id: p, call: pay/Capture, pivot: true }\n"
                         "- { id: q, call: pay/Capture, pivot: true }\n"),
              ElementsAre(Error("SAGA005", 6, 3, "second pivot")));
  EXPECT_THAT(CheckSteps("- { id: p, call: pay/Capture, pivot: true }\n"
                         "- { id: q, call: ship/Send, undo: { call: pay/Void } }\n"),
              ElementsAre(Error("SAGA006", 6, 35, "remove its undo")));
  EXPECT_THAT(CheckSteps("- { id: p, call: pay/Capture, pivot: true, undo: { call: pay/Void } }\n"),
              ElementsAre(Error("SAGA006", 5, 50, "no way back")));
  EXPECT_THAT(CheckSteps("- { id: p, call: pay/Capture, pivot: true, in_doubt: undo }\n"),
              ElementsAre(Error("SAGA006", 5, 3, "never undone")));
}

TEST(CheckerTest, Saga007And008FieldsAndTypesEachWithItsPlace) {
  EXPECT_THAT(CheckSteps("- id: a\n  call: stock/Reserve\n  undo: none\n  with:\n"
                         "    order: input.order_id\n"
                         "    order_id: input.orderid\n"
                         "    total: { minor_units: input.order_id }\n"
                         "    small: '\"x\"'\n"
                         "    lines: [{ sku: web }]\n"),
              ElementsAre(Error("SAGA007", 9, 12, "has no field order"),
                          Error("SAGA007", 10, 21, "did you mean 'order_id'?"),
                          Error("SAGA008", 11, 27, "does not fit"),
                          Error("SAGA008", 12, 12, "does not fit"),
                          Error("SAGA001", 13, 20, "quoted twice")));
}

TEST(CheckerTest, OnlyOneMemberOfAOneofIsNoticedAcrossFields) {
  EXPECT_THAT(CheckSteps("- id: a\n  call: stock/Reserve\n  undo: none\n"
                         "  with: { email: input.order_id, phone: input.order_id }\n"),
              ElementsAre(Error("SAGA008", 8, 41, "only one of email and phone")));
}

TEST(CheckerTest, Saga009ParticipantsAndMethodsExistAndAreUnary) {
  EXPECT_THAT(
      CheckSteps("- { id: a, call: stok/Reserve, undo: none }\n"),
      ElementsAre(AllOf(Error("SAGA009", 5, 18, "did you mean 'stock'?"),
                        Field(&Diagnostic::suggestion, HasSubstr("participants register")))));
  EXPECT_THAT(CheckSteps("- { id: a, call: stock/Reserv, undo: { call: stock/Relase } }\n"),
              ElementsAre(Error("SAGA009", 5, 18, "did you mean 'Reserve'?"),
                          Error("SAGA009", 5, 46, "did you mean 'Release'?")));
  EXPECT_THAT(CheckSteps("- { id: a, call: stock/Watch, undo: none }\n"),
              ElementsAre(Error("SAGA009", 5, 18, "streaming")));
  EXPECT_THAT(CheckSteps("- { id: a, call: stock/shop.Stok/Reserve, undo: none }\n"),
              ElementsAre(Error("SAGA009", 5, 18, "shop.Stok")));
}

TEST(CheckerTest, Saga010WhatIsReadMustHaveRun) {
  EXPECT_THAT(CheckSteps("- parallel:\n"
                         "  - { id: a, call: stock/Reserve, undo: none }\n"
                         "  - { id: b, call: pay/Authorize, undo: none, with: { order_id: "
                         "steps.a.hold_id } }\n"),
              ElementsAre(Error("SAGA010", 7, 65, "need not have run before")));
  EXPECT_THAT(
      CheckSteps(
          "- { id: a, call: stock/Reserve, undo: none, with: { order_id: output.hold_id } }\n"),
      ElementsAre(Error("SAGA010", 5, 63, "no answer before it is called")));
  EXPECT_THAT(
      CheckSteps(
          "- { id: a, call: stock/Reserve, undo: none, with: { order_id: failure.reason } }\n"),
      ElementsAre(Error("SAGA010", 5, 63, "no failure on the way forward")));
  EXPECT_THAT(
      CheckSteps("- { id: a, call: stock/Reserve, undo: none, with: { order_id: steps.z.x } }\n"),
      ElementsAre(Error("SAGA010", 5, 69, "no step 'z'")));
}

TEST(CheckerTest, KeysLabelsAndOutputsAreChecked) {
  const auto with = [](const std::string& line) {
    return CheckSteps("- { id: a, call: stock/Reserve, undo: none }\n" + line + "\n");
  };
  EXPECT_THAT(with("business_key: steps.a.hold_id"),
              ElementsAre(Error("SAGA010", 6, 15, "when a saga starts")));
  EXPECT_THAT(with("business_key: saga.key"),
              ElementsAre(Error("SAGA010", 6, 15, "when a saga starts")));
  EXPECT_THAT(with("business_key: input.orderid"),
              ElementsAre(Error("SAGA007", 6, 21, "order_id")));
  EXPECT_THAT(with("business_key: input.lines"),
              ElementsAre(Error("SAGA008", 6, 15, "no single value")));
  EXPECT_THAT(with("business_key: input"), ElementsAre(Error("SAGA008", 6, 15, "no single value")));
  EXPECT_THAT(with("business_key: output.x"), ElementsAre(Error("SAGA008", 6, 15, "name a step")));
  EXPECT_THAT(with("labels: { a: web }"), ElementsAre(Error("SAGA001", 6, 14, "quoted twice")));
  EXPECT_THAT(with("labels: { a: failure.code }"),
              ElementsAre(Error("SAGA010", 6, 14, "when a saga starts")));
  EXPECT_THAT(
      with("output: { a: steps.a.hold, b: output.x, c: failure.reason, d: nonsense }"),
      ElementsAre(Error("SAGA007", 6, 22, "has no field hold"),
                  Error("SAGA008", 6, 31, "name a step"), Error("SAGA010", 6, 44, "has not failed"),
                  Error("SAGA001", 6, 63, "nonsense")));
}

TEST(CheckerTest, Saga008TheInputsTypeIsKnown) {
  EXPECT_THAT(Check("saga: s\nowner: o\ninput: shop.Ordr\nsteps:\n- { id: a, call: stock/Reserve, "
                    "undo: none }\n"),
              ElementsAre(Error("SAGA008", 3, 8, "'shop.Ordr' is not in the descriptors")));
}

TEST(CheckerTest, Saga011ADeadlineShorterThanTheWay) {
  EXPECT_THAT(
      CheckSteps("- { id: a, call: stock/Reserve, undo: none, timeout: 20s }\n"
                 "- { id: p, call: pay/Capture, pivot: true, timeout: 20s }\n"
                 "- { id: z, call: ship/Send, timeout: 60m, retry: { attempts: unlimited } }\n"
                 "deadline: 30s\n"),
      ElementsAre(Warning("SAGA011", 8)));
}

TEST(CheckerTest, Saga012AnUndoInDoubtNeedsNoAnswer) {
  const std::string step =
      "- id: a\n  call: stock/Reserve\n  in_doubt: undo\n  undo: { call: stock/Release, with: { "
      "hold_id: ";
  EXPECT_THAT(CheckSteps(step + "output.hold_id } }\n"),
              ElementsAre(Error("SAGA012", 8, 49, "needs output.hold_id")));
  EXPECT_THAT(CheckSteps(step + "steps.a.hold_id } }\n"),
              ElementsAre(Error("SAGA012", 8, 49, "needs steps.a.hold_id")));
  EXPECT_THAT(CheckSteps(step + "input.order_id } }\n"), IsEmpty());
}

TEST(CheckerTest, Saga014AnUndoIsNotTheActionItself) {
  EXPECT_THAT(
      CheckSteps("- { id: a, call: stock/Reserve, undo: { call: stock/shop.Stock/Reserve } }\n"),
      ElementsAre(Error("SAGA014", 5, 47, "the very call")));
}

TEST(CheckerTest, Saga016AnOptionalStepEnds) {
  EXPECT_THAT(
      CheckSteps(
          "- { id: a, call: stock/Reserve, optional: true, retry: { attempts: unlimited } }\n"),
      ElementsAre(Error("SAGA016", 5, 56, "never be given up")));
}

TEST(CheckerTest, Saga021And022AreWarnings) {
  EXPECT_THAT(
      CheckSteps("- { id: o, call: stock/Reserve, optional: true }\n"
                 "- { id: p, call: pay/Capture, pivot: true, with: { hold_id: steps.o.hold_id } }\n"
                 "- { id: z, call: ship/Send }\n"
                 "output: { a: steps.o.hold_id }\n"),
      ElementsAre(Warning("SAGA022", 6), Warning("SAGA021", 7), Warning("SAGA022", 8)));
}

TEST(CheckerTest, DefinitionsOfThisRepositoryLoad) {
  for (const std::string path : {"deploy/demo/checkout.yaml", "bench/definition.yaml"}) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    ASSERT_FALSE(text.str().empty()) << path;
    const LoadedDefinition loaded = LoadDefinition(text.str());
    EXPECT_THAT(loaded.diagnostics, IsEmpty()) << path;
    EXPECT_TRUE(ToDefinition(loaded.document, "default", 1).ok()) << path;
  }
}

}  // namespace
}  // namespace saga

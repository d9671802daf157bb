#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "definition/checker.h"
#include "definition/loader.h"
#include "diagnostic_printer.h"
#include "fake_descriptors.h"

namespace saga {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LoadedDefinition Load(const std::string& source) {
  return LoadDefinition(source, DefinitionFormat::kTextproto);
}

auto Says(const std::string& text) {
  return Field("message", &Diagnostic::message, HasSubstr(text));
}
auto At(int line, int column) {
  return AllOf(Field("line", &Diagnostic::line, line),
               Field("column", &Diagnostic::column, column));
}

const std::string kShop = R"(saga: "s"
owner: "o"
input: "shop.Order"
steps {
  id: "reserve"
  undo_none: true
  action {
    participant: "stock"
    method: "Reserve"
    with { fields { fields { name: "order_id" value { expression: "input.nothing" } } } }
  }
}
)";

TEST(TextprotoTest, TheMessageItselfIsReadAndGetsTheDefaultsOfTheYamlLoader) {
  const LoadedDefinition text =
      Load(R"(saga: "s" owner: "o" steps { id: "a" action { participant: "p" method: "M" } })");
  const LoadedDefinition yaml =
      LoadDefinition("saga: s\nowner: o\nsteps: [ { id: a, call: p/M } ]\n");

  EXPECT_THAT(text.diagnostics, IsEmpty());
  EXPECT_EQ(DigestOf(text.document), DigestOf(yaml.document));
}

TEST(TextprotoTest, WhatYamlWasReadIntoIsReadBack) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "protobuf's headers give map fields another layout here than the library has";
#endif
  const LoadedDefinition yaml = LoadDefinition(
      "saga: s\nowner: o\ninput: shop.Order\ndeadline: 5m\nlabels: { a: input.order_id }\nsteps:\n"
      "- id: h\n  try: { call: p/T, with: { a: [1, '\"x\"'] } }\n  confirm: { call: p/C }\n"
      "  cancel: { call: p/D }\n  expires: 6m\n- { id: w, wait: 5m }\n"
      "- { id: g, signal: paid, within: 1h }\nthen: [ { on: succeeded, start: next } ]\n");
  ASSERT_THAT(yaml.diagnostics, IsEmpty());
  std::string text;
  ASSERT_TRUE(google::protobuf::TextFormat::PrintToString(yaml.document, &text));

  EXPECT_THAT(Load(text).diagnostics, IsEmpty());
  EXPECT_EQ(DigestOf(Load(text).document), DigestOf(yaml.document));
}

TEST(TextprotoTest, WrongTextIsToldWithItsPlace) {
  EXPECT_THAT(Load("saga: \"s\"\nsteps {\n  idd: \"a\"\n}\n").diagnostics,
              ElementsAre(AllOf(Field(&Diagnostic::code, "SAGA002"), Field(&Diagnostic::line, 3),
                                Says("idd"))));
  EXPECT_THAT(Load("saga: \"s\"\nsaga: \"t\"\n").diagnostics,
              ElementsAre(AllOf(Field(&Diagnostic::line, 2), Says("multiple times"))));
  EXPECT_THAT(Load("saga: \"a\xff\"").diagnostics, ElementsAre(Says("UTF-8")));
}

TEST(TextprotoTest, TypesAreCheckedWithPlacesInTheText) {
  const LoadedDefinition loaded = Load(kShop);
  ASSERT_THAT(loaded.diagnostics, IsEmpty());
  Diagnostics found;

  CheckDefinition(loaded, "default", test::ShopDescriptors(), found);

  EXPECT_THAT(found, ElementsAre(AllOf(At(10, 47), Says("has no field nothing"))));
}

TEST(TextprotoTest, NamesAndNumbersAreHeldToTheSameRules) {
  const auto problems = [](const std::string& step) {
    return Load("saga: \"s\" owner: \"o\" steps { id: \"a\" " + step + " }").diagnostics;
  };
  const std::string call = "action { participant: \"p\" method: \"M\" ";
  EXPECT_THAT(problems("action { participant: \"p\" }"), Contains(Says("needs `participant`")));
  EXPECT_THAT(problems(call + "timeout_ms: -1 }"), Contains(Says("timeout_ms is -1")));
  EXPECT_THAT(
      problems(call + "retry { attempts: -1 backoff_ms: 1 max_ms: 1 factor_permille: 1000 } }"),
      ElementsAre(Says("attempts is -1")));
  EXPECT_THAT(problems(call + "retry { } }"), Contains(Says("backoff_ms must be more")));
  EXPECT_THAT(problems(call + "} after: \"z\""), ElementsAre(Says("'z', which is no step")));
  EXPECT_THAT(problems("kind: DEFINITION_STEP_KIND_SIGNAL signal: \"A\""),
              ElementsAre(Says("signal is 'A'")));
  EXPECT_THAT(problems("kind: DEFINITION_STEP_KIND_TIMER wait { fixed_ms: -5 }"),
              ElementsAre(Says("wait is -5")));
  EXPECT_THAT(Load("saga: \"S\"").diagnostics, Contains(Says("saga is 'S'")));
  EXPECT_THAT(Load("saga: \"s\" publish: \"all\"").diagnostics, Contains(Says("publish is 'all'")));
}

}  // namespace
}  // namespace saga

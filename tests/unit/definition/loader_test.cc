#include "definition/loader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "definition/limits.h"
#include "diagnostic_printer.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kMinimal = "saga: s\nowner: o\nsteps:\n- id: a\n  call: p/M\n";

Diagnostics ProblemsOf(const std::string& source) { return LoadDefinition(source).diagnostics; }

DefinitionRef Load(const std::string& source) {
  const LoadedDefinition loaded = LoadDefinition(source);
  EXPECT_THAT(loaded.diagnostics, IsEmpty()) << loaded.diagnostics.front().message;
  return ToDefinition(loaded.document, "default", 7).value();
}

auto Says(const std::string& text) {
  return Field("message", &Diagnostic::message, HasSubstr(text));
}
auto At(int line, int column) {
  return AllOf(Field("line", &Diagnostic::line, line),
               Field("column", &Diagnostic::column, column));
}
auto Coded(const std::string& code) { return Field("code", &Diagnostic::code, code); }

const std::string kEveryKey = R"(
saga: order-checkout
owner: team-checkout
description: Take an order.
runbook: https://runbooks.example/order
input: shop.Order
business_key: input.order_id
labels: { region: input.region }
deadline: 15m
participants:
  pay: { service: shop.Pay }
defaults:
  timeout: 3s
  retry: { attempts: 2, backoff: 10ms, factor: 1.5, max: 1s, jitter: none }
  undo_retry: { attempts: unlimited }
steps:
  - id: reserve
    call: stock/Reserve
    with: { order_id: input.order_id, list: [1, "'x'"] }
    undo: { call: stock/Release, with: { hold_id: output.hold_id }, timeout: 9s, errors: { GONE: done }, retry: { attempts: 3 } }
    in_doubt: undo
    errors: { SOLD_OUT: compensate, BUSY: retry, NOT_FOUND: stuck }
    on_stuck: hold
  - id: capture
    call: pay/Capture
    pivot: true
    timeout: 1s
    retry: { attempts: 9 }
  - id: notify
    call: pay/other.Service/Notify
    optional: true
    on_recovery: wait
output: { order_id: input.order_id }
events: { publish: full }
)";

TEST(LoaderTest, EveryKeyReachesTheDefinition) {
  const DefinitionRef d = Load(kEveryKey);

  EXPECT_EQ(d->NameAtVersion(), "order-checkout@7");
  EXPECT_EQ(d->owner, "team-checkout");
  EXPECT_EQ(d->runbook, "https://runbooks.example/order");
  EXPECT_EQ(d->input_type, "shop.Order");
  EXPECT_EQ(d->business_key.expression, "input.order_id");
  EXPECT_EQ(d->labels.at(0).name, "region");
  EXPECT_EQ(d->deadline, std::chrono::minutes(15));
  EXPECT_TRUE(d->publish_payloads);
  EXPECT_EQ(d->output.fields.at(0).value.expression, "input.order_id");

  const Step& reserve = d->steps.at(0);
  EXPECT_EQ(reserve.action.participant, "stock");
  EXPECT_EQ(reserve.action.method, "Reserve");
  EXPECT_EQ(reserve.action.timeout, milliseconds(3000));
  EXPECT_EQ(reserve.action.retry,
            (RetryPolicy{2, milliseconds(10), 1500, milliseconds(1000), false}));
  EXPECT_THAT(
      reserve.action.errors,
      ElementsAre(std::pair<const std::string, ErrorRule>("BUSY", ErrorRule::kRetry),
                  std::pair<const std::string, ErrorRule>("NOT_FOUND", ErrorRule::kStuck),
                  std::pair<const std::string, ErrorRule>("SOLD_OUT", ErrorRule::kCompensate)));
  EXPECT_EQ(reserve.action.with.fields.at(1).value.list.at(1).expression, "'x'");
  ASSERT_TRUE(reserve.undo.has_value());
  EXPECT_EQ(reserve.undo->timeout, milliseconds(9000));
  EXPECT_EQ(reserve.undo->retry.attempts, 3U);
  EXPECT_EQ(reserve.undo->errors.at("GONE"), ErrorRule::kDone);
  EXPECT_EQ(reserve.in_doubt, InDoubtRule::kUndo);
  EXPECT_TRUE(reserve.hold_when_stuck);
  EXPECT_FALSE(reserve.wait_for_person);

  const Step& capture = d->steps.at(1);
  EXPECT_TRUE(capture.pivot);
  EXPECT_EQ(capture.action.method, "shop.Pay/Capture");
  EXPECT_EQ(capture.action.timeout, milliseconds(1000));
  EXPECT_EQ(capture.action.retry.attempts, 9U);
  EXPECT_EQ(capture.action.retry.backoff, milliseconds(10));
  EXPECT_FALSE(capture.undo.has_value());

  const Step& notify = d->steps.at(2);
  EXPECT_EQ(notify.action.method, "other.Service/Notify");
  EXPECT_TRUE(notify.optional);
  EXPECT_TRUE(notify.wait_for_person);
  EXPECT_TRUE(notify.after_pivot);
}

TEST(LoaderTest, WithoutDefaultsThoseOfTheDocumentationHold) {
  const DefinitionRef d = Load(kMinimal + "  undo: { call: p/U }\n");

  const Step& step = d->steps.at(0);
  EXPECT_EQ(step.action.timeout, milliseconds(5000));
  EXPECT_EQ(step.action.retry,
            (RetryPolicy{6, milliseconds(200), 2000, milliseconds(30'000), true}));
  EXPECT_EQ(step.undo->retry,
            (RetryPolicy{13, milliseconds(1000), 2000, milliseconds(300'000), true}));
  EXPECT_EQ(step.in_doubt, InDoubtRule::kResolve);
  EXPECT_EQ(d->deadline, milliseconds(0));
  EXPECT_FALSE(d->publish_payloads);
}

TEST(LoaderTest, StepsRunInOrderAndParallelMembersTogether) {
  const DefinitionRef d = Load(R"(
saga: s
owner: o
steps:
  - { id: a, call: p/M }
  - parallel:
      - { id: b, call: p/M }
      - { id: c, call: p/M }
  - { id: d, call: p/M }
  - { id: e, call: p/M, after: [b] }
  - { id: f, call: p/M, after: [] }
)");

  const auto after = [&](int i) { return d->steps.at(static_cast<std::size_t>(i)).after; };
  EXPECT_THAT(after(0), IsEmpty());
  EXPECT_THAT(after(1), ElementsAre(ToStep(0)));
  EXPECT_THAT(after(2), ElementsAre(ToStep(0)));
  EXPECT_THAT(after(3), ElementsAre(ToStep(1), ToStep(2)));
  EXPECT_THAT(after(4), ElementsAre(ToStep(1)));
  EXPECT_THAT(after(5), IsEmpty());
}

TEST(LoaderTest, JsonIsReadByTheSameRules) {
  const std::string json =
      "{\n\t\"saga\": \"s\", \"owner\": \"o\", \"deadline\": \"5m\",\n\t\"steps\": [{\"id\": "
      "\"a\", "
      "\"call\": \"p\\/M\", \"pivot\": true, \"with\": {\"n\": 42, \"t\": \"'x\\u00e9'\"}}]\n}\n";

  const DefinitionRef d = Load(json);

  EXPECT_EQ(d->deadline, std::chrono::minutes(5));
  EXPECT_EQ(d->steps.at(0).action.method, "M");
  EXPECT_EQ(d->steps.at(0).action.with.fields.at(0).value.expression, "42");
  EXPECT_EQ(d->steps.at(0).action.with.fields.at(1).value.expression, "'x\u00e9'");
}

TEST(LoaderTest, TheDigestIsOfTheContentAndNotOfItsLooks) {
  const auto digest = [](const std::string& source) {
    return DigestOf(LoadDefinition(source).document);
  };

  EXPECT_EQ(digest(kMinimal),
            digest("# why\nowner: o\nsaga: s\nsteps: [ { call: p/M, id: a } ]\n"));
  EXPECT_NE(digest(kMinimal), digest("saga: s\nowner: o\nsteps:\n- id: a\n  call: p/N\n"));
  EXPECT_THAT(digest(kMinimal), ::testing::StartsWith("sha256:"));
}

TEST(LoaderTest, WhatIsStoredRunsUnchanged) {
  const LoadedDefinition loaded = LoadDefinition(kMinimal + "  undo: { call: p/U }\n");
  saga::v1::SagaDefinition stored;
  ASSERT_TRUE(stored.ParseFromString(loaded.document.SerializeAsString()));

  const DefinitionRef d = ToDefinition(stored, "default", 1).value();

  EXPECT_EQ(d->digest, DigestOf(loaded.document));
  EXPECT_EQ(d->steps.at(0).undo->method, "U");
}

TEST(LoaderTest, WrongSyntaxIsToldWithItsPlace) {
  EXPECT_THAT(ProblemsOf("saga: s\nsteps: [\n"), ElementsAre(Coded("SAGA001")));
  EXPECT_THAT(ProblemsOf("saga: s\nsaga: t\nsteps: []\n"),
              Contains(AllOf(Coded("SAGA001"), At(2, 1), Says("'saga' stands here twice"))));
  EXPECT_THAT(ProblemsOf(kMinimal + "  with: { a: 1, b: 2, a: 3 }\n"),
              Contains(AllOf(At(6, 23), Says("'a' stands here twice"))));
  EXPECT_THAT(ProblemsOf("saga: &n s\nowner: *n\nsteps: []\n"),
              AllOf(Contains(AllOf(At(1, 7), Says("anchors"))),
                    Contains(AllOf(At(2, 8), Says("aliases")))));
  EXPECT_THAT(ProblemsOf(kMinimal + "  with: { a: !input.flag }\n"), Contains(Says("YAML tag")));
  EXPECT_THAT(ProblemsOf("saga: s\n---\nsaga: t\n"), Contains(Says("more than one document")));
  EXPECT_THAT(ProblemsOf(""), Contains(Says("empty")));
  EXPECT_THAT(ProblemsOf("- a\n"), Contains(Says("a definition is a map")));
  EXPECT_THAT(ProblemsOf("saga: \xff\n"), Contains(Says("UTF-8")));
  EXPECT_THAT(ProblemsOf("saga: s\nowner: \"a\\0b\"\nsteps: []\n"),
              Contains(AllOf(At(2, 8), Says("NUL"))));
  EXPECT_THAT(ProblemsOf("saga: s\n? [a]\n: b\n"), Contains(Says("a key must be a plain word")));
}

TEST(LoaderTest, SizesAreBounded) {
  EXPECT_THAT(ProblemsOf(std::string(kDefinitionBytesMax + 1, '#')), Contains(Says("at most")));
  const std::string deep =
      "saga: s\nsteps: " + std::string(100, '[') + std::string(100, ']') + "\n";
  EXPECT_THAT(ProblemsOf(deep), Contains(Says("nested more than 32 deep")));
  EXPECT_THAT(ProblemsOf("saga: " + std::string(5000, '[')), Contains(Coded("SAGA001")));
  std::string many = "saga: s\nsteps: [";
  for (std::size_t i = 0; i < kDocumentNodesMax; ++i) many += "1,";
  EXPECT_THAT(ProblemsOf(many + "]\n"), Contains(Says("nodes")));
  std::string bomb = "saga: s\na: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += fmt::format("{0}: &{0} [*{1},*{1},*{1},*{1},*{1},*{1},*{1}]\n", c,
                        static_cast<char>(c - 1));
  }
  EXPECT_THAT(ProblemsOf(bomb), Contains(Says("aliases")));
  std::string labels = kMinimal + "labels:\n";
  for (int i = 0; i < 33; ++i) labels += fmt::format("  l{}: input.x\n", i);
  EXPECT_THAT(ProblemsOf(labels), Contains(Says("33 labels")));
  EXPECT_LE(ProblemsOf(many + "]\n").size(), kDiagnosticsMax);
}

TEST(LoaderTest, UnknownKeysAreErrorsWithASuggestion) {
  EXPECT_THAT(ProblemsOf(kMinimal + "  udno: none\n"),
              ElementsAre(AllOf(Coded("SAGA002"), At(6, 3), Says("did you mean 'undo'?"),
                                Field("path", &Diagnostic::path, "steps[0].udno"))));
  EXPECT_THAT(ProblemsOf("steps_: 1\n" + kMinimal), Contains(Says("did you mean 'steps'?")));
  EXPECT_THAT(ProblemsOf(kMinimal + "  retry: { atempts: 3 }\n"),
              Contains(Says("did you mean 'attempts'?")));
}

TEST(LoaderTest, WrongValuesAreToldWithWhatIsWanted) {
  const auto with = [](const std::string& line) {
    return ProblemsOf(kMinimal + "  " + line + "\n");
  };
  EXPECT_THAT(with("timeout: 5"), ElementsAre(Coded("SAGA002")));
  EXPECT_THAT(with("timeout: 0s"), ElementsAre(Says("more than nothing")));
  EXPECT_THAT(with("timeout: 2h"), ElementsAre(Says("at most 1h")));
  EXPECT_THAT(with("pivot: maybe"), ElementsAre(Says("true or false")));
  EXPECT_THAT(with("in_doubt: guess"), ElementsAre(Says("resolve, undo")));
  EXPECT_THAT(with("on_stuck: wait"), ElementsAre(Says("deadline, hold")));
  EXPECT_THAT(with("retry: { attempts: 0 }"), ElementsAre(Says("unlimited")));
  EXPECT_THAT(with("retry: { attempts: 1.5 }"), ElementsAre(Says("unlimited")));
  EXPECT_THAT(with("retry: { backoff: 0ms }"), ElementsAre(Says("more than nothing")));
  EXPECT_THAT(with("retry: { factor: 0.5 }"), ElementsAre(Says("from 1 to 10")));
  EXPECT_THAT(with("retry: { jitter: some }"), ElementsAre(Says("none, full")));
  EXPECT_THAT(with("retry: 5"), ElementsAre(Says("a map is wanted")));
  EXPECT_THAT(with("errors: { X: ignore }"), ElementsAre(Says("compensate, retry, done, stuck")));
  EXPECT_THAT(with("undo: { call: p/U, errors: { X: compensate } }"),
              ElementsAre(Says("retry, done, stuck")));
  EXPECT_THAT(with("undo: never"), ElementsAre(Says("a map is wanted")));
  EXPECT_THAT(with("undo: {}"), ElementsAre(Says("participant/Method")));
  EXPECT_THAT(with("after: a"), ElementsAre(Says("a list of step ids")));
  EXPECT_THAT(with("after: [zz]"),
              ElementsAre(AllOf(Coded("SAGA003"), Says("'zz', which is no step"))));
  EXPECT_THAT(with("with: { a: }"), ElementsAre(Says("is empty")));
  EXPECT_THAT(ProblemsOf(kMinimal + "deadline: 0s\n"), ElementsAre(Says("more than nothing")));
  EXPECT_THAT(ProblemsOf(kMinimal + "deadline: 9000h\n"), ElementsAre(Says("at most")));
  EXPECT_THAT(ProblemsOf(kMinimal + "events: { publish: all }\n"),
              ElementsAre(Says("metadata, full")));
  EXPECT_THAT(ProblemsOf(kMinimal + "participants: { p: { target: x } }\n"),
              ElementsAre(Says("not supported")));
}

TEST(LoaderTest, NamesAndCallsHaveAForm) {
  EXPECT_THAT(ProblemsOf("saga: Order\nowner: o\nsteps: [ { id: a, call: p/M } ]\n"),
              ElementsAre(Says("lower-case letters, digits and dashes")));
  EXPECT_THAT(ProblemsOf("owner: o\nsteps: [ { id: a, call: p/M } ]\n"),
              ElementsAre(Coded("SAGA002")));
  EXPECT_THAT(ProblemsOf("saga: s\nowner: o\nsteps: [ { id: a-b, call: p/M } ]\n"),
              ElementsAre(Says("lower-case letters, digits and underscores")));
  EXPECT_THAT(ProblemsOf("saga: s\nowner: o\nsteps: [ { id: a, call: Reserve } ]\n"),
              ElementsAre(AllOf(At(3, 25), Says("payments/Authorize"))));
  EXPECT_THAT(ProblemsOf("saga: s\nowner: o\nsteps: []\n"), ElementsAre(Says("at least one step")));
  EXPECT_THAT(ProblemsOf("saga: s\nowner: o\n"), ElementsAre(Says("needs `steps`")));
  EXPECT_THAT(ProblemsOf("saga: s\nowner: o\nsteps: [ 5, { parallel: {} } ]\n").size(), 2U);
}

TEST(LoaderTest, AMissingOwnerIsAWarning) {
  const Diagnostics problems = ProblemsOf("saga: s\nsteps: [ { id: a, call: p/M } ]\n");

  ASSERT_THAT(problems, ElementsAre(Coded("SAGA015")));
  EXPECT_FALSE(HasErrors(problems));
}

TEST(LoaderTest, EverythingThatIsWrongIsTold) {
  const Diagnostics problems = ProblemsOf(R"(saga: S
owner: o
colour: red
deadline: soon
steps:
  - id: a
    call: nowhere
    pivot: perhaps
  - id: b
    retry: { attempts: none }
    call: p/M
)");

  EXPECT_THAT(problems, ::testing::UnorderedElementsAre(At(1, 7), At(3, 1), At(4, 11), At(7, 11),
                                                        At(8, 12), At(10, 24)));
}

TEST(LoaderTest, StoredDocumentsOfUnknownRulesAreRefusedAndNotGuessed) {
  saga::v1::SagaDefinition stored = LoadDefinition(kMinimal).document;
  (*stored.mutable_steps(0)->mutable_action()->mutable_errors())["X"] =
      static_cast<saga::v1::ErrorRule>(99);
  EXPECT_EQ(ToDefinition(stored, "default", 1).status().reason(), "DEFINITION_INVALID");

  stored = LoadDefinition(kMinimal).document;
  stored.mutable_steps(0)->add_after("nobody");
  EXPECT_EQ(ToDefinition(stored, "default", 1).status().reason(), "DEFINITION_INVALID");
}

}  // namespace
}  // namespace saga

#include "definition/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "definition/loader.h"
#include "fake_descriptors.h"

namespace saga {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// A saga of the steps first (stock/Reserve) and second, whose `with` is under test.
class MappingTest : public ::testing::Test {
 protected:
  // `with` as its author writes it, in YAML.
  static Mapping WithOf(const std::string& with) {
    LoadedDefinition loaded =
        LoadDefinition("saga: t\nowner: o\nsteps:\n- id: a\n  call: p/M\n  with: " + with + "\n");
    EXPECT_FALSE(HasErrors(loaded.diagnostics)) << loaded.diagnostics.front().message;
    return ToDefinition(loaded.document, "default", 1).value()->step(ToStep(0)).action.with;
  }

  static DefinitionRef TwoSteps(const std::string& input_type) {
    Definition definition{
        .name_space = "default", .name = "order", .version = 1, .input_type = input_type};
    Step first{.id = "first"};
    first.action = {.participant = "stock", .method = "Reserve"};
    Step second{.id = "second", .after = {ToStep(0)}};
    second.action = {.participant = "pay", .method = "Authorize"};
    definition.steps = {first, second};
    return Definition::Make(std::move(definition)).value();
  }

  // Compiles for step `second` into the request of pay/Authorize.
  Result<std::unique_ptr<const CompiledMapping>> Compile(const std::string& with) const {
    const MethodHandle method = descriptors_.FindMethod("default", "pay", "Authorize").value();
    return CompiledMapping::Compile(WithOf(with), method.request,
                                    TypesOf(*definition_, descriptors_), ToStep(1));
  }

  MappingScope Scope() const {
    return {.saga = &saga_,
            .business_key = &key_,
            .input = input_,
            .outputs = &outputs_,
            .failure = &failure_};
  }

  // The request in text format, or the error.
  std::string Build(const std::string& with) const {
    const auto compiled = Compile(with);
    if (!compiled.ok()) return compiled.status().message();
    const auto bytes = (*compiled)->Build(Scope());
    if (!bytes.ok()) return bytes.status().message();
    return test::Text(types_, "shop.ReserveRequest", *bytes);
  }

  void TypedInput(const std::string& text) {
    definition_ = TwoSteps("shop.Order");
    input_ = MakePayload(
        {PayloadEncoding::kProtobuf, "shop.Order", test::Bytes(types_, "shop.Order", text)});
  }
  void JsonInput(const std::string& json) {
    definition_ = TwoSteps("");
    input_ = MakePayload({PayloadEncoding::kJson, "", json});
  }
  void FirstAnswered(const std::string& text) {
    outputs_[0] = MakePayload({PayloadEncoding::kProtobuf, "shop.ReserveReply",
                               test::Bytes(types_, "shop.ReserveReply", text)});
  }

  const std::shared_ptr<test::ProtoTypes> types_ = test::ParseProto(test::kShopProto);
  const test::FakeDescriptors descriptors_ = test::ShopDescriptors();
  const SagaId saga_{"default", "s-1"};
  const std::string key_ = "ord-1007";
  const Failure failure_{
      .code = StatusCode::kFailedPrecondition, .reason = "CARD_DECLINED", .message = "no funds"};
  DefinitionRef definition_ = TwoSteps("shop.Order");
  PayloadRef input_;
  std::vector<PayloadRef> outputs_ = std::vector<PayloadRef>(2);
};

TEST_F(MappingTest, PathsReachIntoInputAnswersFailureAndSaga) {
  TypedInput("order_id: 'o-1' total { currency: 'EUR' }");
  FirstAnswered("hold_id: 'h-7' held { minor_units: 5 }");

  EXPECT_EQ(Build("{ order_id: input.order_id, email: steps.first.hold_id, big: "
                  "steps.first.held.minor_units }"),
            R"(order_id: "o-1" big: 5 email: "h-7")");
  EXPECT_EQ(
      Build("{ order_id: failure.reason, notes: [failure.code, failure.message, saga.id, "
            "saga.key] }"),
      R"(order_id: "CARD_DECLINED" notes: "FAILED_PRECONDITION" notes: "no funds" notes: "s-1" )"
      R"(notes: "ord-1007")");
}

TEST_F(MappingTest, LiteralsAreNumbersTruthValuesAndTextsQuotedTwice) {
  TypedInput("");

  EXPECT_EQ(Build(R"({ order_id: '"web"', big: -42, weight: 1.5, gift: true, ratio: 0.5 })"),
            R"(order_id: "web" weight: 1.5 big: -42 gift: true ratio: 0.5)");
  EXPECT_EQ(Build(R"({ order_id: { literal: 'say "hi" \o/' } })"),
            R"(order_id: "say \"hi\" \\o/")");
}

TEST_F(MappingTest, SixtyFourBitNumbersStayExact) {
  TypedInput("ticket: 18446744073709551615 big: -9223372036854775808");

  EXPECT_EQ(Build("{ ticket: input.ticket, big: input.big }"),
            "ticket: 18446744073709551615 big: -9223372036854775808");

  JsonInput(R"({"ticket": 18446744073709551615, "big": 9007199254740993})");
  EXPECT_EQ(Build("{ ticket: input.ticket, big: input.big }"),
            "ticket: 18446744073709551615 big: 9007199254740993");
}

TEST_F(MappingTest, NumbersThatDoNotFitAreRefusedWithTheirPath) {
  TypedInput("big: 4294967296");
  EXPECT_THAT(Build("{ small: input.big }"),
              AllOf(HasSubstr("input.big"), HasSubstr("shop.ReserveRequest.small")));
  TypedInput("big: -1");
  EXPECT_THAT(Build("{ natural: input.big }"), HasSubstr("does not fit"));
  EXPECT_THAT(Build("{ ticket: input.big }"), HasSubstr("does not fit"));
  TypedInput("big: 9007199254740993");
  EXPECT_THAT(Build("{ weight: input.big }"), HasSubstr("does not fit"));
}

TEST_F(MappingTest, MessagesListsAndMapsOfAnotherPoolAreCopiedWhole) {
  TypedInput(
      "total { currency: 'EUR' minor_units: 3 } lines { sku: 'a' quantity: 2 } lines { sku: 'b' } "
      "tags { key: 'k' value: 'v' } notes: 'n1' notes: 'n2' prices { key: 'p' value { "
      "minor_units: 9 } } at { seconds: 12 } blob: '\\377'");

  EXPECT_EQ(Build("{ total: input.total, lines: input.lines, tags: input.tags, notes: input.notes, "
                  "prices: input.prices, at: input.at, blob: input.blob }"),
            R"(total { currency: "EUR" minor_units: 3 } lines { sku: "a" quantity: 2 } )"
            R"(lines { sku: "b" } tags { key: "k" value: "v" } blob: "\377" at { seconds: 12 } )"
            R"(notes: "n1" notes: "n2" prices { key: "p" value { minor_units: 9 } })");
}

TEST_F(MappingTest, NestedMessagesListsAndMapsAreBuiltFieldByField) {
  TypedInput("order_id: 'o-1' big: 7");

  EXPECT_EQ(Build("{ total: { currency: '\"EUR\"', minor_units: input.big }, lines: [{ sku: "
                  "input.order_id, quantity: 2 }, { sku: '\"x\"' }], tags: { region: "
                  "input.order_id }, prices: { a: { minor_units: 1 } }, by_number: { 7: "
                  "'\"seven\"' }, inner: { inner: { small: 1 } } }"),
            R"(total { currency: "EUR" minor_units: 7 } lines { sku: "o-1" quantity: 2 } )"
            R"(lines { sku: "x" } tags { key: "region" value: "o-1" } )"
            R"(prices { key: "a" value { minor_units: 1 } } by_number { key: 7 value: "seven" } )"
            R"(inner { inner { small: 1 } })");
}

TEST_F(MappingTest, EnumsGoByNameIntoTextsAndOtherEnumsAndByNumberIntoTheirOwnKind) {
  TypedInput("channel: PHONE");

  EXPECT_EQ(
      Build("{ channel: input.channel, order_id: input.channel, small: input.channel, "
            "channels: [input.channel, '\"WEB\"', 1] }"),
      R"(order_id: "PHONE" channel: PHONE small: 2 channels: PHONE channels: WEB channels: WEB)");
  EXPECT_THAT(Build("{ medium: input.channel }"), HasSubstr("does not fit"));
  TypedInput("channel: 77");  // Of a newer version of the enum.
  EXPECT_EQ(Build("{ channel: input.channel }"), "channel: 77");
}

TEST_F(MappingTest, WhatIsNotSetStaysUnset) {
  TypedInput("");

  EXPECT_EQ(Build("{ priority: input.priority, total: input.total, at: input.at, order_id: "
                  "input.order_id }"),
            "");
  TypedInput("priority: 0");
  EXPECT_EQ(Build("{ priority: input.priority }"), "priority: 0");
}

TEST_F(MappingTest, WellKnownTypesTakeWhatTheirJsonTakes) {
  TypedInput("order_id: 'o' big: 5");

  EXPECT_EQ(
      Build("{ maybe: input.big, note: input.order_id, at: '\"1970-01-01T00:00:12Z\"', "
            "anything: true }"),
      R"(at { seconds: 12 } maybe { value: 5 } note { value: "o" } anything { bool_value: true })");
  EXPECT_THAT(Build("{ at: '\"yesterday\"' }"), HasSubstr("does not fit"));

  JsonInput(R"({"at": "1970-01-01T00:00:12Z", "extra": {"a": 1}, "maybe": "5"})");
  EXPECT_EQ(Build("{ at: input.at, extra: input.extra, maybe: input.maybe }"),
            "at { seconds: 12 } maybe { value: 5 } extra { fields { key: \"a\" value { "
            "number_value: 1 } } }");
}

TEST_F(MappingTest, JsonIsConvertedAsProto3JsonIs) {
  JsonInput(R"({"o": {"id": "x", "n": 3, "ch": "PHONE", "lines": [{"sku": "a", "quantity": "2"}],
                "tags": {"k": "v"}, "blob": "/w==", "nothing": null, "float": 1.0}})");

  EXPECT_EQ(Build("{ order_id: input.o.id, small: input.o.n, channel: input.o.ch, lines: "
                  "input.o.lines, tags: input.o.tags, blob: input.o.blob, gift: input.o.nothing, "
                  "counts: [input.o.n, input.o.float] }"),
            R"(order_id: "x" lines { sku: "a" quantity: 2 } channel: PHONE tags { key: "k" )"
            R"(value: "v" } blob: "\377" small: 3 counts: 3 counts: 1)");
  EXPECT_THAT(Build("{ small: input.o.id }"), HasSubstr("input.o.id"));
  EXPECT_THAT(Build("{ lines: input.o.tags }"), HasSubstr("input.o.tags"));
  EXPECT_THAT(Build("{ counts: [input.o.nothing] }"), HasSubstr("null"));
  EXPECT_THAT(Build("{ small: input.o.absent }"), HasSubstr("there is no 'absent'"));
  EXPECT_THAT(Build("{ small: input.o.id.deeper }"), HasSubstr("there is no 'deeper'"));
}

TEST_F(MappingTest, AWholeMessageCanBeHandedOn) {
  JsonInput(R"({"order_id": "x", "lines": [{"sku": "a"}]})");

  EXPECT_EQ(Build("input"), R"(order_id: "x" lines { sku: "a" })");
  JsonInput(R"({"nonsense": 1})");
  EXPECT_THAT(Build("input"), HasSubstr("it is no shop.ReserveRequest"));
  TypedInput("");
  EXPECT_THAT(Build("input"), HasSubstr("is no shop.ReserveRequest"));
  EXPECT_THAT(Build("input.lines"), HasSubstr("is no shop.ReserveRequest"));
}

TEST_F(MappingTest, ARepeatedFieldIsNoMessageToHandOn) {
  const TypeHandle line = test::HandleOf(types_, "shop.Line");
  const MappingTypes types = TypesOf(*definition_, descriptors_);

  EXPECT_TRUE(CompiledMapping::Compile(WithOf("input.first"), line, types, ToStep(1)).ok());
  EXPECT_FALSE(CompiledMapping::Compile(WithOf("input.lines"), line, types, ToStep(1)).ok());
}

TEST_F(MappingTest, WhatCanNeverFitIsRefusedWhenCompiled) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{ order: input.order_id }", "has no field order; there is order_id, total, lines"},
      {"{ order_id: input.orderid }", "shop.Order has no field orderid; did you mean 'order_id'?"},
      {"{ order_id: input.total }", "does not fit into shop.ReserveRequest.order_id (string)"},
      {"{ order_id: input.blob }", "does not fit"},
      {"{ order_id: input.notes }", "(repeated string)"},
      {"{ notes: input.order_id }", "(repeated string)"},
      {"{ total: input.lines }", "does not fit"},
      {"{ total: input.at }", "does not fit"},
      {"{ tags: input.prices }", "does not fit"},
      {"{ order_id: input.order_id.x }", "string has no fields, so no x"},
      {"{ order_id: input.lines.sku }", "list(shop.Line) has no fields, so no sku"},
      {"{ order_id: { a: 1 } }", "is no message"},
      {"{ lines: { sku: input.order_id } }", "is no message"},
      {"{ total: [input.total] }", "is not repeated"},
      {"{ ratio: input.weight }", "does not fit"},
      {"{ small: '\"x\"' }", "does not fit"},
      {"{ small: 3000000000 }", "does not fit"},
      {"{ natural: -1 }", "does not fit"},
      {"{ channel: '\"FAX\"' }", "does not fit"},
      {"{ order_id: 42 }", "write '\"…\"'"},
      {"{ channel: failure.reason }", "failure.reason (string)"},
      {"{ by_number: { x: '\"y\"' } }", "'x' is no key"},
      {"{ by_number: { 3000000000: '\"y\"' } }", "is no key"},
      {"{ email: input.order_id, phone: input.order_id }", "only one of email and phone"},
      {"{ order_id: steps.third.x }", "there is no step 'third'"},
      {"{ order_id: steps.frist.hold_id }", "did you mean 'first'?"},
      {"{ order_id: web }", "a text is quoted twice"},
      {"[input.order_id]", "a request is a message"},
  };
  for (const auto& [with, why] : cases) {
    const auto compiled = Compile(with);
    ASSERT_FALSE(compiled.ok()) << with;
    EXPECT_EQ(compiled.status().reason(), "MAPPING_INVALID") << with;
    EXPECT_THAT(compiled.status().message(), HasSubstr(why)) << with;
  }
}

TEST_F(MappingTest, AMistakeNamesItsPlaceInTheMapping) {
  const auto compiled = Compile("{ lines: [{ sku: input.order_id }, { skew: 1 }] }");

  ASSERT_FALSE(compiled.ok());
  EXPECT_THAT(compiled.status().metadata(),
              ::testing::Contains(std::pair<std::string, std::string>("field", "lines[1].skew")));
}

TEST_F(MappingTest, AStepThatHasNotAnsweredIsAnErrorAndNoCrash) {
  TypedInput("");

  EXPECT_THAT(Build("{ order_id: steps.first.hold_id }"), HasSubstr("steps.first"));
  const auto compiled = Compile("{ order_id: steps.first.hold_id }").value();
  EXPECT_FALSE(compiled->Build({.input = input_}).ok());
  const auto of_saga = Compile("{ order_id: saga.key, email: failure.reason }").value();
  EXPECT_FALSE(of_saga->Build({.input = input_}).ok());
}

TEST_F(MappingTest, BrokenPayloadsAreErrors) {
  input_ = MakePayload({PayloadEncoding::kProtobuf, "shop.Order", "\xff\xff\xff"});
  EXPECT_THAT(Build("{ order_id: input.order_id }"), HasSubstr("its bytes are no shop.Order"));
  JsonInput("{\"a\": ");
  EXPECT_THAT(Build("{ order_id: input.a }"), HasSubstr("not valid JSON"));
  JsonInput(std::string(100, '[') + std::string(100, ']'));
  EXPECT_THAT(Build("{ order_id: input.a }"), HasSubstr("not valid JSON"));
}

TEST_F(MappingTest, TheSameRequestHasTheSameBytes) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "tags { key: 'k" + std::to_string(i) + "' value: 'v' } ";
  TypedInput(text);
  const auto compiled = Compile("{ tags: input.tags }").value();

  const std::string first = compiled->Build(Scope()).value();

  for (int i = 0; i < 5; ++i) EXPECT_EQ(compiled->Build(Scope()).value(), first);
  EXPECT_EQ(Compile("{ tags: input.tags }").value()->Build(Scope()).value(), first);
}

TEST_F(MappingTest, TypesStayAliveWithTheMapping) {
  auto source = std::make_unique<test::FakeDescriptors>(test::ShopDescriptors());
  TypedInput("total { currency: 'EUR' }");
  const auto compiled =
      CompiledMapping::Compile(WithOf("{ total: input.total }"),
                               source->FindMethod("default", "pay", "Authorize")->request,
                               TypesOf(*definition_, *source), ToStep(1))
          .value();

  source.reset();

  EXPECT_TRUE(compiled->Build(Scope()).ok());
}

class MappingTextTest : public MappingTest {
 protected:
  std::string Json(const std::string& output) const {
    const auto json = BuildJson(WithOf(output), TypesOf(*definition_, descriptors_), Scope());
    return json.ok() ? *json : json.status().message();
  }
  std::string TextOf(const std::string& expression) const {
    const auto text = BuildText(WithOf(expression), TypesOf(*definition_, descriptors_), Scope());
    return text.ok() ? *text : text.status().message();
  }
};

TEST_F(MappingTextTest, OutputsFollowProto3Json) {
  TypedInput(
      "order_id: 'o' channel: WEB big: 9007199254740993 at { seconds: 12 } lines { sku: 'a' } "
      "blob: '\\377' total { currency: 'EUR' } weight: 1.5");
  FirstAnswered("hold_id: 'h'");

  EXPECT_EQ(Json("{ id: input.order_id, ch: input.channel, big: input.big, at: input.at, s: "
                 "int(input.at), blob: input.blob, w: input.weight, hold: "
                 "steps.first.hold_id, n: 42, list: [input.gift, '\"x\"'] }"),
            R"({"id":"o","ch":"WEB","big":"9007199254740993","at":"1970-01-01T00:00:12Z",)"
            R"("s":12,"blob":"/w==","w":1.5,"hold":"h","n":42,"list":[false,"x"]})");
  EXPECT_EQ(Json("{ total: input.total, lines: input.lines, none: input.priority }"),
            R"({"total":{"currency":"EUR","minor_units":"0"},"lines":[{"sku":"a","quantity":0}],)"
            R"("none":null})");
}

TEST_F(MappingTextTest, AStepThatWasGivenUpIsNullInAnOutput) {
  TypedInput("order_id: 'o'");

  EXPECT_EQ(Json("{ id: input.order_id, hold: steps.first.hold_id }"), R"({"id":"o","hold":null})");
}

TEST_F(MappingTextTest, OutputsOfJsonInputsKeepTheirNumbers) {
  JsonInput(R"({"a": 9007199254740993, "b": [1, "x"]})");

  EXPECT_EQ(Json("{ a: input.a, b: input.b }"), R"({"a":9007199254740993,"b":[1,"x"]})");
  EXPECT_EQ(BuildJson(Mapping{}, TypesOf(*definition_, descriptors_), Scope()).value(), "");
}

TEST_F(MappingTextTest, KeysAndLabelsAreSingleValues) {
  TypedInput("order_id: 'o-1' channel: PHONE big: -7 gift: true lines {} blob: 'x'");

  EXPECT_EQ(TextOf("input.order_id"), "o-1");
  EXPECT_EQ(TextOf("input.channel"), "PHONE");
  EXPECT_EQ(TextOf("input.big"), "-7");
  EXPECT_EQ(TextOf("input.gift"), "true");
  EXPECT_EQ(TextOf("saga.id"), "s-1");
  EXPECT_EQ(TextOf("'\"web\"'"), "web");
  EXPECT_THAT(TextOf("input.lines"), HasSubstr("no single value"));
  EXPECT_THAT(TextOf("input.total"), HasSubstr("no single value"));
  EXPECT_THAT(TextOf("input.blob"), HasSubstr("no single value"));
}

TEST_F(MappingTextTest, AtTheStartNoStepHasTypesOrAnswers) {
  TypedInput("order_id: 'o-1'");
  const MappingTypes types{.input = test::HandleOf(types_, "shop.Order"),
                           .definition = definition_.get()};

  EXPECT_FALSE(BuildText(WithOf("steps.first.hold_id"), types, Scope()).ok());
  EXPECT_FALSE(BuildText(WithOf("output.hold_id"), types, Scope()).ok());
  EXPECT_FALSE(BuildText(WithOf("saga.key"), types, {.input = input_}).ok());
}

TEST_F(MappingTextTest, AnInputIsCheckedAgainstTheDefinitionsType) {
  const TypeHandle order = test::HandleOf(types_, "shop.Order");
  const auto check = [&](PayloadEncoding encoding, const std::string& type,
                         const std::string& bytes) {
    return CheckInput({encoding, type, bytes}, "shop.Order", order).message();
  };

  EXPECT_EQ(check(PayloadEncoding::kJson, "", R"({"orderId": "x"})"), "");
  EXPECT_EQ(check(PayloadEncoding::kProtobuf, "shop.Order", ""), "");
  EXPECT_THAT(check(PayloadEncoding::kProtobuf, "shop.Money", ""), HasSubstr("not shop.Money"));
  EXPECT_THAT(check(PayloadEncoding::kJson, "", R"({"order": "x"})"), HasSubstr("order"));
  EXPECT_THAT(check(PayloadEncoding::kJson, "", "["), HasSubstr("shop.Order"));
  EXPECT_FALSE(CheckInput({PayloadEncoding::kProtobuf, "a.B", ""}, "", {}).ok());
  EXPECT_TRUE(CheckInput({PayloadEncoding::kJson, "", "{}"}, "", {}).ok());
  EXPECT_FALSE(CheckInput({PayloadEncoding::kJson, "", "{"}, "", {}).ok());
}

}  // namespace
}  // namespace saga

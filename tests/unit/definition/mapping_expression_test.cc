// Requests, outputs, conditions and delays from expressions that are more than paths.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "definition/condition.h"
#include "definition/loader.h"
#include "definition/mapping.h"
#include "fake_descriptors.h"

namespace saga {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr const char* kOrder =
    "order_id: 'o-1' total { currency: 'EUR' minor_units: 70000 } lines { sku: 'a' quantity: 2 } "
    "lines { sku: 'b' quantity: 0 } channel: PHONE tags { key: 'k' value: 'v' } big: 5 at { "
    "seconds: 12 }";

class MappingExpressionTest : public ::testing::Test {
 protected:
  void SetUp() override { Typed(); }

  void Typed() {
    definition_ = TwoSteps("shop.Order");
    input_ = MakePayload(
        {PayloadEncoding::kProtobuf, "shop.Order", test::Bytes(types_, "shop.Order", kOrder)});
  }
  void Json(const std::string& json) {
    definition_ = TwoSteps("");
    input_ = MakePayload({PayloadEncoding::kJson, "", json});
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

  static Mapping With(const std::string& field, const std::string& expression) {
    Mapping value{.kind = Mapping::Kind::kExpression, .expression = expression};
    if (field.empty()) return value;
    Mapping mapping{.kind = Mapping::Kind::kFields};
    mapping.fields.push_back({field, std::move(value)});
    return mapping;
  }

  // `field` of the request of `second`, in text format, or the error; "" = the whole request.
  std::string Build(const std::string& field, const std::string& expression) const {
    const auto compiled = CompiledMapping::Compile(
        With(field, expression), descriptors_.FindMethod("default", "pay", "Authorize")->request,
        Types(), ToStep(1));
    if (!compiled.ok()) return compiled.status().message();
    const auto bytes = (*compiled)->Build(Scope());
    if (!bytes.ok()) return bytes.status().message();
    return test::Text(types_, "shop.ReserveRequest", *bytes);
  }

  std::string When(const std::string& condition) const {
    const auto compiled = CompiledCondition::Compile(condition, Types(), ToStep(1));
    if (!compiled.ok()) return compiled.status().message();
    const auto holds = (*compiled)->Evaluate(Scope());
    return holds.ok() ? (*holds ? "true" : "false") : holds.status().message();
  }

  std::string Delay(const std::string& expression) const {
    const auto compiled = CompiledDelay::Compile(expression, Types());
    if (!compiled.ok()) return compiled.status().message();
    const auto delay = (*compiled)->Evaluate(Scope());
    return delay.ok() ? std::to_string(delay->count()) : delay.status().message();
  }

  MappingTypes Types() const { return TypesOf(*definition_, descriptors_); }

  MappingScope Scope() const {
    return {.saga = &saga_,
            .business_key = &key_,
            .input = input_,
            .outputs = &outputs_,
            .failure = &failure_,
            .now = TimePoint(std::chrono::seconds(100))};
  }

  const std::shared_ptr<test::ProtoTypes> types_ = test::ParseProto(test::kShopProto);
  const test::FakeDescriptors descriptors_ = test::ShopDescriptors();
  const SagaId saga_{"default", "s-1"};
  const std::string key_ = "ord-1007";
  const Failure failure_;
  DefinitionRef definition_;
  PayloadRef input_;
  std::vector<PayloadRef> outputs_ = std::vector<PayloadRef>(2);
};

TEST_F(MappingExpressionTest, ComputedValuesGoIntoFieldsOfTheirType) {
  EXPECT_EQ(Build("order_id", "input.order_id + '/' + saga.key"), R"(order_id: "o-1/ord-1007")");
  EXPECT_EQ(Build("big", "input.total.minor_units * 2 - 1"), "big: 139999");
  EXPECT_EQ(Build("small", "size(input.lines)"), "small: 2");
  EXPECT_EQ(Build("gift", "input.total.minor_units > 50000 && input.big == 5"), "gift: true");
  EXPECT_EQ(Build("weight", "1.5 + double(input.big)"), "weight: 6.5");
  EXPECT_EQ(Build("blob", "b'\\xff'"), R"(blob: "\377")");
  EXPECT_EQ(Build("email", "input.big > 3 ? 'many' : 'few'"), R"(email: "many")");
}

TEST_F(MappingExpressionTest, ListsAreFilteredAndMappedIntoMessages) {
  EXPECT_EQ(Build("lines", "input.lines.filter(l, l.quantity > 0)"),
            R"(lines { sku: "a" quantity: 2 })");
  EXPECT_EQ(Build("lines", "input.lines.map(l, {'sku': l.sku + '!', 'quantity': l.quantity + 1})"),
            R"(lines { sku: "a!" quantity: 3 } lines { sku: "b!" quantity: 1 })");
  EXPECT_EQ(Build("notes", "input.lines.map(l, l.sku)"), R"(notes: "a" notes: "b")");
  EXPECT_EQ(Build("counts", "[1, 2, input.big]"), "counts: 1 counts: 2 counts: 5");
  EXPECT_EQ(Build("tags", "{'a': input.order_id, 'b': 'x'}"),
            R"(tags { key: "a" value: "o-1" } tags { key: "b" value: "x" })");
  EXPECT_EQ(Build("inner", "{'inner': {'small': 1}, 'lines': [{'sku': 's'}]}"),
            R"(inner { lines { sku: "s" } inner { small: 1 } })");
  EXPECT_EQ(Build("", "{'order_id': input.order_id, 'total': input.total}"),
            R"(order_id: "o-1" total { currency: "EUR" minor_units: 70000 })");
}

TEST_F(MappingExpressionTest, WrongKeysAndValuesOfMapLiteralsAreErrors) {
  EXPECT_THAT(Build("lines", "input.lines.map(l, {'skew': l.sku})"),
              HasSubstr("shop.Line has no field skew; did you mean 'sku'?"));
  EXPECT_THAT(Build("lines", "input.lines.map(l, {'sku': l.quantity})"), HasSubstr("does not fit"));
  EXPECT_THAT(Build("lines", "input.lines.map(l, l.sku)"),
              HasSubstr("(list(string)) does not fit into shop.ReserveRequest.lines"));
  EXPECT_THAT(Build("total", "{1: 2}"), HasSubstr("does not fit"));
}

TEST_F(MappingExpressionTest, EnumsGoByNameThroughExpressions) {
  EXPECT_EQ(Build("order_id", "input.big > 0 ? input.channel : input.channel"),
            R"(order_id: "PHONE")");
  EXPECT_EQ(Build("channel",
                  "input.channel == shop.Channel.PHONE ? shop.Channel.WEB : "
                  "input.channel"),
            "channel: WEB");
  EXPECT_EQ(Build("gift", "input.channel == shop.Channel.PHONE"), "gift: true");
}

TEST_F(MappingExpressionTest, WellKnownTypesAreWhatTheyStandFor) {
  EXPECT_EQ(Build("at", "input.at + duration('1m')"), "at { seconds: 72 }");
  EXPECT_EQ(Build("at", "saga.now"), "at { seconds: 100 }");
  EXPECT_EQ(Build("maybe", "input.big + 1"), "maybe { value: 6 }");
  EXPECT_EQ(Build("maybe", "input.big > 9 ? dyn(input.big) : null"), "");
  EXPECT_EQ(Build("extra", "{'a': 1, 'b': [true, 'x']}"),
            R"(extra { fields { key: "a" value { number_value: 1 } } fields { key: "b" value { )"
            R"(list_value { values { bool_value: true } values { string_value: "x" } } } } })");
}

TEST_F(MappingExpressionTest, WhatCannotFitIsRefusedByItsType) {
  EXPECT_THAT(Build("order_id", "input.big + 1"),
              HasSubstr("input.big + 1 (int) does not fit into shop.ReserveRequest.order_id"));
  EXPECT_THAT(Build("big", "input.order_id + 'x'"), HasSubstr("(string) does not fit"));
  EXPECT_THAT(Build("small", "[input.big]"), HasSubstr("(list(int)) does not fit"));
  EXPECT_THAT(Build("", "input.order_id + 'x'"), HasSubstr("is no shop.ReserveRequest"));
  EXPECT_THAT(Build("big", "input.order_id + 1"), HasSubstr("string and int"));
}

TEST_F(MappingExpressionTest, ErrorsOfEvaluationNameTheExpression) {
  EXPECT_THAT(Build("small", "3000000000 * input.big"), HasSubstr("does not fit"));
  EXPECT_THAT(Build("big", "input.big / (input.big - 5)"),
              HasSubstr("input.big / (input.big - 5): "));
  EXPECT_THAT(Build("order_id", "steps.first.hold_id + 'x'"), HasSubstr("steps.first"));
  EXPECT_EQ(Build("order_id", "has(steps.first) ? steps.first.hold_id : 'none'"),
            R"(order_id: "none")");
}

TEST_F(MappingExpressionTest, JsonInputsAreReadWithTheirExactNumbers) {
  Json(R"({"n": 9007199254740993, "lines": [{"sku": "a", "qty": 2}, {"sku": "b", "qty": 0}]})");

  EXPECT_EQ(Build("big", "input.n + 1"), "big: 9007199254740994");
  EXPECT_EQ(Build("lines",
                  "input.lines.filter(l, l.qty > 0).map(l, {'sku': l.sku, 'quantity': "
                  "l.qty})"),
            R"(lines { sku: "a" quantity: 2 })");
  EXPECT_THAT(Build("big", "input.absent + 1"), HasSubstr("absent"));
  EXPECT_EQ(When("input.lines.exists(l, l.qty == 0)"), "true");
}

TEST_F(MappingExpressionTest, ConditionsAreTrueOrFalseOrAnErrorAndNothingElse) {
  EXPECT_EQ(When("input.total.minor_units > 50000"), "true");
  EXPECT_EQ(When("input.total.minor_units > 50000 && input.order_id == ''"), "false");
  EXPECT_EQ(When("input.gift"), "false");
  EXPECT_THAT(When("input.big"), HasSubstr("'input.big' is a int; true or false is wanted"));
  EXPECT_THAT(When("1 / (input.big - 5) > 0"), HasSubstr("1 / (input.big - 5) > 0: "));
  EXPECT_THAT(When("steps.first.seq > 0"), HasSubstr("steps.first"));
  Json(R"({"flag": 1})");
  EXPECT_THAT(When("input.flag"), HasSubstr("neither true nor false"));
}

TEST_F(MappingExpressionTest, AConditionMayReadTheAnswerThatIsBeingDecided) {
  const auto compiled = CompiledCondition::Compile("output.seq >= 90", Types(), ToStep(1)).value();
  MappingScope scope = Scope();
  scope.output = MakePayload({PayloadEncoding::kProtobuf, "shop.ReserveReply",
                              test::Bytes(types_, "shop.ReserveReply", "seq: 97")});

  EXPECT_TRUE(compiled->Evaluate(scope).value());
}

TEST_F(MappingExpressionTest, AQuerysAnswerHasATypeOfItsOwn) {
  MappingTypes types = Types();
  types.output = test::HandleOf(types_, "shop.ByHold");
  const auto compiled =
      CompiledCondition::Compile("output.reason == 'PAID'", types, ToStep(1)).value();
  MappingScope scope = Scope();
  scope.output = MakePayload({PayloadEncoding::kProtobuf, "shop.ByHold",
                              test::Bytes(types_, "shop.ByHold", "reason: 'PAID'")});

  EXPECT_TRUE(compiled->Evaluate(scope).value());
}

TEST_F(MappingExpressionTest, DelaysAreDurationsWithinTheLongestDeadline) {
  EXPECT_EQ(Delay("duration('90s')"), "90000");
  EXPECT_EQ(Delay("input.big > 3 ? duration('1h') : duration('1m')"), "3600000");
  EXPECT_EQ(Delay("input.at - saga.now"), "0");  // Already past.
  EXPECT_THAT(Delay("'15m'"), HasSubstr("a duration, e.g. duration('15m'), is wanted"));
  EXPECT_THAT(Delay("duration('10000h')"), HasSubstr("too long"));
}

TEST_F(MappingExpressionTest, OutputsTakeComputedValues) {
  Mapping output{.kind = Mapping::Kind::kFields};
  for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
           {"n", "size(input.lines)"},
           {"ch", "input.big > 0 ? input.channel : input.channel"},
           {"lines", "input.lines.map(l, {'sku': l.sku})"},
           {"at", "input.at + duration('1s')"},
           {"hold", "steps.first.hold_id + '!'"}}) {
    output.fields.push_back({name, With("", text)});
  }

  EXPECT_EQ(BuildJson(output, Types(), Scope()).value(),
            R"({"n":2,"ch":"PHONE","lines":[{"sku":"a"},{"sku":"b"}],)"
            R"("at":"1970-01-01T00:00:13Z","hold":null})");
  EXPECT_EQ(BuildText(With("", "input.order_id.startsWith('o') ? 'yes' : 'no'"), Types(), Scope())
                .value(),
            "yes");
}

}  // namespace
}  // namespace saga

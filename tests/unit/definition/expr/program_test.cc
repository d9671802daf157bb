// What callers see of a program besides values.
#include "definition/expr/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "world.h"

namespace saga::expr::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Program Compiled(const std::string& text) {
  CompileResult result = Compile(text, SharedWorld().environment());
  if (const auto* error = std::get_if<CompileError>(&result))
    ADD_FAILURE() << error->ToString(text);
  return std::move(std::get<Program>(result));
}

// "read order.total.units at 0", in short.
std::vector<std::string> ReferencesOf(const std::string& text) {
  std::vector<std::string> found;
  const Program program = Compiled(text);
  for (const Reference& reference : program.References()) {
    std::string path = SharedWorld().environment().variables()[reference.variable].name;
    for (const std::string& name : reference.names) path += "." + name;
    found.push_back(fmt::format("{} {} at {}",
                                reference.use == ReferenceUse::kTest ? "test" : "read", path,
                                reference.offset));
  }
  return found;
}

TEST(ProgramTest, ReferencesNameEveryPathThatIsRead) {
  EXPECT_THAT(ReferencesOf("1 + 2"), IsEmpty());
  EXPECT_THAT(ReferencesOf("order"), ElementsAre("read order at 0"));
  EXPECT_THAT(ReferencesOf("order.total.units > steps.late.hold_id.size()"),
              ElementsAre("read order.total.units at 0", "read steps.late.hold_id at 20"));
  EXPECT_THAT(
      ReferencesOf("has(steps.late) && steps.late.hold_id == saga.id"),
      ElementsAre("test steps.late at 4", "read steps.late.hold_id at 19", "read saga.id at 41"));
  EXPECT_THAT(ReferencesOf("has(order.total)"), ElementsAre("test order.total at 4"));
  EXPECT_THAT(ReferencesOf("order.lines[0].sku"), ElementsAre("read order.lines at 0"));
  EXPECT_THAT(ReferencesOf("order.lines.all(i, i.quantity > 0)"),
              ElementsAre("read order.lines at 0"));
  EXPECT_THAT(ReferencesOf("json.lines.map(l, l.sku + s)"),
              ElementsAre("read json.lines at 0", "read s at 26"));
}

TEST(ProgramTest, AReferenceKnowsTheFieldsOfKnownMessages) {
  const Program typed = Compiled("order.total.units");
  ASSERT_EQ(typed.References().size(), 1U);
  const auto& fields = typed.References()[0].fields;
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0]->full_name(), "shop.Order.total");
  EXPECT_EQ(fields[1]->full_name(), "shop.Money.units");

  const Program map = Compiled("order.labels.source");
  ASSERT_EQ(map.References()[0].fields.size(), 1U);
  EXPECT_EQ(map.References()[0].names.size(), 2U);

  EXPECT_THAT(Compiled("json.a.b").References()[0].fields, IsEmpty());
}

TEST(ProgramTest, APlainPathIsTold) {
  ASSERT_NE(Compiled("order.total").PlainPath(), nullptr);
  EXPECT_THAT(Compiled("order.total").PlainPath()->names, ElementsAre("total"));
  EXPECT_NE(Compiled("(order)").PlainPath(), nullptr);
  EXPECT_NE(Compiled("json.a.b").PlainPath(), nullptr);
  EXPECT_EQ(Compiled("order.lines[0]").PlainPath(), nullptr);
  EXPECT_EQ(Compiled("has(order.total)").PlainPath(), nullptr);
  EXPECT_EQ(Compiled("[1].map(x, x)").PlainPath(), nullptr);
  EXPECT_EQ(Compiled("1").PlainPath(), nullptr);
}

TEST(ProgramTest, ALiteralIsTold) {
  ASSERT_NE(Compiled("'web'").Literal(), nullptr);
  EXPECT_EQ(Compiled("'web'").Literal()->AsString(), "web");
  EXPECT_EQ(Compiled("-5").Literal()->AsInt(), -5);
  EXPECT_EQ(Compiled("-1.5").Literal()->AsDouble(), -1.5);
  EXPECT_EQ(Compiled("shop.Channel.SHOP").Literal()->AsInt(), 2);
  EXPECT_EQ(Compiled("[1]").Literal(), nullptr);
  EXPECT_EQ(Compiled("order").Literal(), nullptr);
}

TEST(ProgramTest, TypesAreCarriedThrough) {
  const auto type_of = [](const std::string& text) { return Compiled(text).type().ToString(); };
  EXPECT_EQ(type_of("order"), "shop.Order");
  EXPECT_EQ(type_of("order.lines"), "list(shop.Line)");
  EXPECT_EQ(type_of("order.lines[0].price.units"), "int");
  EXPECT_EQ(type_of("order.labels"), "map(string, string)");
  EXPECT_EQ(type_of("order.by_number[1]"), "shop.Money");
  EXPECT_EQ(type_of("order.channel"), "shop.Channel");
  EXPECT_EQ(type_of("order.channel + 1"), "int");
  EXPECT_EQ(type_of("order.limit"), "wrapper(int)");
  EXPECT_EQ(type_of("order.extra"), "map(string, dyn)");
  EXPECT_EQ(type_of("order.any_value"), "dyn");
  EXPECT_EQ(type_of("order.any_list"), "list(dyn)");
  EXPECT_EQ(type_of("order.placed - order.placed"), "duration");
  EXPECT_EQ(type_of("json.x"), "dyn");
  EXPECT_EQ(type_of("json.x + 1"), "int");
  EXPECT_EQ(type_of("json.x + json.y"), "dyn");
  EXPECT_EQ(type_of("json.x > 1"), "bool");
  EXPECT_EQ(type_of("[1, 2u]"), "list(dyn)");
  EXPECT_EQ(type_of("[]"), "list(dyn)");
  EXPECT_EQ(type_of("[] + [1]"), "list(int)");
  EXPECT_EQ(type_of("[null, order.total]"), "list(shop.Money)");
  EXPECT_EQ(type_of("b ? null : order.total"), "shop.Money");
  EXPECT_EQ(type_of("b ? 1 : order.limit"), "wrapper(int)");
  EXPECT_EQ(type_of("order.lines.map(x, x.sku)"), "list(string)");
  EXPECT_EQ(type_of("order.lines.filter(x, x.quantity > 1)"), "list(shop.Line)");
  EXPECT_EQ(type_of("order.labels.filter(k, k != '')"), "list(string)");
  EXPECT_EQ(type_of("{'a': [1]}"), "map(string, list(int))");
  EXPECT_EQ(type_of("{'a': 1, 2: 'b'}"), "map(dyn, dyn)");
}

TEST(ProgramTest, AFailureTellsItsCodeItsPlaceAndItsReason) {
  const auto value = Compiled("i + 1 / (i - 7)").Evaluate(SharedWorld().bindings());

  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(value.status().reason(), "EXPRESSION_FAILED");
  EXPECT_EQ(value.status().message(), "1 is divided by zero");
  EXPECT_THAT(value.status().metadata(),
              ElementsAre(testing::Pair("error", "divide_by_zero"), testing::Pair("offset", "6")));
}

TEST(ProgramTest, AnAbsentVariableIsNamed) {
  const auto value = Compiled("steps.late.hold_id").Evaluate(SharedWorld().bindings());

  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.status().message(), "steps.late has no value here");
}

class BrokenActivation final : public Activation {
 public:
  Result<std::optional<Value>> Find(std::size_t) const override {
    return Status(StatusCode::kDataLoss, "PAYLOAD_BROKEN", "it cannot be read");
  }
};

TEST(ProgramTest, WhatTheActivationFailsWithIsNotAbsorbed) {
  const auto value = Compiled("order.gift || true").Evaluate(BrokenActivation());

  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.status().reason(), "PAYLOAD_BROKEN");
}

TEST(ProgramTest, ValuesOutliveTheProgramWhenTheyAreTheirOwn) {
  Value value;
  {
    const Program program = Compiled("'a' + s");
    value = *program.Evaluate(SharedWorld().bindings());
  }
  EXPECT_EQ(value.AsString(), "atext");
}

TEST(ProgramTest, MessagesOfAnotherPoolAreReadByTheirNames) {
  const World other;
  const Program program = Compiled("order.total.units + order.lines[0].quantity");

  const auto value = program.Evaluate(other.bindings());

  ASSERT_TRUE(value.ok()) << value.status().ToString();
  EXPECT_EQ(value->AsInt(), 1252);
}

TEST(ProgramTest, SyntaxAloneKnowsNoTypes) {
  EXPECT_FALSE(CheckSyntax("nothing.such + 'a' * 2").has_value());
  ASSERT_TRUE(CheckSyntax("1 +").has_value());
  EXPECT_EQ(CheckSyntax("1 +")->offset, 3U);
}

}  // namespace
}  // namespace saga::expr::test

// What callers do with values.
#include "definition/expr/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "world.h"

namespace saga::expr::test {
namespace {

Value ValueOf(const std::string& text) {
  const CompileResult compiled = Compile(text, SharedWorld().environment());
  if (const auto* error = std::get_if<CompileError>(&compiled)) {
    ADD_FAILURE() << error->ToString(text);
    return {};
  }
  auto value = std::get<Program>(compiled).Evaluate(SharedWorld().bindings());
  EXPECT_TRUE(value.ok()) << value.status().ToString();
  return value.ok() ? std::move(*value) : Value();
}

TEST(ValueTest, ListsAndMapsTellTheFieldThatTheyAre) {
  const Value lines = ValueOf("order.lines");
  ASSERT_NE(lines.AsList().field(), nullptr);
  EXPECT_EQ(lines.AsList().field()->field->full_name(), "shop.Order.lines");
  EXPECT_EQ(lines.AsList().json(), nullptr);

  const Value labels = ValueOf("order.labels");
  ASSERT_NE(labels.AsMap().field(), nullptr);
  EXPECT_EQ(labels.AsMap().field()->field->full_name(), "shop.Order.labels");

  EXPECT_EQ(ValueOf("order.lines + order.lines").AsList().field(), nullptr);
  EXPECT_EQ(ValueOf("{'a': 1}").AsMap().field(), nullptr);
}

TEST(ValueTest, ListsAndMapsTellTheJsonThatTheyAre) {
  const Value lines = ValueOf("json.lines");
  ASSERT_NE(lines.AsList().json(), nullptr);
  EXPECT_EQ(lines.AsList().json()->size(), 2U);

  const Value labels = ValueOf("json.labels");
  ASSERT_NE(labels.AsMap().json(), nullptr);
  EXPECT_TRUE(labels.AsMap().json()->contains("b-c"));
}

TEST(ValueTest, JsonNumbersAreExact) {
  const auto kind_of = [](const char* text) {
    const nlohmann::json json = nlohmann::json::parse(text);
    return Value::Json(json).kind();
  };
  EXPECT_EQ(kind_of("9223372036854775807"), ValueKind::kInt);
  EXPECT_EQ(kind_of("-9223372036854775808"), ValueKind::kInt);
  EXPECT_EQ(kind_of("9223372036854775808"), ValueKind::kUint);
  EXPECT_EQ(kind_of("18446744073709551615"), ValueKind::kUint);
  EXPECT_EQ(kind_of("18446744073709551616"), ValueKind::kDouble);
  EXPECT_EQ(kind_of("1.0"), ValueKind::kDouble);
  EXPECT_EQ(kind_of("1e2"), ValueKind::kDouble);
}

TEST(ValueTest, TextsAreBorrowedFromMessages) {
  const Value id = ValueOf("order.order_id");

  const auto order = SharedWorld().bindings().Find(*SharedWorld().environment().Find("order"));
  const auto& message = (*order)->AsMessage();
  std::string scratch;
  const std::string& field = message.GetReflection()->GetStringReference(
      message, message.GetDescriptor()->FindFieldByName("order_id"), &scratch);
  EXPECT_EQ(id.AsString().data(), field.data());
}

TEST(ValueTest, TimesOutOfRangeAreRefusedWhenTheyAreRead) {
  const World& world = SharedWorld();
  const auto order = world.New("shop.Order");
  const auto& type = *order->GetDescriptor();
  const auto set = [&](const char* field, std::int64_t seconds, std::int32_t nanos) {
    auto* time = order->GetReflection()->MutableMessage(order.get(), type.FindFieldByName(field));
    const auto& time_type = *time->GetDescriptor();
    time->GetReflection()->SetInt64(time, time_type.FindFieldByName("seconds"), seconds);
    time->GetReflection()->SetInt32(time, time_type.FindFieldByName("nanos"), nanos);
  };
  Bindings bindings;
  bindings.Set(*world.environment().Find("order"), Value::Message(*order));
  const auto outcome = [&](const std::string& text) {
    const CompileResult compiled = Compile(text, world.environment());
    const auto value = std::get<Program>(compiled).Evaluate(bindings);
    return value.ok() ? ToText(*value) : CodeOf(value.status());
  };

  set("placed", std::numeric_limits<std::int64_t>::max(), 0);
  EXPECT_EQ(outcome("order.placed"), "range");
  set("placed", 0, -1);
  EXPECT_EQ(outcome("order.placed"), "range");
  set("placed", 0, 999'999'999);
  EXPECT_EQ(outcome("order.placed"), "timestamp('1970-01-01T00:00:00.999999999Z')");
  set("window", 315'576'000'000, 0);
  EXPECT_EQ(outcome("order.window"), "range");
  set("window", -5, -500'000'000);
  EXPECT_EQ(outcome("order.window"), "duration('-5.5s')");
}

TEST(ValueTest, TextsOfValuesStayShort) {
  const std::string long_text(10'000, 'a');
  EXPECT_LT(ToText(Value::String(long_text)).size(), 200U);
  EXPECT_LT(ToText(Value::Bytes(long_text)).size(), 200U);
  Value nested = Value::Int(1);
  for (int i = 0; i < 8; ++i) nested = Value::ListOf(std::vector<Value>(40, nested));
  EXPECT_LT(ToText(nested).size(), 5'000U);
}

}  // namespace
}  // namespace saga::expr::test

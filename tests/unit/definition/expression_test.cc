#include "definition/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "definition/limits.h"

namespace saga {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

PathExpression Path(const std::string& text) {
  return std::get<PathExpression>(ParseExpression(text).value());
}
LiteralExpression Literal(const std::string& text) {
  return std::get<LiteralExpression>(ParseExpression(text).value());
}
std::string Problem(const std::string& text) {
  const auto parsed = ParseExpression(text);
  return parsed.ok() ? "none" : parsed.status().message();
}

TEST(ExpressionTest, APathHasARootAndFields) {
  EXPECT_EQ(Path("input").root, PathRoot::kInput);
  EXPECT_THAT(Path("input.total.minor_units").fields, ElementsAre("total", "minor_units"));
  EXPECT_EQ(Path("steps.hold_stock.hold_id").step, "hold_stock");
  EXPECT_THAT(Path("steps.hold_stock.hold_id").fields, ElementsAre("hold_id"));
  EXPECT_EQ(Path("output.x").root, PathRoot::kOutput);
  EXPECT_EQ(Path("failure.reason").root, PathRoot::kFailure);
  EXPECT_EQ(Path("saga.key").root, PathRoot::kSaga);
}

TEST(ExpressionTest, LiteralsKeepTheirKind) {
  EXPECT_EQ(Literal("42"), LiteralExpression(std::int64_t{42}));
  EXPECT_EQ(Literal("-9223372036854775808"), LiteralExpression(INT64_MIN));
  EXPECT_EQ(Literal("1.5e3"), LiteralExpression(1500.0));
  EXPECT_EQ(Literal("true"), LiteralExpression(true));
  EXPECT_EQ(Literal("\"web\""), LiteralExpression(std::string("web")));
  EXPECT_EQ(Literal(R"('it\'s \"so\"\n')"), LiteralExpression(std::string("it's \"so\"\n")));
}

TEST(ExpressionTest, WhatIsNotUnderstoodIsSaidWithWhatWouldBe) {
  EXPECT_THAT(Problem(""), HasSubstr("empty"));
  EXPECT_THAT(Problem("web"), HasSubstr("'\"web\"'"));
  EXPECT_THAT(Problem("input."), HasSubstr("neither a path nor a literal"));
  EXPECT_THAT(Problem("input..a"), HasSubstr("neither"));
  EXPECT_THAT(Problem("input.a > 3"), HasSubstr("this version knows paths"));
  EXPECT_THAT(Problem("input.lines[0]"), HasSubstr("'['"));
  EXPECT_THAT(Problem("steps"), HasSubstr("name a step"));
  EXPECT_THAT(Problem("failure"), HasSubstr("reason, message and code"));
  EXPECT_THAT(Problem("failure.cause"), HasSubstr("reason, message and code"));
  EXPECT_THAT(Problem("saga.name"), HasSubstr("id and key"));
  EXPECT_THAT(Problem("saga.id.x"), HasSubstr("id and key"));
  EXPECT_THAT(Problem("\"open"), HasSubstr("closing quote"));
  EXPECT_THAT(Problem("\"a\" b"), HasSubstr("after the closing quote"));
  EXPECT_THAT(Problem("\"\\x\""), HasSubstr("unknown escape"));
  EXPECT_THAT(Problem("\"\\"), HasSubstr("closing quote"));
  EXPECT_THAT(Problem("12abc"), HasSubstr("not a number"));
  EXPECT_THAT(Problem("99999999999999999999"), HasSubstr("64"));
  EXPECT_THAT(Problem("-inf"), ::testing::Not("none"));
  EXPECT_THAT(Problem("-"), HasSubstr("not a number"));
  EXPECT_THAT(Problem(std::string(kExpressionCharsMax + 1, 'a')), HasSubstr("at most"));
}

}  // namespace
}  // namespace saga

// What people are told about a wrong expression: the place, the reason, what would be right.
#include <gtest/gtest.h>

#include <string>

#include "definition/expr/limits.h"
#include "definition/expr/program.h"
#include "world.h"

namespace saga::expr::test {
namespace {

std::string ErrorOf(const std::string& text) {
  const CompileResult result = Compile(text, SharedWorld().environment());
  const auto* error = std::get_if<CompileError>(&result);
  return error == nullptr ? "accepted" : error->ToString(text);
}

TEST(ErrorsTest, AMistypedNameIsRecognised) {
  EXPECT_EQ(ErrorOf("order.totl"), "1:7: shop.Order has no field totl; did you mean 'total'?");
  EXPECT_EQ(ErrorOf("order.total.curency"),
            "1:13: shop.Money has no field curency; did you mean 'currency'?");
  EXPECT_EQ(ErrorOf("ordr.total"), "1:1: there is nothing called 'ordr'; did you mean 'order'?");
  EXPECT_EQ(ErrorOf("steps.hodl.hold_id"), "1:7: steps has no 'hodl'; did you mean 'hold'?");
  EXPECT_EQ(ErrorOf("saga.name"), "1:6: saga has no 'name'; there is id");
  EXPECT_EQ(ErrorOf("steps"), "1:1: 'steps' alone is no value; there is hold, late");
  EXPECT_EQ(ErrorOf("s.startWith('a')"),
            "1:3: there is no function startWith; did you mean 'startsWith'?");
  EXPECT_EQ(ErrorOf("web"), "1:1: there is nothing called 'web'; a text is written in quotes");
}

TEST(ErrorsTest, TypesThatDoNotGoTogetherAreNamed) {
  EXPECT_EQ(ErrorOf("1 + 1u"), "1:3: there is no + for int and uint; convert one of them: int(…)");
  EXPECT_EQ(ErrorOf("'n' + 1"),
            "1:5: there is no + for string and int; make a text of the other: string(…)");
  EXPECT_EQ(ErrorOf("order.total == order.lines"),
            "1:13: there is no == for shop.Money and list(shop.Line)");
  EXPECT_EQ(ErrorOf("order.channel == 'WEB'"),
            "1:15: there is no == for shop.Channel and string; an enum is a number; its names are "
            "written shop.Channel.CHANNEL_UNSPECIFIED");
  EXPECT_EQ(ErrorOf("order.lines.sku"),
            "1:13: list(shop.Line) has no fields, so no sku; choose an element, [0].sku, or go "
            "over all, .map(x, x.sku)");
  EXPECT_EQ(ErrorOf("order && true"), "1:1: && joins truth values, not shop.Order");
  EXPECT_EQ(ErrorOf("[1]['a']"), "1:5: list(int) is indexed by int, not by string");
  EXPECT_EQ(ErrorOf("b ? 1 : 'a'"),
            "1:3: the branches of ?: are int and string; make them the same type, or dyn(…) one "
            "of them");
  EXPECT_EQ(ErrorOf("l.all(x, x)"), "1:10: the condition is int, not bool");
  EXPECT_EQ(ErrorOf("size()"), "1:1: size takes an argument");
}

TEST(ErrorsTest, OtherLanguagesAreUnderstoodWell) {
  EXPECT_EQ(ErrorOf("b = true"), "1:3: = is no operator; equality is ==");
  EXPECT_EQ(ErrorOf("b and b"),
            "1:3: and stands where an operator or the end is wanted; both is &&");
  EXPECT_EQ(ErrorOf("b or b"),
            "1:3: or stands where an operator or the end is wanted; either is ||");
  EXPECT_EQ(ErrorOf("b & b"), "1:3: & is no operator; both is &&");
  EXPECT_EQ(ErrorOf("'a'.size"), "1:5: string has no fields, so no size");
  EXPECT_EQ(ErrorOf("'a'.int()"), "1:5: there is no function int; write int(x)");
  EXPECT_EQ(ErrorOf("startsWith('a', 'b')"),
            "1:1: there is no function startsWith; write x.startsWith()");
  EXPECT_EQ(ErrorOf("exists(l, b)"), "1:1: there is no function exists; write list.exists(x, …x…)");
  EXPECT_EQ(ErrorOf("shop.Money{units: 1}"),
            "1:11: messages are not constructed in expressions; write a map, {'field': value}, "
            "where a message is wanted");
  EXPECT_EQ(ErrorOf("has(order)"), "1:1: has takes one field; has(x.field)");
}

TEST(ErrorsTest, PlacesAreLinesAndColumnsOfCharacters) {
  EXPECT_EQ(ErrorOf("'日本' + 1").substr(0, 4), "1:6:");
  EXPECT_EQ(ErrorOf("1 +\n  2 +\n  x9").substr(0, 4), "3:3:");
  EXPECT_EQ(ErrorOf("1 +").substr(0, 4), "1:4:");
}

TEST(ErrorsTest, BrokenTextsAreRefused) {
  EXPECT_EQ(ErrorOf("'\xff'"), "1:1: the expression is no UTF-8 text");
  EXPECT_EQ(ErrorOf(std::string("1\0+ 1", 5)), "1:2: the character U+0000 has no meaning here");
  EXPECT_EQ(ErrorOf("'a'.matches('[')"), "1:13: it is no regular expression: missing ]: [");
}

TEST(ErrorsTest, EveryLimitHolds) {
  const auto kind_of = [](const std::string& text) {
    const CompileResult result = Compile(text, SharedWorld().environment());
    const auto* error = std::get_if<CompileError>(&result);
    return error == nullptr ? "accepted" : KindText(error->kind);
  };
  const auto times = [](const std::string& text, std::size_t count) {
    std::string repeated;
    for (std::size_t i = 0; i < count; ++i) repeated += text;
    return repeated;
  };
  EXPECT_EQ(kind_of(times(" ", kTextBytesMax - 1) + "1"), "accepted");
  EXPECT_EQ(kind_of(times(" ", kTextBytesMax) + "1"), "limit");
  EXPECT_EQ(kind_of(times("(", kDepthMax - 1) + "1" + times(")", kDepthMax - 1)), "accepted");
  EXPECT_EQ(kind_of(times("(", kDepthMax) + "1" + times(")", kDepthMax)), "limit");
  EXPECT_EQ(kind_of(times("(", kTextBytesMax)), "limit");
  EXPECT_EQ(kind_of(times("[", kTextBytesMax)), "limit");
  EXPECT_EQ(kind_of(times("!", kDepthMax - 1) + "true"), "accepted");
  EXPECT_EQ(kind_of(times("!", kDepthMax + 1) + "true"), "limit");
  EXPECT_EQ(kind_of(times("- ", kTextBytesMax / 2)), "limit");
  EXPECT_EQ(kind_of("1" + times("+1", kDepthMax - 1)), "accepted");
  EXPECT_EQ(kind_of("1" + times("+1", kDepthMax)), "limit");
  EXPECT_EQ(kind_of("json" + times(".a", kDepthMax)), "limit");
  EXPECT_EQ(kind_of(times("b?1:", kDepthMax)), "limit");
  EXPECT_EQ(kind_of("[" + times("1,", kNodesMax - 1) + "]"), "accepted");
  EXPECT_EQ(kind_of("[" + times("1,", kNodesMax) + "]"), "limit");
  EXPECT_EQ(kind_of(times("[1].all(x,", kLocalsMax) + "true" + times(")", kLocalsMax)), "accepted");
  EXPECT_EQ(kind_of(times("[1].all(x,", kLocalsMax + 1) + "true" + times(")", kLocalsMax + 1)),
            "limit");
  EXPECT_EQ(kind_of("s.matches('" + times("a", kPatternBytesMax + 1) + "')"), "type");
  EXPECT_EQ(kind_of("s.matches('((a{100}){100}){100}')"), "type");
}

TEST(ErrorsTest, AnEvaluationEndsWhateverItIs) {
  const World& world = SharedWorld();
  const std::string ten = "[1,2,3,4,5,6,7,8,9,10]";
  const std::string deep = ten + ".all(a," + ten + ".all(b," + ten + ".all(c," + ten + ".all(d," +
                           ten + ".all(e," + ten + ".all(f, a + f > 0))))))";
  EXPECT_EQ(Outcome(deep, world), "error limit");
  // The limit is no error that an operator could absorb.
  EXPECT_EQ(Outcome(deep + " || true", world), "error limit");
  EXPECT_EQ(Outcome("[" + deep + "].exists(x, x) || true", world), "error limit");

  std::string doubling = "['0123456789abcdef']";
  for (int i = 0; i < 25; ++i) doubling += ".map(x, x + x)";
  EXPECT_EQ(Outcome(doubling + "[0].size()", world), "error limit");
  std::string lists = "[[1]]";
  for (int i = 0; i < 25; ++i) lists += ".map(x, x + x)";
  EXPECT_EQ(Outcome(lists + "[0].size()", world), "error limit");
}

}  // namespace
}  // namespace saga::expr::test

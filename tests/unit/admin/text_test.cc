#include "admin/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/json_lines.h"
#include "admin/table.h"
#include "admin/times.h"

namespace saga::admin {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;

TEST(TextTest, WidthCountsWhatIsDisplayed) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("äöü"), 3);
  EXPECT_EQ(DisplayWidth("日本"), 4);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);
}

TEST(TextTest, ShortenedTextFitsAndEndsInTwoDots) {
  EXPECT_EQ(Shorten("capture", 7), "capture");
  EXPECT_EQ(Shorten("reserve_stock", 9), "reserve..");
  EXPECT_EQ(Shorten("日本語日本", 6), "日本..");
  EXPECT_EQ(Shorten("abc", 1), ".");
}

TEST(TextTest, CleanTakesTheTeethOutOfForeignText) {
  EXPECT_EQ(Clean("a\nb\tc"), "a b c");
  EXPECT_EQ(Clean("\033[31mred\a"), "?[31mred?");
  EXPECT_EQ(Clean("x\xff\xfey"), "x??y");
  EXPECT_EQ(Clean("\xE2\x80\xAEltr"), "?ltr");
  EXPECT_EQ(Clean("grün"), "grün");
}

TEST(TextTest, NumbersAreGrouped) {
  EXPECT_EQ(Thousands(0), "0");
  EXPECT_EQ(Thousands(1204), "1,204");
  EXPECT_EQ(Thousands(-1234567), "-1,234,567");
  EXPECT_EQ(Counted(1, "saga", "sagas"), "1 saga");
  EXPECT_EQ(Counted(1214, "saga", "sagas"), "1,214 sagas");
}

TEST(TextTest, WrapKeepsWordsWhole) {
  EXPECT_THAT(Wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(Wrap("enormousword x", 4), ElementsAre("enormousword", "x"));
}

TEST(TextTest, ShellWordsAreQuotedWhenTheyMustBe) {
  EXPECT_EQ(ShellWord("ord-1007"), "ord-1007");
  EXPECT_EQ(ShellWord("group=\"a91f\""), "'group=\"a91f\"'");
  EXPECT_EQ(ShellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellWord(""), "''");
}

TEST(TimesTest, AgesHaveTwoUnitsAtMost) {
  EXPECT_EQ(FormatAge(seconds(-3)), "0s");
  EXPECT_EQ(FormatAge(seconds(59)), "59s");
  EXPECT_EQ(FormatAge(minutes(12)), "12m");
  EXPECT_EQ(FormatAge(minutes(131)), "2h11m");
  EXPECT_EQ(FormatAge(hours(48)), "2d");
  EXPECT_EQ(FormatAge(hours(76)), "3d4h");
  EXPECT_EQ(FormatAge(hours(245)), "10d");
}

TEST(TimesTest, SpansShowMilliseconds) {
  EXPECT_EQ(FormatSpan(milliseconds(38)), "38ms");
  EXPECT_EQ(FormatSpan(milliseconds(1949)), "1.9s");
  EXPECT_EQ(FormatSpan(seconds(41)), "41s");
  EXPECT_EQ(FormatSpan(seconds(123)), "2m3s");
  EXPECT_EQ(FormatSpan(minutes(47)), "47m");
}

TEST(TimesTest, IsoTimesAreTheSameEverywhere) {
  const TimeFormat times(TimeStyle::kIso, FromMicros(1769869574'000'000));
  const auto timestamp = ToTimestamp(FromMicros(1769868974'020'000));
  EXPECT_EQ(times.Age(timestamp), "2026-01-31T14:16:14.020Z");
  EXPECT_EQ(times.AgePhrase(timestamp), "since 2026-01-31T14:16:14.020Z");
}

TEST(TimesTest, AnotherDayShowsItsDate) {
  setenv("TZ", "UTC", 1);
  const TimeFormat times(TimeStyle::kRelative, FromMicros(1769869574'000'000));
  EXPECT_EQ(times.Clock(ToTimestamp(FromMicros(1769868974'000'000))), "14:16:14");
  EXPECT_EQ(times.Clock(ToTimestamp(FromMicros(1769782574'000'000))), "2026-01-30 14:16:14");
}

Table Sample() {
  Table table({{.title = "NAME", .width_min = 6},
               {.title = "N", .align = Align::kRight},
               {.title = "EXTRA", .drop_rank = 1},
               {.title = "MORE", .shown = Shown::kWide}});
  table.Add({{"a-long-name"}, {"7"}, {"x"}, {"m"}});
  table.Add({{"b"}, {"1,204"}, {""}, {""}});
  return table;
}

std::string Render(TableLayout layout) { return Sample().Render(layout, Paint::Off()).value(); }

TEST(TableTest, NumbersStandAtTheRightAndNoLineEndsInBlanks) {
  EXPECT_EQ(Render({}),
            "NAME             N  EXTRA\n"
            "a-long-name      7  x\n"
            "b            1,204\n");
}

TEST(TableTest, CuttingComesBeforeLeavingOut) {
  EXPECT_EQ(Render({.width = 22}),
            "NAME          N  EXTRA\n"
            "a-long..      7  x\n"
            "b         1,204\n");
  EXPECT_EQ(Render({.width = 14}),
            "NAME         N\n"
            "a-lon..      7\n"
            "b        1,204\n");
}

TEST(TableTest, WideShowsAllColumnsUncut) {
  EXPECT_EQ(Render({.width = 10, .shown = Shown::kWide}),
            "NAME             N  EXTRA  MORE\n"
            "a-long-name      7  x      m\n"
            "b            1,204\n");
}

TEST(TableTest, ColumnsAreTakenInTheOrderAskedFor) {
  EXPECT_EQ(Render({.columns = {"more", "name"}}),
            "MORE  NAME\n"
            "m     a-long-name\n"
            "      b\n");
  const auto unknown = Sample().Render({.columns = {"nmae"}}, Paint::Off());
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.status().violations()[0].description,
              ::testing::HasSubstr("did you mean 'name'?"));
}

TEST(JsonLinesTest, WhatFitsStaysOnOneLineAndWhatDoesNotIsBroken) {
  const std::string json =
      R"({"id":"o-1","lines":[{"sku":"a, b","n":9007199254740993}],"note":"x\"y"})";
  EXPECT_THAT(
      JsonLines(json, 100),
      ElementsAre(
          R"({"id": "o-1", "lines": [{"sku": "a, b", "n": 9007199254740993}], "note": "x\"y"})"));
  EXPECT_THAT(JsonLines(json, 44), ElementsAre("{", R"(  "id": "o-1",)", R"(  "lines": [)",
                                               R"(    {"sku": "a, b", "n": 9007199254740993})",
                                               "  ],", R"(  "note": "x\"y")", "}"));
}

TEST(JsonLinesTest, OddTextComesBack) {
  EXPECT_THAT(JsonLines("", 20), ElementsAre(""));
  EXPECT_THAT(JsonLines("\"a text that is long\"", 5), ElementsAre("\"a text that is long\""));
  EXPECT_THAT(JsonLines("{", 0), ElementsAre("{"));
  EXPECT_THAT(JsonLines("[1.50,{}]", 3), ElementsAre("[", "  1.50,", "  {}", "]"));
  EXPECT_THAT(JsonLines("{\"a\":", 2), ElementsAre("{\"a\": "));
}

}  // namespace
}  // namespace saga::admin

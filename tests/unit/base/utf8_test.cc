#include "base/utf8.h"

#include <gtest/gtest.h>

namespace saga {
namespace {

TEST(Utf8Test, TextOfEveryLengthIsValid) {
  EXPECT_TRUE(IsValidUtf8("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
}

TEST(Utf8Test, OverlongFormsSurrogatesAndCutCharactersAreNot) {
  EXPECT_FALSE(IsValidUtf8("\xC0\xAF"));
  EXPECT_FALSE(IsValidUtf8("\xE0\x80\xAF"));
  EXPECT_FALSE(IsValidUtf8("\xED\xA0\x80"));
  EXPECT_FALSE(IsValidUtf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(IsValidUtf8("a\xE2\x82"));
}

TEST(Utf8Test, InvalidBytesAreReplacedOneByOne) {
  EXPECT_EQ(ToValidUtf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(ToValidUtf8("ok"), "ok");
}

TEST(Utf8Test, ACutNeverSplitsACharacter) {
  EXPECT_EQ(CutUtf8("a\xE2\x82\xAC", 3), "a");
  EXPECT_EQ(CutUtf8("a\xE2\x82\xAC", 4), "a\xE2\x82\xAC");
}

}  // namespace
}  // namespace saga

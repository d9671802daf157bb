#include <gtest/gtest.h>

#include <set>

#include "base/duration.h"
#include "base/hash.h"
#include "base/status.h"
#include "base/uuid.h"

namespace saga {
namespace {

TEST(DurationTest, ReadsWhatItFormats) {
  for (const char* text : {"250ms", "5s", "15m", "2d", "1h30m", "1m1s1ms", "0s"}) {
    const auto parsed = ParseDuration(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(FormatDuration(*parsed), text);
  }
  EXPECT_EQ(FormatDuration(*ParseDuration("48h")), "2d");
}

TEST(DurationTest, RefusesNumbersWithoutUnitAndNonsense) {
  for (const char* text :
       {"", "5", "s", "5x", "-1s", "5s5", "1.5s", " 5s", "99999999999999999999s", "9999999d"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(TimeTest, FormatsAndReadsRfc3339) {
  const auto time = ParseTime("2026-01-31T14:02:13.120Z");
  ASSERT_TRUE(time.ok());
  EXPECT_EQ(FormatTime(*time), "2026-01-31T14:02:13.120Z");
  EXPECT_FALSE(ParseTime("2026-13-31T14:02:13Z").ok());
  EXPECT_FALSE(ParseTime("2026-01-31 14:02:13").ok());
  EXPECT_FALSE(ParseTime("2026-01-31T14:02:13+01:00").ok());
}

TEST(TimeTest, ReachesBeyondWhatNanosecondsCanCount) {
  for (const char* const text :
       {"6026-01-31T14:02:13.120Z", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z"}) {
    const auto time = ParseTime(text);
    ASSERT_TRUE(time.ok()) << text;
    EXPECT_EQ(FormatTime(*time), text);
  }
}

TEST(TimeTest, TakesDigitsOnly) {
  for (const char* const text :
       {"2026-01-31T-1:00:00Z", "2026-01-31T+1:00:00Z", "2026-01-31T 1:00:00Z",
        "-026-01-31T11:00:00Z", "2026-01-31T11:00:-1Z"}) {
    EXPECT_FALSE(ParseTime(text).ok()) << text;
  }
}

TEST(HashTest, StableHashNeverChanges) {
  // Persisted: sagas are found in their shard by it.
  EXPECT_EQ(StableHash("default/ord-1"), StableHash("default/ord-1"));
  EXPECT_EQ(StableHash(""), 0xefd01f60ba992926ULL);
  EXPECT_NE(StableHash("a", 1), StableHash("a", 2));
}

TEST(HashTest, Sha256MatchesTheStandardVector) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(UuidTest, IsVersionSevenAndOrderedByTime) {
  const std::string early = MakeUuidV7(FromMicros(1'000'000));
  const std::string late = MakeUuidV7(FromMicros(2'000'000));
  EXPECT_EQ(early.size(), 36U);
  EXPECT_EQ(early[14], '7');
  EXPECT_LT(early, late);
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(MakeUuidV7(FromMicros(1)));
  EXPECT_EQ(ids.size(), 1000U);
}

TEST(StatusTest, CodeNamesRoundTrip) {
  for (int code = 0; code <= 16; ++code) {
    const auto name = StatusCodeName(static_cast<StatusCode>(code));
    EXPECT_EQ(StatusCodeFromName(name), static_cast<StatusCode>(code));
  }
  EXPECT_FALSE(StatusCodeFromName("NONSENSE").has_value());
}

TEST(ResultTest, CarriesTheStatusOfAFailure) {
  const Result<int> result = InvalidField("x", "is odd");
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.status().reason(), "FIELD_INVALID");
  EXPECT_EQ(result.status().violations().front().field, "x");
}

}  // namespace
}  // namespace saga

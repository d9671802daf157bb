#include "participants/recent_calls.h"

#include <gtest/gtest.h>

namespace saga::participants {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;

const SteadyTime kStart{std::chrono::hours(100)};

TEST(RecentCallsTest, NothingIsSaidOfNoCalls) {
  const auto summary = RecentCalls().Summarise(kStart);

  EXPECT_EQ(summary.calls, 0U);
  EXPECT_EQ(summary.error_ratio, 0);
  EXPECT_EQ(summary.p99, microseconds(0));
}

TEST(RecentCallsTest, TheSlowestHundredthIsLeftOutOfTheP99) {
  RecentCalls calls;
  for (int i = 0; i < 990; ++i) calls.Add(kStart, milliseconds(10), CallQuality::kFine);
  for (int i = 0; i < 10; ++i) calls.Add(kStart, milliseconds(5000), CallQuality::kFailed);

  const auto summary = calls.Summarise(kStart);

  EXPECT_EQ(summary.calls, 1000U);
  EXPECT_DOUBLE_EQ(summary.error_ratio, 0.01);
  EXPECT_GE(summary.p99, milliseconds(10));
  EXPECT_LE(summary.p99, milliseconds(12));
}

TEST(RecentCallsTest, MoreThanAHundredthOfSlowCallsShows) {
  RecentCalls calls;
  for (int i = 0; i < 980; ++i) calls.Add(kStart, milliseconds(10), CallQuality::kFine);
  for (int i = 0; i < 20; ++i) calls.Add(kStart, milliseconds(5000), CallQuality::kFine);

  EXPECT_GE(calls.Summarise(kStart).p99, milliseconds(5000));
  EXPECT_LE(calls.Summarise(kStart).p99, milliseconds(6000));
}

TEST(RecentCallsTest, CallsAreForgottenAfterFiveMinutes) {
  RecentCalls calls;
  calls.Add(kStart, milliseconds(10), CallQuality::kFailed);
  EXPECT_EQ(calls.Summarise(kStart + minutes(4)).calls, 1U);

  EXPECT_EQ(calls.Summarise(kStart + minutes(5)).calls, 0U);
}

TEST(RecentCallsTest, ExtremesFallIntoTheOuterBuckets) {
  RecentCalls calls;
  calls.Add(kStart, microseconds(-3), CallQuality::kFine);
  EXPECT_LE(calls.Summarise(kStart).p99, microseconds(20));
  calls.Add(kStart, std::chrono::hours(9), CallQuality::kFine);
  EXPECT_GE(calls.Summarise(kStart).p99, minutes(14));
}

}  // namespace
}  // namespace saga::participants

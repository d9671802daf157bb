#include "participants/demo/delay_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "support/wait.h"

namespace saga::demo {
namespace {

using std::chrono::milliseconds;

TEST(DelayQueueTest, WhatIsDueEarlierRunsEarlier) {
  std::vector<int> ran;
  std::atomic<int> count = 0;
  DelayQueue queue;
  queue.After(milliseconds(60), [&] { ran.push_back(2), ++count; });
  queue.After(milliseconds(5), [&] { ran.push_back(1), ++count; });

  ASSERT_TRUE(test::WaitUntil(std::chrono::seconds(5), [&] { return count == 2; }));
  EXPECT_THAT(ran, testing::ElementsAre(1, 2));
}

TEST(DelayQueueTest, StopRunsWhatWaitedAndLaterOnesRunAtOnce) {
  int ran = 0;
  DelayQueue queue;
  queue.After(std::chrono::hours(1), [&] { ++ran; });
  queue.Stop();
  EXPECT_EQ(ran, 1);
  queue.After(std::chrono::hours(1), [&] { ++ran; });
  EXPECT_EQ(ran, 2);
}

TEST(DelayQueueTest, NoDelayIsNoDetour) {
  int ran = 0;
  DelayQueue queue;
  queue.After(milliseconds(0), [&] { ++ran; });
  EXPECT_EQ(ran, 1);
}

}  // namespace
}  // namespace saga::demo

#include "participants/permit_queue.h"

#include <gtest/gtest.h>

namespace saga::participants {
namespace {

TEST(PermitQueueTest, BeyondTheLimitCallsWaitAndLeaveInTheOrderTheyCame) {
  PermitQueue<int> queue(2);
  EXPECT_EQ(queue.Enter(1), 1);
  EXPECT_EQ(queue.Enter(2), 2);
  EXPECT_EQ(queue.Enter(3), std::nullopt);
  EXPECT_EQ(queue.Enter(4), std::nullopt);
  EXPECT_EQ(queue.Next(), std::nullopt);

  queue.Leave();

  EXPECT_EQ(queue.Next(), 3);
  EXPECT_EQ(queue.Next(), std::nullopt);
  EXPECT_EQ(queue.in_flight(), 2U);
  EXPECT_EQ(queue.waiting(), 1U);
}

TEST(PermitQueueTest, ANewcomerDoesNotOvertakeWhoWaits) {
  PermitQueue<int> queue(1);
  queue.Enter(1);
  queue.Enter(2);
  queue.Leave();

  EXPECT_EQ(queue.Enter(3), std::nullopt);

  EXPECT_EQ(queue.Next(), 2);
}

TEST(PermitQueueTest, AfterAnOutageTheNumberInFlightDoublesWithEveryRound) {
  PermitQueue<int> queue(100);
  queue.Narrow(4);
  for (int i = 0; i < 50; ++i) queue.Enter(i);
  EXPECT_EQ(queue.in_flight(), 4U);

  for (int i = 0; i < 4; ++i) {
    queue.Leave();
    queue.Widen();
  }
  while (queue.Next()) {}

  EXPECT_EQ(queue.in_flight(), 8U);
}

TEST(PermitQueueTest, ASmallerLimitLetsNobodyInUntilEnoughHaveLeft) {
  PermitQueue<int> queue(3);
  for (int i = 0; i < 5; ++i) queue.Enter(i);

  queue.SetLimit(1);
  queue.Leave();
  queue.Leave();
  EXPECT_EQ(queue.Next(), std::nullopt);
  queue.Leave();

  EXPECT_EQ(queue.Next(), 3);
  EXPECT_EQ(queue.Next(), std::nullopt);
}

TEST(PermitQueueTest, ALargerLimitTakesEffectAtOnceUnlessThereIsASlowStart) {
  PermitQueue<int> queue(2);
  for (int i = 0; i < 5; ++i) queue.Enter(i);
  queue.SetLimit(4);
  EXPECT_TRUE(queue.Next());
  EXPECT_TRUE(queue.Next());
  EXPECT_FALSE(queue.Next());

  queue.Narrow(2);
  queue.SetLimit(10);
  EXPECT_FALSE(queue.Next());
}

}  // namespace
}  // namespace saga::participants

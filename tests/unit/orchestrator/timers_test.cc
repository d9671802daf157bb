#include <gtest/gtest.h>

#include "orchestrator/database_clock.h"
#include "orchestrator/limits.h"
#include "orchestrator/paced_queue.h"
#include "orchestrator/timer_queue.h"

namespace saga {
namespace {

TimePoint At(std::int64_t millis) { return FromMicros(millis * 1000); }

TEST(TimerQueueTest, DueTimersComeEarliestFirstAndOthersStay) {
  TimerQueue queue;
  queue.Arm(At(30), {"default", "c"});
  queue.Arm(At(10), {"default", "b"});
  queue.Arm(At(10), {"default", "a"});

  const auto due = queue.TakeDue(At(20), 10);

  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].saga.id(), "a");
  EXPECT_EQ(due[1].saga.id(), "b");
  EXPECT_EQ(queue.next(), At(30));
}

TEST(TimerQueueTest, NoMoreAreTakenThanAskedFor) {
  TimerQueue queue;
  for (int i = 0; i < 5; ++i) queue.Arm(At(i), {"default", "a"});

  EXPECT_EQ(queue.TakeDue(At(100), 2).size(), 2U);
  EXPECT_EQ(queue.size(), 3U);
}

TEST(TimerQueueTest, ADisarmedTimerLeavesNothingBehind) {
  TimerQueue queue;
  queue.Arm(At(10), {"default", "a"});
  queue.Arm(At(20), {"default", "a"});

  queue.Disarm(At(10), {"default", "a"});

  EXPECT_EQ(queue.next(), At(20));
  EXPECT_EQ(queue.size(), 1U);
}

TEST(PacedQueueTest, ABurstStartsAtOnceAndTheRestAtTheRate) {
  PacedQueue queue;
  const std::size_t sagas = kPacedSagasBurst + kPacedSagasPerSecond;
  for (std::size_t i = 0; i < sagas; ++i) queue.Push({{"default", std::to_string(i)}, {}});

  std::size_t taken = queue.Take(At(1'000'000)).size();
  EXPECT_EQ(taken, kPacedSagasBurst);
  ASSERT_TRUE(queue.next().has_value());
  EXPECT_GT(*queue.next(), At(1'000'000));
  for (int step = 1; step <= 1000; ++step) taken += queue.Take(At(1'000'000 + step)).size();

  EXPECT_NEAR(static_cast<double>(taken), static_cast<double>(sagas), 2);
}

TEST(PacedQueueTest, AParticipantThatComesAndGoesQueuesASagaOnce) {
  PacedQueue queue;
  for (int i = 0; i < 5; ++i) queue.Push({{"default", "a"}, "card"});
  queue.Push({{"default", "a"}, "stock"});
  EXPECT_EQ(queue.Take(At(1'000'000)).size(), 2U);

  queue.Push({{"default", "a"}, "card"});

  EXPECT_EQ(queue.Take(At(2'000'000)).size(), 1U);
}

TEST(PacedQueueTest, AClockThatJumpsBackStopsNothing) {
  PacedQueue queue;
  queue.Push({{"default", "a"}, {}});
  EXPECT_EQ(queue.Take(At(1'000'000)).size(), 1U);
  queue.Push({{"default", "b"}, {}});

  std::size_t taken = queue.Take(At(5'000)).size();
  taken += queue.Take(At(5'001)).size();

  EXPECT_EQ(taken, 1U);
}

TEST(DatabaseClockTest, TheBestAnswerCountsAndLatenessDoesNot) {
  DatabaseClock clock;
  const SteadyTime start = std::chrono::steady_clock::now();

  clock.Learn(At(1'000), start);
  clock.Learn(At(1'002), start + std::chrono::milliseconds(10));

  EXPECT_EQ(clock.At(start + std::chrono::milliseconds(20)), At(1'020));
}

TEST(DatabaseClockTest, AJumpOfTheDatabasesClockIsFollowed) {
  DatabaseClock clock;
  const SteadyTime start = std::chrono::steady_clock::now();
  clock.Learn(At(3'600'000), start);

  clock.Learn(At(1'000), start);

  EXPECT_EQ(clock.At(start), At(1'000));
}

}  // namespace
}  // namespace saga

#include <gtest/gtest.h>

#include <vector>

#include "orchestrator/core/decide.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

using std::chrono::milliseconds;

const SagaId kSaga("default", "s1");

TEST(BackoffTest, GrowsByItsFactorUpToItsMaximum) {
  const RetryPolicy policy{.backoff = milliseconds(100),
                           .factor_permille = 2000,
                           .max = milliseconds(1000),
                           .jitter = false};
  EXPECT_EQ(BackoffFor(policy, kSaga, StepIndex{0}, 1), milliseconds(100));
  EXPECT_EQ(BackoffFor(policy, kSaga, StepIndex{0}, 2), milliseconds(200));
  EXPECT_EQ(BackoffFor(policy, kSaga, StepIndex{0}, 4), milliseconds(800));
  EXPECT_EQ(BackoffFor(policy, kSaga, StepIndex{0}, 5), milliseconds(1000));
  EXPECT_EQ(BackoffFor(policy, kSaga, StepIndex{0}, 1'000'000), milliseconds(1000));
}

TEST(BackoffTest, JitterStaysBetweenHalfAndAllAndDependsOnlyOnItsArguments) {
  const RetryPolicy policy{.backoff = milliseconds(1000), .max = milliseconds(1000)};
  bool differs = false;
  milliseconds first{0};
  for (int i = 0; i < 100; ++i) {
    const SagaId saga("default", "s" + std::to_string(i));
    const milliseconds delay = BackoffFor(policy, saga, StepIndex{1}, 3);
    EXPECT_GE(delay, milliseconds(500));
    EXPECT_LE(delay, milliseconds(1000));
    EXPECT_EQ(delay, BackoffFor(policy, saga, StepIndex{1}, 3));
    if (i == 0) first = delay;
    differs = differs || delay != first;
  }
  EXPECT_TRUE(differs);
}

// A thousand sagas that waited for one participant do not all call it in the moment it is back.
TEST(BackoffTest, WhatWaitedForAParticipantIsSpreadWhenItIsBack) {
  const RetryPolicy policy;
  constexpr int kSagas = 1000;
  constexpr std::size_t kSlices = 10;
  std::vector<int> slices(kSlices);
  for (int i = 0; i < kSagas; ++i) {
    const SagaId saga("default", "s" + std::to_string(i));
    const milliseconds delay = RecoveryDelay(policy, saga, StepIndex{1});
    ASSERT_GE(delay, milliseconds(0));
    ASSERT_LT(delay, kRecoverySpread);
    EXPECT_EQ(delay, RecoveryDelay(policy, saga, StepIndex{1}));
    ++slices[static_cast<std::size_t>(delay * kSlices / kRecoverySpread)];
  }
  for (const int sagas : slices) {
    EXPECT_GT(sagas, kSagas / 20);
    EXPECT_LT(sagas, kSagas / 5);
  }
}

TEST(BackoffTest, WithoutJitterARecoveryIsNotSpread) {
  const RetryPolicy policy{.jitter = false};
  EXPECT_EQ(RecoveryDelay(policy, kSaga, StepIndex{1}), milliseconds(0));
}

// Nobody waits out a long back-off once the participant is back.
TEST(BackoffTest, ARecoveryWakesWithinItsSpreadHoweverLongTheBackOffIs) {
  const RetryPolicy policy{.backoff = milliseconds(5'400'000), .max = milliseconds(5'400'000)};
  EXPECT_GE(BackoffFor(policy, kSaga, StepIndex{0}, 3), milliseconds(2'700'000));
  EXPECT_LT(RecoveryDelay(policy, kSaga, StepIndex{0}), kRecoverySpread);
}

}  // namespace
}  // namespace saga

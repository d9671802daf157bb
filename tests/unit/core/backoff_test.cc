#include <gtest/gtest.h>

#include "orchestrator/core/decide.h"

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

}  // namespace
}  // namespace saga

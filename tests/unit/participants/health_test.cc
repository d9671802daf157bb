#include "participants/health.h"

#include <gtest/gtest.h>

#include "participants/limits.h"

namespace saga::participants {
namespace {

const SteadyTime kNow{std::chrono::hours(100)};
const RecentCalls::Summary kAllFine{.calls = 100};

// `times` signs, all but the last of which must lead to nothing.
HealthTurn Repeat(HealthTracker& tracker, Sign sign, std::uint32_t times) {
  for (std::uint32_t i = 1; i < times; ++i) {
    EXPECT_EQ(tracker.OnCall(sign, kNow), HealthTurn::kNone) << i;
  }
  return tracker.OnCall(sign, kNow);
}

TEST(HealthTest, NobodyKnowsBeforeTheFirstCall) {
  EXPECT_EQ(HealthTracker().health({}), ParticipantHealth::kUnknown);
  EXPECT_FALSE(HealthTracker().ShouldAsk());
}

TEST(HealthTest, AnAnswerOfAnyKindMeansServing) {
  HealthTracker tracker;
  EXPECT_EQ(tracker.OnCall(Sign::kAnswered, kNow), HealthTurn::kNone);
  EXPECT_EQ(tracker.health(kAllFine), ParticipantHealth::kServing);
}

TEST(HealthTest, AFewConnectionFailuresInARowMeanDownUntilItAnswersAgain) {
  HealthTracker tracker;
  tracker.OnCall(Sign::kAnswered, kNow);

  EXPECT_EQ(Repeat(tracker, Sign::kUnreachable, kConnectionFailuresToDown), HealthTurn::kAsk);
  EXPECT_EQ(tracker.health(kAllFine), ParticipantHealth::kDown);
  EXPECT_EQ(tracker.OnProbe(Sign::kUnreachable, kNow), HealthTurn::kNone);
  EXPECT_TRUE(tracker.ShouldAsk());

  EXPECT_EQ(tracker.OnProbe(Sign::kAnswered, kNow), HealthTurn::kRecovered);
  EXPECT_EQ(tracker.health(kAllFine), ParticipantHealth::kServing);
  EXPECT_FALSE(tracker.ShouldAsk());
}

TEST(HealthTest, ACallThatIsAnsweredEndsAnOutageToo) {
  HealthTracker tracker;
  Repeat(tracker, Sign::kUnreachable, kConnectionFailuresToDown);

  EXPECT_EQ(tracker.OnCall(Sign::kAnswered, kNow), HealthTurn::kRecovered);
}

TEST(HealthTest, SingleConnectionFailuresAmongAnswersAreNoOutage) {
  HealthTracker tracker;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(tracker.OnCall(Sign::kUnreachable, kNow), HealthTurn::kNone);
    EXPECT_EQ(tracker.OnCall(Sign::kAnswered, kNow), HealthTurn::kNone);
  }
}

TEST(HealthTest, ASlowMethodIsAskedAboutAndIsNoOutage) {
  HealthTracker tracker;
  EXPECT_EQ(Repeat(tracker, Sign::kTimedOut, kTimeoutsToSuspect), HealthTurn::kAsk);
  EXPECT_EQ(tracker.AskAfter(0.5), std::chrono::milliseconds(0));
  EXPECT_EQ(tracker.health(kAllFine), ParticipantHealth::kDegraded);

  // Not kRecovered: that would wake every saga that waits for the slow method, again and again.
  EXPECT_EQ(tracker.OnProbe(Sign::kAnswered, kNow), HealthTurn::kNone);
}

TEST(HealthTest, AHungParticipantIsDownOnceItsHealthIsNotToBeHadEither) {
  HealthTracker tracker;
  Repeat(tracker, Sign::kTimedOut, kTimeoutsToSuspect);

  EXPECT_EQ(tracker.OnProbe(Sign::kTimedOut, kNow), HealthTurn::kNone);

  EXPECT_EQ(tracker.health(kAllFine), ParticipantHealth::kDown);
  EXPECT_EQ(tracker.OnProbe(Sign::kAnswered, kNow), HealthTurn::kRecovered);
}

TEST(HealthTest, QuestionsToOneThatIsDownGrowRarerUpToALimitAndAreSpread) {
  HealthTracker tracker;
  Repeat(tracker, Sign::kUnreachable, kConnectionFailuresToDown);
  EXPECT_EQ(tracker.AskAfter(0), kReprobeFirst / 2);
  EXPECT_LE(tracker.AskAfter(0.999), kReprobeFirst);

  for (int i = 0; i < 100; ++i) tracker.OnProbe(Sign::kUnreachable, kNow);

  EXPECT_EQ(tracker.AskAfter(0), kReprobeMax / 2);
  EXPECT_LE(tracker.AskAfter(0.999), kReprobeMax);
}

TEST(HealthTest, ManyFailuresMeanDegradedButAFewCallsSayNothing) {
  HealthTracker tracker;
  tracker.OnCall(Sign::kAnswered, kNow);

  EXPECT_EQ(tracker.health({.calls = 100, .error_ratio = 0.2}), ParticipantHealth::kDegraded);
  EXPECT_EQ(tracker.health({.calls = kCallsToJudge - 1, .error_ratio = 1}),
            ParticipantHealth::kServing);
}

}  // namespace
}  // namespace saga::participants

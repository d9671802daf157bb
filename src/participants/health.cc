#include "participants/health.h"

#include <algorithm>

#include "base/check.h"
#include "participants/limits.h"

namespace saga::participants {

HealthTurn HealthTracker::GoUp(SteadyTime now) {
  const bool was_down = reach_ == Reach::kDown;
  if (reach_ != Reach::kUp) since_ = now;
  reach_ = Reach::kUp;
  suspect_ = false;
  unreachable_ = timed_out_ = asked_ = 0;
  return was_down ? HealthTurn::kRecovered : HealthTurn::kNone;
}

HealthTurn HealthTracker::GoDown(SteadyTime now) {
  if (reach_ == Reach::kDown) return HealthTurn::kNone;
  const bool asked_already = suspect_;  // Its next question follows by itself.
  reach_ = Reach::kDown;
  suspect_ = false;
  since_ = now;
  return asked_already ? HealthTurn::kNone : HealthTurn::kAsk;
}

HealthTurn HealthTracker::OnCall(Sign sign, SteadyTime now) {
  switch (sign) {
    case Sign::kAnswered:
      return GoUp(now);
    case Sign::kUnreachable:
      return ++unreachable_ >= kConnectionFailuresToDown ? GoDown(now) : HealthTurn::kNone;
    case Sign::kTimedOut:
      if (++timed_out_ < kTimeoutsToSuspect || ShouldAsk()) return HealthTurn::kNone;
      suspect_ = true;
      return HealthTurn::kAsk;
  }
  SAGA_UNREACHABLE();
}

HealthTurn HealthTracker::OnProbe(Sign sign, SteadyTime now) {
  ++asked_;
  switch (sign) {
    case Sign::kAnswered:
      return GoUp(now);
    case Sign::kUnreachable:
    case Sign::kTimedOut:
      return GoDown(now);
  }
  SAGA_UNREACHABLE();
}

std::chrono::milliseconds HealthTracker::AskAfter(double chance) const {
  if (suspect_) return std::chrono::milliseconds(0);
  const auto ceiling = std::min<std::chrono::milliseconds>(
      kReprobeFirst * (1U << std::min(asked_, 8U)), kReprobeMax);
  // Half of it, and a share of the other half: many servers must not ask in step.
  return ceiling / 2 + std::chrono::milliseconds(static_cast<std::int64_t>(
                           static_cast<double>(ceiling.count() / 2) * chance));
}

ParticipantHealth HealthTracker::health(const RecentCalls::Summary& recent) const {
  switch (reach_) {
    case Reach::kDown:
      return ParticipantHealth::kDown;
    case Reach::kUnknown:
    case Reach::kUp:
      break;
  }
  if (suspect_ || (recent.calls >= kCallsToJudge && recent.error_ratio >= kDegradedErrorRatio)) {
    return ParticipantHealth::kDegraded;
  }
  return reach_ == Reach::kUp ? ParticipantHealth::kServing : ParticipantHealth::kUnknown;
}

}  // namespace saga::participants

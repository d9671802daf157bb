#include "orchestrator/database_clock.h"

namespace saga {
namespace {

// Answers come late by a varying time, so the largest offset is the best one; a smaller one counts
// only when it cannot be lateness any more.
constexpr Duration kLatenessMax = std::chrono::milliseconds(100);

Duration SinceSteadyEpoch(SteadyTime steady) {
  return std::chrono::duration_cast<Duration>(steady.time_since_epoch());
}

}  // namespace

DatabaseClock::DatabaseClock()
    : offset_(std::chrono::duration_cast<Duration>(
                  std::chrono::system_clock::now().time_since_epoch()) -
              SinceSteadyEpoch(std::chrono::steady_clock::now())) {}

void DatabaseClock::Learn(TimePoint database, SteadyTime arrived) {
  const Duration offset = database.time_since_epoch() - SinceSteadyEpoch(arrived);
  MutexLock lock(mutex_);
  if (!learnt_ || offset > offset_ || offset_ - offset > kLatenessMax) offset_ = offset;
  learnt_ = true;
}

TimePoint DatabaseClock::At(SteadyTime steady) const {
  MutexLock lock(mutex_);
  return TimePoint(SinceSteadyEpoch(steady) + offset_);
}

}  // namespace saga

// What can be told of a participant from how its calls go.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "orchestrator/participant_directory.h"
#include "participants/recent_calls.h"

namespace saga::participants {

// What one call, or one question after its health, said about reaching the participant.
enum class Sign : std::uint8_t {
  kAnswered,     // Whatever it answered.
  kUnreachable,  // No connection.
  kTimedOut,     // A connection, perhaps, but no answer of its own: hung, slow, behind a proxy.
};

// What follows from a sign.
enum class HealthTurn : std::uint8_t {
  kNone,
  kAsk,        // Suspect or down: ask it for its health now and then.
  kRecovered,  // It answers again after it was down.
};

// Down after a few calls in a row that found no connection. A row of time-outs alone may be a slow
// method: the participant is then asked for its health, and is down only if that times out too.
//
// Threads: one at a time: the owner locks. Time and chance are arguments.
class HealthTracker {
 public:
  HealthTurn OnCall(Sign sign, SteadyTime now);
  // The answer to a question that kAsk or ShouldAsk led to.
  HealthTurn OnProbe(Sign sign, SteadyTime now);

  // Whether to ask (again), and after which pause. `chance` is in [0, 1).
  bool ShouldAsk() const { return suspect_ || reach_ == Reach::kDown; }
  std::chrono::milliseconds AskAfter(double chance) const;

  bool IsDown() const { return reach_ == Reach::kDown; }
  ParticipantHealth health(const RecentCalls::Summary& recent) const;
  // When reachability last changed; absent before the first sign.
  std::optional<SteadyTime> since() const { return since_; }

 private:
  enum class Reach : std::uint8_t { kUnknown, kUp, kDown };

  HealthTurn GoUp(SteadyTime now);
  HealthTurn GoDown(SteadyTime now);

  Reach reach_ = Reach::kUnknown;
  bool suspect_ = false;
  std::uint32_t unreachable_ = 0;  // In a row.
  std::uint32_t timed_out_ = 0;    // In a row.
  std::uint32_t asked_ = 0;        // Since it is suspect or down.
  std::optional<SteadyTime> since_;
};

}  // namespace saga::participants

// What the engine keeps of one participant while it calls it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/time.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/participant_directory.h"
#include "participants/call_metrics.h"
#include "participants/health.h"
#include "participants/permit_queue.h"
#include "participants/recent_calls.h"
#include "participants/registry.h"
#include "participants/transport.h"

namespace saga::participants {

struct CallTask;
using CallTaskPtr = std::unique_ptr<CallTask>;

// Where calls go at present. Replaced as a whole when the registration changes.
struct Route {
  ParticipantRef participant;
  std::shared_ptr<Channel> channel;  // Null when it could not be opened: `problem` says why.
  std::string problem;
  const void* health_method = nullptr;
};
using RouteRef = std::shared_ptr<const Route>;

// How one call went, as far as the lane is concerned.
struct CallEnd {
  std::optional<Sign> sign;  // Absent = it was never sent.
  CallQuality quality = CallQuality::kFine;
  std::chrono::microseconds took{0};
  Failure failure;  // With kFailed.
};

// A participant's calls: who may go, who waits, and how it does. One per participant, so that none
// delays another.
//
// Threads:   any; a short lock per method.
// Owns:      the calls that wait. Promises: after Close nobody enters or leaves the queue.
class Lane {
 public:
  explicit Lane(RouteRef route);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  RouteRef route() const;
  void SetRoute(RouteRef route);

  // Gives `task` back with a permit, or keeps it until one is free. Dropped after Close.
  CallTaskPtr Enter(CallTaskPtr task);
  // The next call that may go, with a permit; null when there is none.
  CallTaskPtr Next();
  // A permit comes back, with what its call has shown.
  HealthTurn Leave(CallEnd end);

  HealthTurn OnProbe(Sign sign);
  bool ShouldAsk() const;
  std::chrono::milliseconds AskAfter(double chance) const;

  // Lets nobody in any more, drops those who wait, cancels those in flight and waits for their end.
  void Close();

  struct View {
    ParticipantHealth health = ParticipantHealth::kUnknown;
    std::optional<SteadyTime> since;
    std::int64_t in_flight = 0;
    std::int64_t waiting = 0;
    RecentCalls::Summary recent;
    std::optional<SteadyTime> last_success;
    Failure last_failure;
  };
  View Look() const;

 private:
  void CancelAll();
  HealthTurn Turn(HealthTurn turn) SAGA_REQUIRES(mutex_);
  void ShowLoad() SAGA_REQUIRES(mutex_);

  const LaneMetrics metrics_;
  mutable Mutex mutex_;
  CondVar idle_;
  RouteRef route_ SAGA_GUARDED_BY(mutex_);
  // Calls may still be in flight on these.
  std::vector<std::weak_ptr<Channel>> earlier_channels_ SAGA_GUARDED_BY(mutex_);
  PermitQueue<CallTaskPtr> permits_ SAGA_GUARDED_BY(mutex_);
  HealthTracker health_ SAGA_GUARDED_BY(mutex_);
  mutable RecentCalls recent_ SAGA_GUARDED_BY(mutex_);
  std::optional<SteadyTime> last_success_ SAGA_GUARDED_BY(mutex_);
  Failure last_failure_ SAGA_GUARDED_BY(mutex_);
  bool closed_ SAGA_GUARDED_BY(mutex_) = false;
};

}  // namespace saga::participants

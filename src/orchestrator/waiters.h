// Callers that wait for a saga to come so far.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/status.h"
#include "orchestrator/shard_input.h"

namespace saga {

// True when `saga` has come as far as `goal` asks.
bool HasReached(const Saga& saga, WaitGoal goal);

// Threads:  the shard's.
// Limits:   kWaitersMax.
class Waiters {
 public:
  // False = full; then `wait` is left as it was.
  bool Add(WaitArrived& wait);
  // Removes and returns those whose goal `saga` has reached.
  std::vector<WaitArrived> TakeReached(const Saga& saga);
  // Removes and returns those of the saga whose time is up.
  std::vector<WaitArrived> TakeExpired(const SagaId& saga, TimePoint now);
  // Removes and returns all, or all of the saga.
  std::vector<WaitArrived> TakeAll();
  std::vector<WaitArrived> TakeAllOf(const SagaId& saga);
  // When the first waiter of the saga must be answered at the latest.
  std::optional<TimePoint> EarliestOf(const SagaId& saga) const;
  // The sagas somebody waits for.
  std::vector<SagaId> Awaited() const;
  std::size_t size() const { return count_; }

 private:
  template <typename Condition>
  std::vector<WaitArrived> TakeIf(const SagaId& saga, Condition condition);

  std::map<SagaId, std::vector<WaitArrived>> waits_;
  std::size_t count_ = 0;
};

}  // namespace saga

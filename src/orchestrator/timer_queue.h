// When the shard must look at a saga again by itself.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/ids.h"

namespace saga {

// Entries are derived from the state of sagas (NextWake, waiters) and are never authoritative: one
// that fires asks the saga what is due now.
//
// Threads:  the shard's.
// Limits:   one entry for each live saga; an entry leaves with its saga, however far ahead it was.
class TimerQueue {
 public:
  struct Entry {
    TimePoint at;
    SagaId saga;
    // The id breaks ties, so that a run can be repeated exactly.
    auto operator<=>(const Entry&) const = default;
  };

  void Arm(TimePoint at, const SagaId& saga) { entries_.insert({at, saga}); }
  void Disarm(TimePoint at, const SagaId& saga) { entries_.erase({at, saga}); }
  void Clear() { entries_.clear(); }
  // Removes and returns what is due, earliest first, at most `entries_max`.
  std::vector<Entry> TakeDue(TimePoint now, std::size_t entries_max);
  std::optional<TimePoint> next() const;
  std::size_t size() const { return entries_.size(); }

 private:
  std::set<Entry> entries_;
};

}  // namespace saga

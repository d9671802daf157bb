// When the shard must look at a saga again by itself.
#pragma once

#include <optional>
#include <queue>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/ids.h"

namespace saga {

// Entries are derived from the state of sagas (NextWake, waiters) and are never authoritative: an
// entry that fires asks the saga what is due now, so that a stale one costs a look and nothing
// else.
//
// Threads:  the shard's.
class TimerQueue {
 public:
  void Arm(TimePoint at, const SagaId& saga) { entries_.push({at, saga}); }
  void Clear() { entries_ = {}; }

  struct Entry {
    TimePoint at;
    SagaId saga;
  };
  // Removes and returns what is due, earliest first, at most `entries_max`.
  std::vector<Entry> TakeDue(TimePoint now, std::size_t entries_max);
  std::optional<TimePoint> next() const;
  std::size_t size() const { return entries_.size(); }

 private:
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      // The id breaks ties, so that a run can be repeated exactly.
      return a.at != b.at ? a.at > b.at : a.saga > b.saga;
    }
  };
  std::priority_queue<Entry, std::vector<Entry>, Later> entries_;
};

}  // namespace saga

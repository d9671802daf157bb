// Sagas whose calls may all start now but should not start at once: after a claim, or when a
// participant is back.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/ids.h"

namespace saga {

// Threads:  the shard's.
// Limits:   kPacedSagasBurst at once, then kPacedSagasPerSecond.
class PacedQueue {
 public:
  struct Item {
    SagaId saga;
    std::string recovered;  // The participant that is back; empty = the shard was claimed.
    auto operator<=>(const Item&) const = default;
  };

  // What waits already is not queued twice, however often a participant comes and goes.
  void Push(Item item);
  void Clear();
  // Removes and returns as many as may start now.
  std::vector<Item> Take(TimePoint now);
  // When the next may start.
  std::optional<TimePoint> next() const;
  bool empty() const { return items_.empty(); }

 private:
  std::deque<Item> items_;
  std::set<Item> queued_;  // The same, to find them.
  TimePoint next_{};       // The next item may start then.
};

}  // namespace saga

#include "orchestrator/timer_queue.h"

#include <utility>

namespace saga {

std::vector<TimerQueue::Entry> TimerQueue::TakeDue(TimePoint now, std::size_t entries_max) {
  std::vector<Entry> due;
  while (due.size() < entries_max && !entries_.empty() && entries_.begin()->at <= now) {
    due.push_back(std::move(entries_.extract(entries_.begin()).value()));
  }
  return due;
}

std::optional<TimePoint> TimerQueue::next() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.begin()->at;
}

}  // namespace saga

#include "orchestrator/timer_queue.h"

namespace saga {

std::vector<TimerQueue::Entry> TimerQueue::TakeDue(TimePoint now, std::size_t entries_max) {
  std::vector<Entry> due;
  while (due.size() < entries_max && !entries_.empty() && entries_.top().at <= now) {
    due.push_back(entries_.top());
    entries_.pop();
  }
  return due;
}

std::optional<TimePoint> TimerQueue::next() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.top().at;
}

}  // namespace saga

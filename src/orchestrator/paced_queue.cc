#include "orchestrator/paced_queue.h"

#include <algorithm>
#include <utility>

#include "orchestrator/limits.h"

namespace saga {
namespace {

constexpr Duration kGap =
    Duration(std::chrono::seconds(1)) / static_cast<Duration::rep>(kPacedSagasPerSecond);
constexpr Duration kBurst = kGap * (static_cast<Duration::rep>(kPacedSagasBurst) - 1);

}  // namespace

void PacedQueue::Push(Item item) {
  if (queued_.insert(item).second) items_.push_back(std::move(item));
}

void PacedQueue::Clear() {
  items_.clear();
  queued_.clear();
}

std::vector<PacedQueue::Item> PacedQueue::Take(TimePoint now) {
  std::vector<Item> taken;
  // Rest is credited, up to a burst; a clock that has jumped back is not waited for.
  next_ = std::clamp<TimePoint>(next_, now - kBurst, now + kGap);
  while (!items_.empty() && next_ <= now) {
    queued_.erase(items_.front());
    taken.push_back(std::move(items_.front()));
    items_.pop_front();
    next_ += kGap;
  }
  return taken;
}

std::optional<TimePoint> PacedQueue::next() const {
  if (items_.empty()) return std::nullopt;
  return next_;
}

}  // namespace saga

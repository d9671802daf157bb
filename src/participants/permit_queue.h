// Who may call a participant now, and who waits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "base/check.h"

namespace saga::participants {

// A bounded number of calls in flight, and those that wait in the order they came. After an outage
// few may go at first; each call that is answered well lets one more go, so that the number doubles
// with every round.
//
// Threads:  one at a time: the owner locks.
// Promises: never more in flight than the limit, except for what left under a larger one.
template <typename T>
class PermitQueue {
 public:
  explicit PermitQueue(std::uint32_t limit) : limit_(limit), open_(limit) {}

  // Gives `item` back with a permit, or keeps it. Whoever waits goes first.
  std::optional<T> Enter(T item) {
    if (waiting_.empty() && in_flight_ < open_) {
      ++in_flight_;
      return item;
    }
    waiting_.push_back(std::move(item));
    return std::nullopt;
  }

  // A permit comes back.
  void Leave() {
    SAGA_CHECK(in_flight_ > 0);
    --in_flight_;
  }

  // The next that may go, with a permit.
  std::optional<T> Next() {
    if (waiting_.empty() || in_flight_ >= open_) return std::nullopt;
    std::optional<T> item(std::move(waiting_.front()));
    waiting_.pop_front();
    ++in_flight_;
    return item;
  }

  void SetLimit(std::uint32_t limit) {
    const bool was_wide = open_ >= limit_;
    limit_ = limit;
    open_ = was_wide ? limit : std::min(open_, limit);
  }
  // The participant is back after an outage.
  void Narrow(std::uint32_t to) { open_ = std::min(to, limit_); }
  // A call was answered.
  void Widen() { open_ = std::min(open_ + 1, limit_); }

  std::deque<T> TakeWaiting() { return std::exchange(waiting_, {}); }

  std::uint32_t limit() const { return limit_; }
  std::uint32_t in_flight() const { return in_flight_; }
  std::size_t waiting() const { return waiting_.size(); }

 private:
  std::uint32_t limit_;
  std::uint32_t open_;  // How many may be in flight now, at most `limit_`.
  std::uint32_t in_flight_ = 0;
  std::deque<T> waiting_;
};

}  // namespace saga::participants

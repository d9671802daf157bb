#include "events/memory_sink.h"

#include <utility>

namespace saga {

Offer MemorySink::Produce(const std::string& topic, const EventMessage& event,
                          std::uint64_t ticket) {
  if (broken_) return Offer::kBroken;
  if (queue_.size() >= queue_max_) return Offer::kFull;
  queue_.push_back({{topic, event}, ticket});
  return Offer::kTaken;
}

std::vector<Delivery> MemorySink::Poll(std::chrono::milliseconds) {
  std::vector<Delivery> deliveries;
  if (down_ || broken_) return deliveries;
  while (!queue_.empty()) {
    Queued next = std::move(queue_.front());
    queue_.pop_front();
    stored_.push_back(std::move(next.message));
    if (lose_ > 0) {
      --lose_;
      broken_ = true;
      deliveries.push_back({next.ticket, false});
      return deliveries;
    }
    deliveries.push_back({next.ticket, true});
  }
  return deliveries;
}

Status MemorySink::Reopen() {
  queue_.clear();
  broken_ = false;
  return Status::Ok();
}

}  // namespace saga

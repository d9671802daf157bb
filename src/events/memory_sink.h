// A complete sink in memory: for simulations and tests, with the faults that a broker has.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "events/event_sink.h"

namespace saga {

// Threads: one.
class MemorySink final : public EventSink {
 public:
  struct Stored {
    std::string topic;
    EventMessage event;
  };

  Offer Produce(const std::string& topic, const EventMessage& event, std::uint64_t ticket) override;
  std::vector<Delivery> Poll(std::chrono::milliseconds wait) override;
  Status Reopen() override;

  // What the broker holds, in order.
  const std::vector<Stored>& stored() const { return stored_; }

  // Faults. A broker that is down takes messages into the producer's queue and acknowledges
  // nothing.
  void SetDown(bool down) { down_ = down; }
  void SetQueueMax(std::size_t messages) { queue_max_ = messages; }
  // The next `messages` are stored, but their acknowledgement is lost and the producer must be
  // reopened.
  void LoseAcknowledgements(std::size_t messages) { lose_ = messages; }

 private:
  struct Queued {
    Stored message;
    std::uint64_t ticket;
  };
  std::deque<Queued> queue_;
  std::vector<Stored> stored_;
  std::size_t queue_max_ = 100'000;
  std::size_t lose_ = 0;
  bool down_ = false;
  bool broken_ = false;
};

}  // namespace saga

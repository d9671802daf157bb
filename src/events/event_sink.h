// Where events go. Implemented by KafkaSink and MemorySink; one contract suite for both.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "events/event.h"

namespace saga {

enum class Offer : std::uint8_t {
  kTaken,   // Queued; a Delivery with its ticket will follow.
  kFull,    // Poll, then offer it again.
  kBroken,  // The sink must be reopened; what was not acknowledged must be offered again.
};

struct Delivery {
  std::uint64_t ticket = 0;
  bool acknowledged = false;  // False: reopen the sink.
};

// Threads:   one.
// Promises:  messages of one key are delivered in the order of their offers, each at least once; a
// message is
//            acknowledged only when the broker holds it durably (acks=all).
class EventSink {
 public:
  virtual ~EventSink() = default;

  virtual Offer Produce(const std::string& topic, const EventMessage& event,
                        std::uint64_t ticket) = 0;
  // Waits up to `wait` for acknowledgements.
  virtual std::vector<Delivery> Poll(std::chrono::milliseconds wait) = 0;
  // Forgets everything that is not acknowledged and begins anew.
  virtual Status Reopen() = 0;
};

}  // namespace saga

// Ctrl-C while a stream is followed.
#pragma once

#include <functional>
#include <thread>

namespace saga::admin {

// While it lives, the first SIGINT runs a function instead of ending the process; the second ends
// it.
//
// Threads:  `on_interrupt` runs on a thread of its own.
// Limits:   at most one at a time.
class OnInterrupt final {
 public:
  explicit OnInterrupt(std::function<void()> on_interrupt);
  ~OnInterrupt();
  OnInterrupt(const OnInterrupt&) = delete;
  OnInterrupt& operator=(const OnInterrupt&) = delete;

 private:
  std::function<void()> on_interrupt_;
  std::thread thread_;
};

}  // namespace saga::admin

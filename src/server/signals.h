// SIGTERM and SIGINT: the first asks to drain, the second ends the process at once.
#pragma once

#include <chrono>

namespace saga::server {

// Owns the process's handling of SIGTERM and SIGINT. One per process, made before any thread.
//
// Promises:  a second signal ends the process with 128 + its number, whatever the rest is doing:
// sagad
//            is crash-safe, and somebody is in a hurry.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // True when a signal came within `limit`.
  bool WaitFor(std::chrono::milliseconds limit) const;

 private:
  int read_end_ = -1;
};

}  // namespace saga::server

// Catches calls of a single-threaded object from a second thread.
#pragma once

#include <thread>

#include "base/check.h"

namespace saga {

// Bound to the first thread that calls Check() after construction or Detach().
class ThreadChecker {
 public:
  void Check() {
    if (owner_ == std::thread::id()) owner_ = std::this_thread::get_id();
    SAGA_CHECK(owner_ == std::this_thread::get_id());
  }
  // Lets the object move to another thread. Call it while no thread uses the object.
  void Detach() { owner_ = std::thread::id(); }

 private:
  std::thread::id owner_;
};

}  // namespace saga

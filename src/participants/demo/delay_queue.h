// Things to do later, without a thread each.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <thread>

#include "base/mutex.h"
#include "base/time.h"

namespace saga::demo {

// Threads:   After() and Stop() from any; what is due runs on the queue's own thread and must be
//            short.
// Promises:  after Stop() everything that waited has run, and what comes runs at once on the
//            thread that brings it.
class DelayQueue final {
 public:
  DelayQueue();
  ~DelayQueue();
  DelayQueue(const DelayQueue&) = delete;
  DelayQueue& operator=(const DelayQueue&) = delete;

  void After(std::chrono::milliseconds delay, std::function<void()> what);
  void Stop();

 private:
  void Run();

  Mutex mutex_;
  CondVar changed_;
  std::multimap<SteadyTime, std::function<void()>> waiting_ SAGA_GUARDED_BY(mutex_);
  bool stopping_ SAGA_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace saga::demo

// Threads for work that blocks: reads of the database, registrations that talk to participants.
// gRPC's pollers must never wait.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"

namespace saga::api {

// Threads:   all methods from any thread; tasks run on the pool's own.
// Owns:      its threads.
// Promises:  a task that was accepted runs, also when the pool is stopped.
// Limits:    `queue_max` waiting tasks; beyond it Submit refuses.
class BlockingPool {
 public:
  BlockingPool(std::size_t threads, std::size_t queue_max);
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // Errors: RESOURCE_EXHAUSTED OVERLOADED when the queue is full, UNAVAILABLE DRAINING after Stop.
  Status Submit(std::function<void()> task);
  // Runs what was accepted, then ends the threads.
  void Stop();

 private:
  void Run();

  const std::size_t queue_max_;
  Mutex mutex_;
  CondVar wake_;
  std::deque<std::function<void()>> tasks_ SAGA_GUARDED_BY(mutex_);
  bool stopped_ SAGA_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace saga::api

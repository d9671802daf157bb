// A few threads that do what blocks: the database work of calls.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace saga::demo {

// Threads:   Post() from any.
// Promises:  the destructor runs everything that was posted.
// Limits:    unbounded by itself: the desk bounds the calls that post.
class WorkerPool final {
 public:
  explicit WorkerPool(std::size_t threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void Post(std::function<void()> work);

 private:
  void Run();

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> posted_ SAGA_GUARDED_BY(mutex_);
  bool stopping_ SAGA_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace saga::demo

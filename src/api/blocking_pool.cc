#include "api/blocking_pool.h"

#include <utility>

namespace saga::api {

BlockingPool::BlockingPool(std::size_t threads, std::size_t queue_max) : queue_max_(queue_max) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { Run(); });
  }
}

BlockingPool::~BlockingPool() { Stop(); }

Status BlockingPool::Submit(std::function<void()> task) {
  {
    const MutexLock lock(mutex_);
    if (stopped_) return {StatusCode::kUnavailable, "DRAINING", "the server is stopping"};
    if (tasks_.size() >= queue_max_) {
      return {StatusCode::kResourceExhausted, "OVERLOADED",
              "too many reads are waiting for the database"};
    }
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
  return Status::Ok();
}

void BlockingPool::Stop() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void BlockingPool::Run() {
  while (true) {
    std::function<void()> task;
    {
      const MutexLock lock(mutex_);
      while (!stopped_ && tasks_.empty()) wake_.wait(mutex_);
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace saga::api

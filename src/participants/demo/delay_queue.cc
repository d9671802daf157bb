#include "participants/demo/delay_queue.h"

#include <utility>

namespace saga::demo {

DelayQueue::DelayQueue() : thread_([this] { Run(); }) {}
DelayQueue::~DelayQueue() { Stop(); }

void DelayQueue::After(std::chrono::milliseconds delay, std::function<void()> what) {
  if (delay > std::chrono::milliseconds::zero()) {
    MutexLock lock(mutex_);
    if (!stopping_) {
      const auto due = waiting_.emplace(std::chrono::steady_clock::now() + delay, std::move(what));
      if (due == waiting_.begin()) changed_.notify_one();
      return;
    }
  }
  what();
}

void DelayQueue::Stop() {
  {
    MutexLock lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void DelayQueue::Run() {
  MutexLock lock(mutex_);
  while (true) {
    if (waiting_.empty()) {
      if (stopping_) return;
      changed_.wait(mutex_);
      continue;
    }
    const auto next = waiting_.begin();
    if (!stopping_ && next->first > std::chrono::steady_clock::now()) {
      changed_.wait_until(mutex_, next->first);
      continue;
    }
    const std::function<void()> what = std::move(next->second);
    waiting_.erase(next);
    mutex_.unlock();
    what();
    mutex_.lock();
  }
}

}  // namespace saga::demo

// A mutex that Clang's thread-safety analysis understands, for the few objects that threads share.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define SAGA_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define SAGA_THREAD_ANNOTATION(x)
#endif

#define SAGA_GUARDED_BY(x) SAGA_THREAD_ANNOTATION(guarded_by(x))
#define SAGA_REQUIRES(...) SAGA_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define SAGA_EXCLUDES(...) SAGA_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace saga {

class SAGA_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() SAGA_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void unlock() SAGA_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }
  bool try_lock() SAGA_THREAD_ANNOTATION(try_acquire_capability(true)) { return mutex_.try_lock(); }

 private:
  std::mutex mutex_;
};

// Holds a Mutex for a scope.
class SAGA_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) SAGA_THREAD_ANNOTATION(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() SAGA_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits on a Mutex that the caller holds.
using CondVar = std::condition_variable_any;

}  // namespace saga

// What is compiled once and asked for often.
#pragma once

#include <map>
#include <memory>

#include "base/mutex.h"
#include "base/status.h"
#include "definition/limits.h"

namespace saga {

// Threads: any.
// Limits:  kCompiledExpressionsMax entries; too many are dropped together, and compiled again when
//          they are asked for.
template <typename Key, typename Compiled>
class CompiledCache final {
 public:
  // Found here, or compiled (a Result of a unique_ptr) and kept.
  template <typename Compile>
  Result<std::shared_ptr<const Compiled>> Get(const Key& key, Compile compile) {
    {
      const MutexLock lock(mutex_);
      const auto found = entries_.find(key);
      if (found != entries_.end()) return found->second;
    }
    SAGA_ASSIGN_OR_RETURN(std::unique_ptr<const Compiled> compiled, compile());
    std::shared_ptr<const Compiled> shared = std::move(compiled);
    const MutexLock lock(mutex_);
    if (entries_.size() >= kCompiledExpressionsMax) entries_.clear();
    entries_[key] = shared;
    return shared;
  }
  void Forget(const Key& key) {
    const MutexLock lock(mutex_);
    entries_.erase(key);
  }

 private:
  Mutex mutex_;
  std::map<Key, std::shared_ptr<const Compiled>> entries_ SAGA_GUARDED_BY(mutex_);
};

}  // namespace saga

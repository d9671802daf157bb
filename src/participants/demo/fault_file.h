// The faults file, looked at again and again.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <thread>

#include "base/mutex.h"
#include "participants/demo/faults.h"

namespace saga::demo {

// Keeps the faults of a file that may change at any time.
//
// Threads:   current() from any; a thread of its own looks at the file (a stat ten times a second)
//            and calls `on_change`.
// Promises:  a missing or empty file means no faults; one that cannot be understood changes
//            nothing and is logged.
class FaultFile final {
 public:
  using OnChange = std::function<void(const Faults&)>;

  // An empty path: no faults, for ever.
  FaultFile(std::filesystem::path path, OnChange on_change);
  ~FaultFile();
  FaultFile(const FaultFile&) = delete;
  FaultFile& operator=(const FaultFile&) = delete;

  std::shared_ptr<const Faults> current() const;

 private:
  struct Stamp {
    std::filesystem::file_time_type changed;
    std::uint64_t inode = 0;
    std::uintmax_t size = 0;
    bool operator==(const Stamp&) const = default;
  };

  Stamp Look() const;
  void Load();
  void Run();

  const std::filesystem::path path_;
  const OnChange on_change_;
  Stamp seen_;  // Only the thread, after construction.
  mutable Mutex mutex_;
  CondVar stop_;
  std::shared_ptr<const Faults> faults_ SAGA_GUARDED_BY(mutex_);
  bool stopping_ SAGA_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace saga::demo

#include "participants/demo/fault_file.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <utility>

namespace saga::demo {

FaultFile::FaultFile(std::filesystem::path path, OnChange on_change)
    : path_(std::move(path)),
      on_change_(std::move(on_change)),
      faults_(std::make_shared<const Faults>()) {
  if (path_.empty()) return;
  seen_ = Look();
  Load();
  thread_ = std::thread([this] { Run(); });
}

FaultFile::~FaultFile() {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

std::shared_ptr<const Faults> FaultFile::current() const {
  MutexLock lock(mutex_);
  return faults_;
}

FaultFile::Stamp FaultFile::Look() const {
  struct stat info {};
  if (::stat(path_.c_str(), &info) != 0) return {};
  std::error_code ignored;
  return {std::filesystem::last_write_time(path_, ignored), info.st_ino,
          static_cast<std::uintmax_t>(info.st_size)};
}

void FaultFile::Load() {
  std::ifstream file(path_);
  std::stringstream text;
  if (file) text << file.rdbuf();
  const Result<Faults> faults = ParseFaults(text.str());
  if (!faults.ok()) {
    spdlog::error("faults-file={} {}; the former faults stay", path_.string(),
                  faults.status().ToString());
    return;
  }
  std::shared_ptr<const Faults> loaded = std::make_shared<const Faults>(*faults);
  {
    MutexLock lock(mutex_);
    if (*loaded == *faults_) return;
    faults_ = loaded;
  }
  spdlog::info("faults-file={} faults changed", path_.string());
  on_change_(*loaded);
}

void FaultFile::Run() {
  mutex_.lock();
  while (!stopping_) {
    if (stop_.wait_for(mutex_, kFaultsPoll) == std::cv_status::no_timeout) continue;
    mutex_.unlock();
    const Stamp stamp = Look();
    if (stamp != seen_) {
      seen_ = stamp;
      Load();
    }
    mutex_.lock();
  }
  mutex_.unlock();
}

}  // namespace saga::demo

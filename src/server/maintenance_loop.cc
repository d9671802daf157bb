#include "server/maintenance_loop.h"

#include <chrono>

#include "base/log.h"

namespace saga::server {
namespace {

constexpr std::chrono::seconds kRound{10};  // Segments are closed and truncated this often.

}  // namespace

void MaintenanceLoop::Start() {
  thread_ = std::thread([this] { Run(); });
}

void MaintenanceLoop::Stop() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void MaintenanceLoop::Run() {
  while (true) {
    if (const Status status = maintenance_.RunOnce(); !status.ok()) {
      spdlog::warn("maintenance will be tried again: {}", status.ToString());
    }
    std::unique_lock<Mutex> lock(mutex_);
    if (wake_.wait_for(lock, kRound, [this] { return stopped_; })) return;
  }
}

}  // namespace saga::server

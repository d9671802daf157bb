// Keeps the store small, in the background.
#pragma once

#include <string>
#include <thread>

#include "base/mutex.h"
#include "store/maintenance.h"

namespace saga::server {

// Threads:   Start, Stop from one thread; owns one.
class MaintenanceLoop {
 public:
  MaintenanceLoop(std::string conninfo, MaintenanceOptions options)
      : maintenance_(std::move(conninfo), options) {}
  ~MaintenanceLoop() { Stop(); }

  void Start();
  void Stop();

 private:
  void Run();

  Maintenance maintenance_;
  Mutex mutex_;
  CondVar wake_;
  bool stopped_ SAGA_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace saga::server

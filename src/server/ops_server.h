// The operations port: /metrics, /livez and /readyz over HTTP.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/status.h"

namespace saga::server {

// Threads:   Start, Stop and destruction from one thread; the functions are called on the server's
// own. Owns:      its socket and its threads. Promises:  /livez answers as long as the process can
// answer at all: it never asks the database. Limits:    kOpsThreads requests at a time, small
// requests only, 5 s a read or write.
class OpsServer {
 public:
  struct Hooks {
    std::function<void()> refresh;      // Called before metrics are rendered.
    std::function<Status()> readiness;  // OK = send traffic here.
  };
  explicit OpsServer(Hooks hooks);
  ~OpsServer();

  // Errors: FAILED_PRECONDITION PORT_TAKEN.
  Status Start(const std::string& listen);
  void Stop();
  // As bound; 0 before Start.
  int port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saga::server

// The composition root: what sagad is made of, in the order in which it is made.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/mutex.h"
#include "base/status.h"
#include "server/config.h"
#include "server/live_metrics.h"
#include "server/ops_server.h"

namespace saga::server {

struct Parts;

// Threads:   one. Owns everything.
// Promises:  Start either leaves a serving process or has undone everything; Stop drains in reverse
//            order. A process that is killed instead loses nothing that was acknowledged.
class Server {
 public:
  // Waits for at most this long; true = somebody wants the process to end.
  using StopRequested = std::function<bool(std::chrono::milliseconds)>;

  Server(Config config, StopRequested stop_requested);
  ~Server();

  // Errors: PORT_TAKEN, STORE_REFUSED, STORE_UNAVAILABLE, SCHEMA_OUTDATED, …; each names its key.
  // CANCELLED = a signal came first.
  Status Start();
  // Serves until a signal comes. Turns ready (health, /readyz) once all shards are live.
  void Run();
  // Health NOT_SERVING, intake closed, running calls answered, appended, events flushed, ports
  // closed.
  void Stop();

 private:
  Status Readiness() const;
  void RefreshMetrics();

  Config config_;  // Complete once the database has been asked.
  const StopRequested stop_requested_;
  // The operations port asks for readiness and numbers from threads of its own.
  mutable Mutex parts_mutex_;
  std::unique_ptr<Parts> parts_;
  LiveMetrics live_metrics_ SAGA_GUARDED_BY(parts_mutex_);
  OpsServer ops_;
};

}  // namespace saga::server

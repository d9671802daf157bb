// One demo service as a running gRPC server.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "base/status.h"
#include "participants/demo/service.h"

namespace saga::demo {

struct ParticipantOptions {
  const ServiceSpec* service = nullptr;
  std::string listen;                 // HOST:PORT; port 0 = any.
  std::string database;               // libpq conninfo.
  std::filesystem::path faults_file;  // Empty = no faults.
  std::size_t connections = kConnectionsDefault;
  std::string sagad = "127.0.0.1:7070";  // Where outcomes are reported.
  Settings settings;
};

// Threads:   Start() and Stop() from one thread.
// Owns:      server, connections, workers; Stop() or the destructor ends them.
// Promises:  health (also by the service's name) follows the faults file: down is NOT_SERVING.
//            Stop() answers the calls that are in, those that were delayed at once.
class Participant final {
 public:
  explicit Participant(ParticipantOptions options);
  ~Participant();
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;

  // Errors:    UNAVAILABLE DATABASE_UNAVAILABLE, UNAVAILABLE PORT_TAKEN.
  Status Start();
  void Stop();
  // Requires: started.
  int port() const { return port_; }
  // What it was last told. Requires: started.
  Faults faults() const;

 private:
  struct Parts;
  const ParticipantOptions options_;
  int port_ = 0;
  std::unique_ptr<Parts> parts_;
};

}  // namespace saga::demo

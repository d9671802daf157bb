// The gRPC port: services, health, reflection, limits.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "server/config.h"

namespace saga::server {

// Threads:   one. Borrows the services, which must outlive it.
class GrpcServer {
 public:
  GrpcServer() = default;
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // Whether `api.listen` could be listened on: asked early, before anything is done that would have
  // to be undone. Errors: FAILED_PRECONDITION PORT_TAKEN.
  static Status CheckPort(const std::string& text);

  // Serves, with health NOT_SERVING. Errors: FAILED_PRECONDITION PORT_TAKEN.
  Status Start(const Config& config, const std::vector<grpc::Service*>& services);
  enum class Health : std::uint8_t { kNotServing, kServing };
  void SetHealth(Health health);
  // Takes no new calls, gives those under way `patience`, then cancels them.
  void Stop(std::chrono::milliseconds patience);
  int port() const { return port_; }

 private:
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace saga::server

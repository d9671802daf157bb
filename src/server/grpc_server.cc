#include "server/grpc_server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/limits.h"
#include "server/host_port.h"

namespace saga::server {
namespace {

Status PortTaken(const std::string& listen) {
  return {
      StatusCode::kFailedPrecondition, "PORT_TAKEN",
      fmt::format("api.listen: cannot listen on {}: the port is taken, or the address is not of "
                  "this machine",
                  listen)};
}

}  // namespace

GrpcServer::~GrpcServer() { Stop(std::chrono::milliseconds(0)); }

Status GrpcServer::CheckPort(const std::string& text) {
  SAGA_ASSIGN_OR_RETURN(const HostPort address, ParseHostPort(text));
  addrinfo hints{.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  if (getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found) != 0) {
    return PortTaken(text);
  }
  const int probe = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  const bool bound =
      probe >= 0 && bind(probe, found->ai_addr, found->ai_addrlen) == 0 && listen(probe, 1) == 0;
  if (probe >= 0) close(probe);
  freeaddrinfo(found);
  return bound ? Status::Ok() : PortTaken(text);
}

Status GrpcServer::Start(const Config& config, const std::vector<grpc::Service*>& services) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.AddListeningPort(config.api_listen, grpc::InsecureServerCredentials(), &port_);
  // Two servers on one port would each get half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             static_cast<int>(config.api_streams_max));
  builder.SetMaxReceiveMessageSize(api::kMessageBytesMax);
  builder.SetMaxSendMessageSize(api::kMessageBytesMax);
  grpc::ResourceQuota quota("api");
  quota.Resize(static_cast<std::size_t>(config.api_memory_bytes_max));
  builder.SetResourceQuota(quota);
  for (grpc::Service* service : services) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  if (!server_ || port_ == 0) {
    server_.reset();
    return PortTaken(config.api_listen);
  }
  SetHealth(Health::kNotServing);
  return Status::Ok();
}

void GrpcServer::SetHealth(Health health) {
  if (!server_) return;
  server_->GetHealthCheckService()->SetServingStatus(health == Health::kServing);
}

void GrpcServer::Stop(std::chrono::milliseconds patience) {
  if (!server_) return;
  server_->Shutdown(std::chrono::system_clock::now() + patience);
  server_->Wait();
  server_.reset();
}

}  // namespace saga::server

#include "participants/demo/probe.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>

#include "grpc/health/v1/health.grpc.pb.h"

namespace saga::demo {
namespace {

constexpr std::chrono::seconds kAnswer{2};

}  // namespace

Status AskHealth(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto stub = grpc::health::v1::Health::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kAnswer);
  grpc::health::v1::HealthCheckResponse response;
  const grpc::Status answer = stub->Check(&context, {}, &response);
  if (!answer.ok()) {
    return {StatusCode::kUnavailable, "NOT_SERVING",
            fmt::format("nothing answers at {}: {}", address, answer.error_message())};
  }
  if (response.status() != grpc::health::v1::HealthCheckResponse::SERVING) {
    return {StatusCode::kUnavailable, "NOT_SERVING", fmt::format("{} is not serving", address)};
  }
  return Status::Ok();
}

}  // namespace saga::demo

#include "admin/client.h"

#include <fmt/ostream.h>
#include <grpcpp/create_channel.h>

#include <utility>

#include "admin/interrupt.h"

namespace saga::admin {
namespace {

constexpr int kResponseBytesMax = 64 * 1024 * 1024;
constexpr char kActorKey[] = "x-saga-actor";

}  // namespace

std::shared_ptr<grpc::Channel> ConnectTo(const std::string& server) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(kResponseBytesMax);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
}

Client::Client(std::shared_ptr<grpc::Channel> channel, ClientOptions options)
    : options_(std::move(options)),
      sagas_(v1::SagaService::NewStub(channel)),
      definitions_(v1::DefinitionService::NewStub(channel)),
      operators_(v1::OperatorService::NewStub(channel)),
      participants_(v1::ParticipantService::NewStub(channel)) {}

std::string Client::Name(std::string_view collection, std::string_view id) const {
  return fmt::format("{}/{}/{}", Parent(), collection, id);
}

void Client::Prepare(grpc::ClientContext& context, std::chrono::milliseconds timeout) {
  started_ = std::chrono::steady_clock::now();
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  if (!options_.actor.empty()) context.AddMetadata(kActorKey, options_.actor);
}

Status Client::Finish(const std::string& request_name) {
  const Status status = FromGrpc(last_, options_.server);
  if (options_.trace != nullptr) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - started_);
    fmt::print(*options_.trace, "{} {} {}ms\n", request_name, StatusCodeName(status.code()),
               took.count());
  }
  return status;
}

Status Client::Watch(const v1::WatchSagasRequest& request, std::chrono::milliseconds timeout,
                     const std::function<Follow(const v1::WatchSagasResponse&)>& on_response) {
  grpc::ClientContext context;
  Prepare(context, timeout);
  const auto reader = sagas_->WatchSagas(&context, request);
  const OnInterrupt interrupt([&context] { context.TryCancel(); });
  bool stopped = false;
  for (v1::WatchSagasResponse response; !stopped && reader->Read(&response);) {
    stopped = on_response(response) == Follow::kStop;
  }
  if (stopped) context.TryCancel();
  last_ = reader->Finish();
  const Status status = Finish(request.GetDescriptor()->name());
  return stopped ? Status::Ok() : status;
}

}  // namespace saga::admin

// Calls to sagad.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <type_traits>

#include "admin/call_error.h"
#include "base/status.h"
#include "saga/v1/definition_service.grpc.pb.h"
#include "saga/v1/operator_service.grpc.pb.h"
#include "saga/v1/participant_service.grpc.pb.h"
#include "saga/v1/saga_service.grpc.pb.h"

namespace saga::admin {

using SagaApi = v1::SagaService::StubInterface;
using DefinitionApi = v1::DefinitionService::StubInterface;
using OperatorApi = v1::OperatorService::StubInterface;
using ParticipantApi = v1::ParticipantService::StubInterface;

struct ClientOptions {
  std::string server;      // For messages.
  std::string name_space;  // Of all names that do not say theirs.
  std::string actor;       // Who is asking, for the audit log of a server without authentication.
  std::chrono::milliseconds timeout;
  std::ostream* trace = nullptr;  // One line per call, when set.
};

// Plain TCP, proxies of the environment ignored, answers of up to 64 MiB.
std::shared_ptr<grpc::Channel> ConnectTo(const std::string& server);

// Synchronous calls with a deadline on each.
//
// Threads:  one.
// Does not: repeat a call by itself.
class Client final {
 public:
  Client(std::shared_ptr<grpc::Channel> channel, ClientOptions options);

  // E.g. Call(&SagaApi::GetSaga, request).
  template <typename Api, typename Request, typename Response>
  Result<Response> Call(grpc::Status (Api::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                        const Request& request) {
    return Call(method, request, options_.timeout);
  }
  template <typename Api, typename Request, typename Response>
  Result<Response> Call(grpc::Status (Api::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                        const Request& request, std::chrono::milliseconds timeout) {
    grpc::ClientContext context;
    Prepare(context, timeout);
    Response response;
    last_ = (Stub<Api>().*method)(&context, request, &response);
    SAGA_RETURN_IF_ERROR(Finish(Request::descriptor()->name()));
    return response;
  }

  // Streams until the server ends it or `on_response` returns kStop. The first response comes at
  // once, perhaps without events: from then on nothing is missed.
  enum class Follow : std::uint8_t { kGoOn, kStop };
  Status Watch(const v1::WatchSagasRequest& request, std::chrono::milliseconds timeout,
               const std::function<Follow(const v1::WatchSagasResponse&)>& on_response);

  // "namespaces/default".
  std::string Parent() const { return "namespaces/" + options_.name_space; }
  // "namespaces/default/sagas/x".
  std::string Name(std::string_view collection, std::string_view id) const;
  const ClientOptions& options() const { return options_; }

 private:
  template <typename Api>
  Api& Stub() {
    if constexpr (std::is_same_v<Api, SagaApi>)
      return *sagas_;
    else if constexpr (std::is_same_v<Api, DefinitionApi>)
      return *definitions_;
    else if constexpr (std::is_same_v<Api, OperatorApi>)
      return *operators_;
    else
      return *participants_;
  }
  void Prepare(grpc::ClientContext& context, std::chrono::milliseconds timeout);
  Status Finish(const std::string& request_name);

  ClientOptions options_;
  std::unique_ptr<SagaApi> sagas_;
  std::unique_ptr<DefinitionApi> definitions_;
  std::unique_ptr<OperatorApi> operators_;
  std::unique_ptr<ParticipantApi> participants_;
  grpc::Status last_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace saga::admin

// The SDK's words in gRPC's: the context of a call, and answers that say no.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <string_view>

#include "base/status.h"
#include "participants/sdk/call_context.h"

namespace saga::sdk {

// Who is called, why and for the how manieth time, from the metadata of the call.
Result<CallContext> CallContextOf(const grpc::ServerContextBase& context);

// The answer then says that the work has begun: its outcome is reported later, by the task token.
void MarkAccepted(grpc::ServerContextBase& context);

// With google.rpc.ErrorInfo in `grpc-status-details-bin`; `domain` says whose reasons they are.
grpc::Status ToGrpcStatus(const Status& status, std::string_view domain);

}  // namespace saga::sdk

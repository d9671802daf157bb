#include "participants/sdk/grpc_call.h"

#include <string>

#include "participants/sdk/failure.h"

namespace saga::sdk {

Result<CallContext> CallContextOf(const grpc::ServerContextBase& context) {
  const auto& metadata = context.client_metadata();
  return CallContextOf(MetadataLookup([&metadata](std::string_view key) -> std::string_view {
    const auto found = metadata.find(grpc::string_ref(key.data(), key.size()));
    if (found == metadata.end()) return {};
    return {found->second.data(), found->second.size()};
  }));
}

void MarkAccepted(grpc::ServerContextBase& context) {
  context.AddTrailingMetadata("saga-outcome", "accepted");
}

grpc::Status ToGrpcStatus(const Status& status, std::string_view domain) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), status.message(),
          EncodeFailure(status, domain)};
}

}  // namespace saga::sdk

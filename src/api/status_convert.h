// Status of the inside <-> grpc::Status with google.rpc details, as every gRPC client reads them
// from `grpc-status-details-bin`.
#pragma once

#include <grpcpp/support/status.h>

#include "base/status.h"

namespace saga::api {

// Who defines the reasons.
inline constexpr std::string_view kErrorDomain = "sagad";

// Metadata keys of a Status that become details of their own.
inline constexpr std::string_view kResourceKey = "resource";          // ResourceInfo
inline constexpr std::string_view kRetryAfterKey = "retry_after_ms";  // RetryInfo

// Details: ErrorInfo (always), BadRequest (with violations), RetryInfo (RESOURCE_EXHAUSTED and
// UNAVAILABLE), ResourceInfo (with a resource). Details that do not fit into trailers are left out,
// violations last first; the message is cut.
grpc::Status ToGrpcStatus(const Status& status);

// The inverse, for clients of ours and for tests.
Status FromGrpcStatus(const grpc::Status& status);

// NOT_FOUND SAGA_NOT_FOUND and so on, about one resource ("namespaces/default/sagas/ord-1007").
Status NotFound(std::string reason, std::string resource, std::string message);

}  // namespace saga::api

// A business "no" as it is stored and sent: google.rpc.Status with an ErrorInfo.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace saga::sdk {

// True for the codes by which sagad understands a "no" (FAILED_PRECONDITION, INVALID_ARGUMENT,
// NOT_FOUND, ALREADY_EXISTS, OUT_OF_RANGE). All others say that it may work later.
bool IsRejection(StatusCode code);

// The serialised google.rpc.Status, also what `grpc-status-details-bin` carries; `domain` says
// whose reasons they are. Requires: !status.ok().
std::string EncodeFailure(const Status& status, std::string_view domain);
// The inverse. Bytes that cannot be read become INTERNAL BARRIER_REPLY_INVALID.
Status DecodeFailure(const std::string& bytes);

}  // namespace saga::sdk

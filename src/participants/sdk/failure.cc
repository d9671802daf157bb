#include "participants/sdk/failure.h"

#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace saga::sdk {

bool IsRejection(StatusCode code) {
  switch (code) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kNotFound:
    case StatusCode::kAlreadyExists:
    case StatusCode::kFailedPrecondition:
    case StatusCode::kOutOfRange:
      return true;
    case StatusCode::kOk:
    case StatusCode::kCancelled:
    case StatusCode::kUnknown:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kPermissionDenied:
    case StatusCode::kResourceExhausted:
    case StatusCode::kAborted:
    case StatusCode::kUnimplemented:
    case StatusCode::kInternal:
    case StatusCode::kUnavailable:
    case StatusCode::kDataLoss:
    case StatusCode::kUnauthenticated:
      return false;
  }
  SAGA_UNREACHABLE();
}

std::string EncodeFailure(const Status& status, std::string_view domain) {
  SAGA_CHECK(!status.ok());
  google::rpc::Status encoded;
  encoded.set_code(static_cast<int>(status.code()));
  encoded.set_message(status.message());
  google::rpc::ErrorInfo info;
  info.set_reason(status.reason());
  info.set_domain(std::string(domain));
  for (const auto& [key, value] : status.metadata()) (*info.mutable_metadata())[key] = value;
  encoded.add_details()->PackFrom(info);
  return encoded.SerializeAsString();
}

Status DecodeFailure(const std::string& bytes) {
  google::rpc::Status encoded;
  constexpr int kCodeMax = static_cast<int>(StatusCode::kUnauthenticated);
  if (!encoded.ParseFromString(bytes) || encoded.code() <= 0 || encoded.code() > kCodeMax) {
    return Status(StatusCode::kInternal, "BARRIER_REPLY_INVALID",
                  "the stored answer cannot be read");
  }
  google::rpc::ErrorInfo info;
  for (const auto& detail : encoded.details()) {
    if (detail.Is<google::rpc::ErrorInfo>()) detail.UnpackTo(&info);
  }
  Status status(static_cast<StatusCode>(encoded.code()), info.reason(), encoded.message());
  for (const auto& [key, value] : info.metadata()) {
    status = std::move(status).WithMetadata(key, value);
  }
  return status;
}

}  // namespace saga::sdk

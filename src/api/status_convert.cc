#include "api/status_convert.h"

#include <fmt/format.h>

#include <charconv>

#include "api/limits.h"
#include "base/utf8.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace saga::api {
namespace {

// "namespaces/default/sagas/ord-1007" -> "saga".
std::string ResourceType(std::string_view resource) {
  constexpr std::string_view kSaga = "/sagas/";
  constexpr std::string_view kDefinition = "/definitions/";
  constexpr std::string_view kParticipant = "/participants/";
  if (resource.find(kSaga) != std::string_view::npos) return "saga";
  if (resource.find(kDefinition) != std::string_view::npos) return "definition";
  if (resource.find(kParticipant) != std::string_view::npos) return "participant";
  return "resource";
}

bool CallerShouldRepeat(StatusCode code) {
  return code == StatusCode::kResourceExhausted || code == StatusCode::kUnavailable;
}

void AddRetryInfo(const Status& status, google::rpc::Status& proto) {
  std::int64_t millis =
      (status.code() == StatusCode::kUnavailable ? kRetryAfterUnavailable : kRetryAfterOverload)
          .count();
  for (const auto& [key, value] : status.metadata()) {
    if (key == kRetryAfterKey) std::from_chars(value.data(), value.data() + value.size(), millis);
  }
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(millis / 1000);
  info.mutable_retry_delay()->set_nanos(static_cast<std::int32_t>(millis % 1000 * 1'000'000));
  proto.add_details()->PackFrom(info);
}

void AddViolations(const Status& status, google::rpc::Status& proto) {
  google::rpc::BadRequest bad_request;
  for (const FieldViolation& violation : status.violations()) {
    auto* field = bad_request.add_field_violations();
    field->set_field(ToValidUtf8(violation.field));
    field->set_description(ToValidUtf8(violation.description));
    if (proto.ByteSizeLong() + bad_request.ByteSizeLong() > kErrorDetailBytesMax) {
      bad_request.mutable_field_violations()->RemoveLast();
      break;
    }
  }
  proto.add_details()->PackFrom(bad_request);
}

google::rpc::ErrorInfo InfoOf(const Status& status) {
  google::rpc::ErrorInfo info;
  info.set_domain(std::string(kErrorDomain));
  info.set_reason(status.reason());
  for (const auto& [key, value] : status.metadata()) {
    if (key != kRetryAfterKey) (*info.mutable_metadata())[key] = ToValidUtf8(value);
  }
  return info;
}

}  // namespace

grpc::Status ToGrpcStatus(const Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::string message = ToValidUtf8(CutUtf8(status.message(), kErrorMessageCharsMax));
  google::rpc::Status proto;
  proto.set_code(static_cast<int>(status.code()));
  proto.set_message(message);
  proto.add_details()->PackFrom(InfoOf(status));
  for (const auto& [key, value] : status.metadata()) {
    if (key != kResourceKey) continue;
    google::rpc::ResourceInfo resource;
    resource.set_resource_type(ResourceType(value));
    resource.set_resource_name(ToValidUtf8(value));
    resource.set_description(message);
    proto.add_details()->PackFrom(resource);
  }
  if (CallerShouldRepeat(status.code())) AddRetryInfo(status, proto);
  if (!status.violations().empty()) AddViolations(status, proto);
  return {static_cast<grpc::StatusCode>(status.code()), message, proto.SerializeAsString()};
}

Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return Status::Ok();
  // gRPC itself may send any number; what is no code is UNKNOWN.
  const int number = static_cast<int>(status.error_code());
  const StatusCode code =
      number >= 1 && number <= 16 ? static_cast<StatusCode>(number) : StatusCode::kUnknown;
  google::rpc::Status proto;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> metadata;
  google::rpc::BadRequest bad_request;
  if (proto.ParseFromString(status.error_details())) {
    for (const auto& detail : proto.details()) {
      google::rpc::ErrorInfo info;
      if (detail.UnpackTo(&info)) {
        reason = info.reason();
        metadata.assign(info.metadata().begin(), info.metadata().end());
      }
      google::rpc::BadRequest fields;
      if (detail.UnpackTo(&fields)) bad_request = fields;
    }
  }
  Status result(code, reason, status.error_message());
  for (auto& [key, value] : metadata) {
    result = std::move(result).WithMetadata(std::move(key), std::move(value));
  }
  for (const auto& field : bad_request.field_violations()) {
    result = std::move(result).WithField(field.field(), field.description());
  }
  return result;
}

Status NotFound(std::string reason, std::string resource, std::string message) {
  return Status(StatusCode::kNotFound, std::move(reason), std::move(message))
      .WithMetadata(std::string(kResourceKey), std::move(resource));
}

}  // namespace saga::api

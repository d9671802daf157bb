#include "base/status.h"

#include <fmt/format.h>

#include <array>

namespace saga {
namespace {

constexpr std::array<std::string_view, 17> kNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

}  // namespace

std::string_view StatusCodeName(StatusCode code) { return kNames[static_cast<std::size_t>(code)]; }

std::optional<StatusCode> StatusCodeFromName(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<StatusCode>(i);
  }
  return std::nullopt;
}

Status Status::WithField(std::string field, std::string description) && {
  violations_.push_back({std::move(field), std::move(description)});
  return std::move(*this);
}

Status Status::WithMetadata(std::string key, std::string value) && {
  metadata_.emplace_back(std::move(key), std::move(value));
  return std::move(*this);
}

Status Status::WithContext(std::string_view context) && {
  message_ = fmt::format("{}: {}", context, message_);
  return std::move(*this);
}

std::string Status::ToString() const {
  if (ok()) return "OK";
  return fmt::format("{} {}: {}", StatusCodeName(code_), reason_, message_);
}

Status InvalidField(std::string field, std::string description) {
  std::string message = fmt::format("{}: {}", field, description);
  return Status(StatusCode::kInvalidArgument, "FIELD_INVALID", std::move(message))
      .WithField(std::move(field), std::move(description));
}

Status InternalError(std::string message) {
  return {StatusCode::kInternal, "INTERNAL", std::move(message)};
}

Status StoreUnavailable(std::string message) {
  return {StatusCode::kUnavailable, "STORE_UNAVAILABLE", std::move(message)};
}

}  // namespace saga

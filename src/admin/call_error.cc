#include "admin/call_error.h"

#include <fmt/format.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>
#include <cstdio>

#include "admin/exit_code.h"
#include "admin/reasons.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

constexpr std::size_t kWidthDefault = 100;

StatusCode ToCode(grpc::StatusCode code) {
  if (code < 0 || code > static_cast<int>(StatusCode::kUnauthenticated))
    return StatusCode::kUnknown;
  return static_cast<StatusCode>(code);
}

// The outermost word of what happened.
std::string_view Verdict(StatusCode code) {
  switch (code) {
    case StatusCode::kFailedPrecondition:
    case StatusCode::kAborted:
    case StatusCode::kAlreadyExists:
      return "refused, ";
    case StatusCode::kPermissionDenied:
    case StatusCode::kUnauthenticated:
      return "not allowed, ";
    case StatusCode::kInternal:
    case StatusCode::kUnknown:
    case StatusCode::kDataLoss:
      return "unexpected, ";
    case StatusCode::kOk:
    case StatusCode::kCancelled:
    case StatusCode::kInvalidArgument:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kNotFound:
    case StatusCode::kResourceExhausted:
    case StatusCode::kOutOfRange:
    case StatusCode::kUnimplemented:
    case StatusCode::kUnavailable:
      return "";
  }
  SAGA_UNREACHABLE();
}

// "Connection refused" of a chain of causes that gRPC joins by colons.
std::string LastCause(const std::string& message) {
  const std::size_t colon = message.rfind(": ");
  return colon == message.npos ? message : message.substr(colon + 2);
}

// Most metadata repeats for programs what the message says.
bool IsForPeople(const Status& status, const std::string& key) {
  if (key == "retry_after" || key == "role") return true;
  return status.reason() == "ETAG_MISMATCH" && (key == "current_etag" || key == "changed_by");
}

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) details.Clear();
  return details;
}

}  // namespace

Status FromGrpc(const grpc::Status& status, const std::string& server) {
  if (status.ok()) return Status::Ok();
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::RetryInfo retry;
  const google::rpc::Status details = Details(status);
  for (const auto& detail : details.details()) {
    if (detail.Is<google::rpc::ErrorInfo>()) detail.UnpackTo(&info);
    if (detail.Is<google::rpc::BadRequest>()) detail.UnpackTo(&bad_request);
    if (detail.Is<google::rpc::RetryInfo>()) detail.UnpackTo(&retry);
  }
  std::string reason = info.reason();
  std::string message = status.error_message();
  if (reason.empty() && status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    reason = "UNREACHABLE";
    message = fmt::format("cannot reach sagad at {} ({})", server, LastCause(message));
  } else if (reason.empty() && status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    reason = "TIMED_OUT";
    message = fmt::format("sagad at {} did not answer in time", server);
  } else if (reason.empty() && status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    reason = "UNIMPLEMENTED";
    message = fmt::format("the server at {} does not know this method ({})", server, message);
  }
  if (reason.empty() && status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
      message.find("larger than max") != message.npos) {
    // gRPC's own refusal: nothing was looked at, and a repetition would change nothing.
    return {StatusCode::kInvalidArgument, "FIELD_INVALID",
            fmt::format("the request is too large for the server ({})", message)};
  }
  Status result(ToCode(status.error_code()), reason, message);
  for (const auto& violation : bad_request.field_violations()) {
    result = std::move(result).WithField(violation.field(), violation.description());
  }
  for (const auto& [key, value] : info.metadata()) {
    result = std::move(result).WithMetadata(key, value);
  }
  if (retry.has_retry_delay()) {
    result = std::move(result).WithMetadata(
        "retry_after",
        fmt::format("{}s", std::max<std::int64_t>(1, retry.retry_delay().seconds())));
  }
  return result;
}

std::vector<v1::Diagnostic> DiagnosticsOf(const Status& status) {
  std::vector<v1::Diagnostic> diagnostics;
  for (const FieldViolation& violation : status.violations()) {
    v1::Diagnostic diagnostic;
    diagnostic.set_severity(v1::Diagnostic::SEVERITY_ERROR);
    diagnostic.set_message(violation.description);
    int line = 0;
    int column = 0;
    if (std::sscanf(violation.field.c_str(), "source:%d:%d", &line, &column) == 2) {
      diagnostic.set_line(line);
      diagnostic.set_column(column);
    }
    diagnostics.push_back(std::move(diagnostic));
  }
  return diagnostics;
}

Status UsageError(std::string message) {
  return Status(StatusCode::kInvalidArgument, "USAGE", std::move(message));
}

Status Declined() { return Status(StatusCode::kCancelled, "DECLINED", "nothing was changed"); }

std::string RenderError(const Status& status, const ErrorLayout& layout, const Paint& paint) {
  const std::size_t width = layout.width == 0 ? kWidthDefault : layout.width;
  const std::string exit = fmt::format("exit {}", static_cast<int>(ExitCodeOf(status)));
  std::string message = Clean(status.message());
  if (message.empty()) message = std::string(StatusCodeName(status.code()));

  const std::string headline = fmt::format("error: {}{}", Verdict(status.code()), message);
  std::vector<std::string> lines = Wrap(headline, width - 2);
  const std::size_t indent = lines.size() > 1 ? 2 : 0;
  if (indent + DisplayWidth(lines.back()) + 2 + exit.size() <= width) {
    lines.back() = PadRight(lines.back(), std::min<std::size_t>(width, 80) - exit.size() - 2);
    lines.back() += "  " + exit;
  } else {
    lines.push_back("  " + exit);
  }
  lines.front() = paint(Tone::kBad, "error:") + lines.front().substr(6);
  std::string text = Join(lines, "\n  ") + "\n";

  for (const FieldViolation& violation : status.violations()) {
    const std::string description = Clean(violation.description);
    if (message.find(description) != message.npos) continue;
    text += fmt::format("  {}: {}\n", Clean(violation.field), description);
  }
  for (const auto& [key, value] : status.metadata()) {
    if (!IsForPeople(status, key)) continue;
    text += fmt::format("  {}: {}\n", Clean(key), Clean(value));
  }
  const ReasonHelp* help = FindReason(status.reason());
  if (status.reason() == "USAGE") {
    text += fmt::format("  more: {} help\n", layout.argv0);
  } else if (help != nullptr) {
    for (const std::string& line : Wrap(WithArgv0(help->hint, layout.argv0), width - 2)) {
      text += "  " + line + "\n";
    }
    text += fmt::format("  more: {} help {}\n", layout.argv0, status.reason());
  }
  return text;
}

}  // namespace saga::admin

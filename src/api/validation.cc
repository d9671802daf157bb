#include "api/validation.h"

#include <fmt/format.h>

#include <charconv>

#include "api/limits.h"
#include "base/duration.h"
#include "base/utf8.h"
#include "orchestrator/core/limits.h"

namespace saga::api {

void Violations::Add(std::string field, std::string description) {
  found_.push_back({std::move(field), std::move(description)});
}

bool Violations::Check(const Status& status) {
  if (status.ok()) return true;
  for (const FieldViolation& violation : status.violations()) found_.push_back(violation);
  if (status.violations().empty()) found_.push_back({"", status.message()});
  return false;
}

Status Violations::ToStatus() const {
  if (found_.empty()) return Status::Ok();
  std::string message = fmt::format("{}: {}", found_[0].field, found_[0].description);
  if (found_.size() > 1) message += fmt::format(" (and {} more)", found_.size() - 1);
  Status status(StatusCode::kInvalidArgument, "FIELD_INVALID", std::move(message));
  for (const FieldViolation& violation : found_) {
    status = std::move(status).WithField(violation.field, violation.description);
  }
  return status;
}

Status CheckText(std::string_view field, std::string_view text, std::size_t chars_max) {
  if (text.size() > chars_max) {
    return InvalidField(std::string(field), fmt::format("has {} bytes; at most {} are allowed",
                                                        text.size(), chars_max));
  }
  if (text.find('\0') != std::string_view::npos) {
    return InvalidField(std::string(field), "contains a NUL character, which is not allowed");
  }
  if (!IsValidUtf8(text)) return InvalidField(std::string(field), "is not valid UTF-8");
  return Status::Ok();
}

Status CheckLabels(std::string_view field,
                   const google::protobuf::Map<std::string, std::string>& labels) {
  Violations violations;
  if (labels.size() > kLabelsMax) {
    violations.Add(std::string(field),
                   fmt::format("has {} labels; at most {} are allowed", labels.size(), kLabelsMax));
    return violations.ToStatus();
  }
  for (const auto& [key, value] : labels) {
    if (!IsValidId(key)) {
      violations.Add(std::string(field),
                     "a key is not 1 to 63 characters out of A-Z a-z 0-9 . _ -");
      continue;
    }
    violations.Check(CheckText(fmt::format("{}[{}]", field, key), value, kLabelValueCharsMax));
  }
  return violations.ToStatus();
}

Status CheckPayload(std::string_view field, const v1::Payload& payload) {
  Violations violations;
  violations.Check(CheckText(fmt::format("{}.type", field), payload.type(), 512));
  const bool is_json = payload.encoding_case() == v1::Payload::kJson;
  const std::size_t bytes = is_json ? payload.json().size() : payload.protobuf().size();
  const std::string path = fmt::format("{}.{}", field, is_json ? "json" : "protobuf");
  if (bytes > kPayloadBytesMax) {
    violations.Add(path,
                   fmt::format("has {} bytes; at most {} are allowed", bytes, kPayloadBytesMax));
  }
  if (is_json && payload.json().find('\0') != std::string::npos) {
    violations.Add(path, "contains a NUL character, which is not allowed");
  }
  if (payload.encoding_case() == v1::Payload::kProtobuf && payload.type().empty()) {
    violations.Add(fmt::format("{}.type", field), "is required with protobuf");
  }
  return violations.ToStatus();
}

Status CheckReason(std::string_view field, std::string_view reason) {
  if (reason.size() < kReasonCharsMin) {
    return InvalidField(std::string(field),
                        fmt::format("must have at least {} characters: it is all that the next "
                                    "person will know",
                                    kReasonCharsMin));
  }
  return CheckText(field, reason, kReasonCharsMax);
}

Result<std::chrono::milliseconds> ReadDuration(std::string_view field,
                                               const google::protobuf::Duration& duration,
                                               std::chrono::milliseconds max) {
  if (duration.seconds() == 0 && duration.nanos() == 0) return std::chrono::milliseconds(0);
  const auto max_seconds = std::chrono::duration_cast<std::chrono::seconds>(max).count();
  const bool positive =
      duration.seconds() >= 0 && duration.nanos() >= 0 && duration.nanos() < 1'000'000'000;
  if (!positive || duration.seconds() > max_seconds) {
    return InvalidField(std::string(field),
                        fmt::format("must be positive and at most {}", FormatDuration(max)));
  }
  // Rounded up: a deadline of some nanoseconds is not "none".
  return std::chrono::milliseconds(duration.seconds() * 1000 +
                                   (duration.nanos() + 999'999) / 1'000'000);
}

Result<Revision> ParseEtag(std::string_view field, std::string_view etag) {
  std::uint64_t number = 0;
  if (etag.size() >= 2 && etag[0] == 'r') {
    const auto [end, error] = std::from_chars(etag.data() + 1, etag.data() + etag.size(), number);
    if (error == std::errc() && end == etag.data() + etag.size()) {
      return static_cast<Revision>(number);
    }
  }
  return InvalidField(std::string(field), "is not an etag; send Saga.etag as it was read");
}

std::string FormatEtag(Revision revision) { return fmt::format("r{}", ToNumber(revision)); }

Result<std::size_t> ReadPageSize(std::int32_t page_size, std::int32_t fallback) {
  if (page_size < 0) return InvalidField("page_size", "must not be negative");
  if (page_size == 0) page_size = fallback;
  return static_cast<std::size_t>(std::min(page_size, kPageSizeMax));
}

Status CheckStartRequest(const v1::StartSagaRequest& request) {
  Violations violations;
  if (!request.saga_id().empty() && !IsValidId(request.saga_id())) {
    violations.Add("saga_id", "must be 1 to 63 characters out of A-Z a-z 0-9 . _ -");
  }
  violations.Check(CheckPayload("input", request.input()));
  violations.Check(CheckText("business_key", request.business_key(), kBusinessKeyCharsMax));
  violations.Check(CheckLabels("labels", request.labels()));
  violations.Check(ReadDuration("deadline", request.deadline(), kSagaDeadlineMax).status());
  return violations.ToStatus();
}

Status CheckSignal(const v1::SignalSagaRequest& request) {
  Violations violations;
  if (request.signal().empty()) {
    violations.Add("signal", "is required: the name that a step of the definition waits for");
  }
  violations.Check(CheckText("signal", request.signal(), kIdCharsMax));
  if (request.signal_id().empty()) {
    violations.Add("signal_id", "is required: with the same id, a repeated call is one signal");
  }
  violations.Check(CheckText("signal_id", request.signal_id(), kSignalIdCharsMax));
  violations.Check(CheckPayload("payload", request.payload()));
  return violations.ToStatus();
}

Status CheckOutcome(const v1::ReportStepOutcomeRequest& request) {
  Violations violations;
  if (request.has_output()) violations.Check(CheckPayload("output", request.output()));
  if (request.has_failure()) {
    const v1::Failure& failure = request.failure();
    violations.Check(CheckText("failure.reason", failure.reason(), kFailureReasonCharsMax));
    violations.Check(CheckText("failure.domain", failure.domain(), kFailureReasonCharsMax));
    violations.Check(CheckText("failure.message", failure.message(), kFailureMessageBytesMax));
    const auto code = static_cast<StatusCode>(failure.code());
    const bool is_no = code == StatusCode::kFailedPrecondition ||
                       code == StatusCode::kInvalidArgument || code == StatusCode::kNotFound ||
                       code == StatusCode::kAlreadyExists || code == StatusCode::kOutOfRange;
    if (!is_no) {
      violations.Add(
          "failure.code",
          "must say no for good: FAILED_PRECONDITION (9), INVALID_ARGUMENT (3), NOT_FOUND "
          "(5), ALREADY_EXISTS (6) or OUT_OF_RANGE (11)");
    }
  }
  if (!request.has_output() && !request.has_failure()) {
    violations.Add("outcome", "is required: output (it has happened) or failure (it is refused)");
  }
  return violations.ToStatus();
}

Result<std::optional<Revision>> ReadActionContext(const v1::ActionContext& context) {
  Violations violations;
  violations.Check(CheckReason("context.reason", context.reason()));
  std::optional<Revision> etag;
  if (!context.etag().empty()) {
    Result<Revision> revision = ParseEtag("context.etag", context.etag());
    if (violations.Check(revision.status()) && !context.force()) etag = *revision;
  } else if (!context.force() && !context.validate_only()) {
    violations.Add("context.etag",
                   "is required unless force is set: send Saga.etag as it was read");
  }
  SAGA_RETURN_IF_ERROR(violations.ToStatus());
  return etag;
}

}  // namespace saga::api

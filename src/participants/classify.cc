#include "participants/classify.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/utf8.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "orchestrator/core/limits.h"
#include "orchestrator/core/outcome.h"
#include "participants/limits.h"

namespace saga::participants {
namespace {

void ReadDetails(const std::string& bytes, Verdict& verdict) {
  google::rpc::Status status;
  if (bytes.empty() || bytes.size() > kStatusDetailsBytesMax || !status.ParseFromString(bytes)) {
    return;
  }
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info)) {
      verdict.failure.reason = FitForPeople(info.reason());
      verdict.failure.domain = FitForPeople(info.domain());
    } else if (detail.Is<google::rpc::RetryInfo>() && detail.UnpackTo(&retry)) {
      const auto millis =
          google::protobuf::util::TimeUtil::DurationToMilliseconds(retry.retry_delay());
      verdict.retry_after = std::clamp<std::chrono::milliseconds>(
          std::chrono::milliseconds(millis), std::chrono::milliseconds(0), kRetryAfterMax);
    }
  }
}

}  // namespace

std::string FitForPeople(std::string_view text) {
  const std::string valid = ToValidUtf8(text.substr(0, kFailureMessageBytesMax));
  std::string fit(CutUtf8(valid, kFailureMessageBytesMax));
  for (char& c : fit) {
    const bool control =
        (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') || c == 127;
    if (control) c = '?';
  }
  return fit;
}

Verdict Classify(const UnaryReply& reply, const std::map<std::string, ErrorRule>& errors,
                 const AdaptedMethod* adapted) {
  Verdict verdict{.outcome = CallOutcome::kSucceeded};
  if (reply.code == StatusCode::kOk) return verdict;
  verdict.failure.code = reply.code;
  verdict.failure.message = FitForPeople(reply.message);
  ReadDetails(reply.details, verdict);
  if (adapted != nullptr && !adapted->Translate(verdict.failure)) {
    // What the definition says of errors is about the contract's; this one is not among them.
    verdict.outcome = OutcomeOf(verdict.failure, {});
    if (verdict.outcome == CallOutcome::kRejected) {
      verdict.outcome = CallOutcome::kUnknown;
      verdict.failure.message =
          FitForPeople("no rule of its adapter maps this error: " + verdict.failure.message);
    }
    return verdict;
  }
  verdict.outcome = OutcomeOf(verdict.failure, errors);
  if (verdict.outcome == CallOutcome::kSucceeded) verdict.failure = {};
  return verdict;
}

Verdict UnreadableAnswer(const std::string& body, const std::string& type) {
  std::string bytes;
  for (const char c : body.substr(0, kRawAnswerBytesShown)) {
    bytes += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return {
      .outcome = CallOutcome::kUnknown,
      .failure = {.code = StatusCode::kDataLoss,
                  .reason = "ANSWER_UNREADABLE",
                  .domain = "sagad",
                  .message = fmt::format(
                      "the participant answered OK, but its answer ({} bytes) cannot be read "
                      "as {}; it may have acted. The answer in hex: {}{}",
                      body.size(), type, bytes, body.size() > kRawAnswerBytesShown ? "…" : "")}};
}

Verdict Unsendable(std::string_view message) {
  return {.outcome = CallOutcome::kMisconfigured,
          .failure = {.code = StatusCode::kFailedPrecondition,
                      .reason = "CALL_MISCONFIGURED",
                      .domain = "sagad",
                      .message = FitForPeople(message)}};
}

}  // namespace saga::participants

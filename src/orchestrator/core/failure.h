// What went wrong with a call, and what an answer means.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/status.h"

namespace saga {

// In the participant's own words plus a stable classification.
struct Failure {
  StatusCode code = StatusCode::kOk;
  std::string reason;   // google.rpc.ErrorInfo.reason, if the participant sent one.
  std::string domain;   // google.rpc.ErrorInfo.domain.
  std::string message;  // For people; cut at kFailureMessageBytesMax.

  bool operator==(const Failure&) const = default;
};

// What an answer means, before the position of its step is considered. Classified by `participants`
// from the gRPC status and the definition's `errors:`.
enum class CallOutcome : std::uint8_t {
  kSucceeded,  // The participant executed the call; its result is final.
  kRejected,   // The participant refused for good.
  kDeclined,   // It executed, and its answer means no (`reject_if`): to be undone like a success.
  kUnknown,  // Time-out or broken connection: it may or may not have executed. Repeat with the same
             // key.
  kMisconfigured,  // Not allowed, not implemented: a person is needed, customers are left alone.
  kNotSent,        // Dropped before it left this node: this attempt did not happen.
  kAccepted,       // The participant works on it; the outcome is reported later (async steps only).
};
constexpr bool IsSuccess(CallOutcome outcome) {
  return outcome == CallOutcome::kSucceeded || outcome == CallOutcome::kDeclined;
}

// Why a step waits for a person. The names are part of the API (Attention.reason). The values are
// stored.
enum class StuckReason : std::uint8_t {
  kRetriesExhausted = 1,       // Forward, after the pivot or the pivot itself: attempts used up.
  kCompensationExhausted = 2,  // Undo: attempts used up.
  kAnswerUnknown = 3,       // Turning back, and the answer of an unanswered call cannot be learnt.
  kRejectedAfterPivot = 4,  // The participant said no where there is no way back.
  kMisconfigured = 5,       // Not allowed, not implemented, or `errors:` says stuck.
  kLateSuccess = 6,         // An action succeeded after its undo: an effect nobody may have undone.
  kConditionFailed = 7,     // `when` or a delay could not be evaluated.
  kAnswerOverdue = 8,       // The outcome of an accepted call, or a signal, did not come in time.
  kFollowUpFailed = 9,      // The start of a follow-up was refused for good (belongs to no step).
};

// "RETRIES_EXHAUSTED" and so on.
std::string_view StuckReasonName(StuckReason reason);

}  // namespace saga

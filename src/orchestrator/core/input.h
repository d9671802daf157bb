// What arrives at a saga. Requests are verbs, arrivals are past tense; none of them is journalled.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "base/time.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/payload.h"
#include "orchestrator/core/record.h"

namespace saga {

// A start that has been validated: everything the first record needs.
struct StartRequest {
  SagaId saga;
  DefinitionRef definition;
  PayloadRef input;
  std::string business_key;
  std::map<std::string, std::string> labels;
  std::chrono::milliseconds deadline{0};  // From now; 0 = none.
  std::string start_digest;
  std::string started_by;
  std::string traceparent;
};

// The answer to one attempt of one call.
struct CallReplied {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempt = 0;
  CallOutcome outcome = CallOutcome::kUnknown;
  PayloadRef output;  // With kSucceeded and kDeclined.
  // With all others. A query that was answered and knows neither is kUnknown with code kOk.
  Failure failure;
  std::chrono::milliseconds retry_after{0};  // RetryInfo; 0 = not said.
};

// The outcome of a call that was accepted, or will be: from the participant, by its task token.
struct OutcomeReported {
  StepIndex step{};
  Operation operation = Operation::kAction;
  CallOutcome outcome = CallOutcome::kSucceeded;  // kSucceeded, kDeclined or kRejected.
  PayloadRef output;                              // With kSucceeded and kDeclined.
  Failure failure;                                // With kRejected and kDeclined.
};

// The business tells a saga that something has happened.
struct SignalArrived {
  std::string name;
  std::string id;  // The same id again is the same signal.
  PayloadRef payload;
};

// The answer to the start of a follow-up.
struct FollowUpReplied {
  FollowUpPlace place;
  CallOutcome outcome = CallOutcome::kUnknown;  // kSucceeded, kRejected (for good) or kUnknown.
  Failure failure;
};

// The wake-up that NextWake asked for, or an earlier one.
struct Wake {};

// A participant answers again after an outage: what waits for it need not wait longer.
struct ParticipantRecovered {
  std::string participant;
};

// The business asks to roll back.
struct CancelRequest {
  std::string actor;
  std::string reason;
  std::optional<Revision> etag;
};

// A person acts.
struct OperatorRequest {
  OperatorAction action = OperatorAction::kRetry;
  std::string actor;
  std::string client;
  std::string reason;
  std::string reference;                   // kResolve.
  std::optional<Revision> etag;            // Absent = forced.
  std::optional<StepIndex> step;           // kRetry: absent = all that waits. kSettle*: required.
  std::optional<Operation> operation;      // Absent = the one that is outstanding.
  std::optional<FollowUpPlace> follow_up;  // Instead of a step: kRetry, kSettleDone.
  bool new_key = false;                    // kRetry of an undo: under a new idempotency key.
  PayloadRef output;                       // kSettleDone; may be null.
  ResolvedAs resolve_as = ResolvedAs::kSucceeded;
  std::string request_digest;
};

using Input = std::variant<CallReplied, OutcomeReported, SignalArrived, FollowUpReplied, Wake,
                           ParticipantRecovered, CancelRequest, OperatorRequest>;

}  // namespace saga

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
  PayloadRef output;                         // With kSucceeded and kDeclined.
  Failure failure;                           // With all others.
  std::chrono::milliseconds retry_after{0};  // RetryInfo; 0 = not said.
};

// The wake-up that NextWake asked for, or an earlier one.
struct TimerFired {};

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
  std::string reference;               // kResolve.
  std::optional<Revision> etag;        // Absent = forced.
  std::optional<StepIndex> step;       // kRetry: absent = all that waits. kSettle*: required.
  std::optional<Operation> operation;  // Absent = the one that is outstanding.
  bool new_key = false;                // kRetry of an undo: under a new idempotency key.
  PayloadRef output;                   // kSettleDone; may be null.
  ResolvedAs resolve_as = ResolvedAs::kSucceeded;
  std::string request_digest;
};

using Input =
    std::variant<CallReplied, TimerFired, ParticipantRecovered, CancelRequest, OperatorRequest>;

}  // namespace saga

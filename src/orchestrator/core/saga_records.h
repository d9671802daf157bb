// Records about a saga as a whole. docs/semantics.md says when each is written.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/payload.h"
#include "orchestrator/core/record_parts.h"

namespace saga {

struct SagaStarted {
  std::string definition;  // Name, without namespace.
  std::uint32_t version = 0;
  std::string definition_digest;
  std::string start_digest;  // Of the body of the start: tells a repeat from another saga.
  PayloadRef input;
  std::string business_key;
  std::map<std::string, std::string> labels;
  std::optional<TimePoint> deadline;
  std::string started_by;
  std::string traceparent;
  DueCalls due;
  std::vector<StepIndex> skipped;
  StepWaits waits;
};

// Why a saga turned back. The values are stored.
enum class CompensationCause : std::uint8_t {
  kStepFailed = 1,
  kDeadline = 2,
  kCancelled = 3,
  kOperator = 4
};
std::string_view CompensationCauseName(CompensationCause cause);

// The decision to roll back, committed before the first undo is sent.
struct CompensationStarted {
  CompensationCause cause = CompensationCause::kStepFailed;
  std::optional<StepIndex> step;  // The one that failed.
  Failure failure;
  std::string actor;
  std::string reason;
  // Unanswered actions that are repeated only to learn their answer.
  std::vector<StepIndex> resolving;
  // Unanswered actions with nothing to undo, and steps that wait: nobody asks again.
  std::vector<StepIndex> abandoned;
  // Undos that can start at once, and the repetitions of `resolving` that are not in flight.
  DueCalls due;
};

// CONFIRM or CANCEL of the saga's holds, committed before the first of them is sent.
struct HoldsDecided {
  HoldDecision decision = HoldDecision::kCancel;
  DueCalls due;
};

// A signal came. The first step that waits for its name takes it: see the record that follows.
struct SignalReceived {
  std::string name;
  std::string id;
  PayloadRef payload;
};

// Another saga is to be started because of this one; there is no way back from here.
struct FollowUpRequested {
  FollowUpPlace place;
};

// It has been started.
struct FollowUpStarted {
  FollowUpPlace place;
};

// It was refused for good: a person is needed.
struct FollowUpStuck {
  FollowUpPlace place;
  Failure failure;
};

// A person wants it tried again.
struct FollowUpRecovered {
  FollowUpPlace place;
};

struct SagaPaused {};
// `deadline` is the old one moved by the length of the pause.
struct SagaResumed {
  std::optional<TimePoint> deadline;
};

// Kinds of operator requests. The values are stored.
enum class OperatorAction : std::uint8_t {
  kRetry = 1,
  kSettleDone = 2,
  kSettleRejected = 3,
  kCompensate = 4,
  kResolve = 5,
  kPause = 6,
  kResume = 7,
};
std::string_view OperatorActionName(OperatorAction action);

// A person acted; what came of it are the records that follow in the same batch.
struct OperatorActed {
  OperatorAction action = OperatorAction::kRetry;
  std::string actor;
  std::string client;
  std::string reason;
  std::string reference;
  std::optional<StepIndex> step;
  std::optional<Operation> operation;
  std::string request_digest;  // The same request again gets the same answer.
  std::optional<FollowUpPlace> follow_up;
};

struct SagaSucceeded {};
struct SagaCompensated {};

// What a person states to be true in the real world. The values are stored.
enum class ResolvedAs : std::uint8_t { kSucceeded = 1, kCompensated = 2 };

struct SagaResolved {
  ResolvedAs as = ResolvedAs::kSucceeded;
  std::string actor;
  std::string reason;
  std::string reference;
};

}  // namespace saga

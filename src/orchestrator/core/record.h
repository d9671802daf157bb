// Records are facts, journalled, past tense. Evolve reads every record that any release ever wrote,
// so a record only grows, and it says all that was decided: what it made due, what it skipped.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/payload.h"

namespace saga {

// A call that a record made due.
struct DueCall {
  StepIndex step{};
  Operation operation = Operation::kAction;

  auto operator<=>(const DueCall&) const = default;
};
using DueCalls = std::vector<DueCall>;

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
};

// The participant executed the action (or a person says so).
struct StepSucceeded {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;
  PayloadRef output;
  bool declined = false;  // Its answer means no: the saga turns back, this step included.
  DueCalls due;
  std::vector<StepIndex> skipped;
};

// The participant refused the action.
struct StepRejected {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;
  Failure failure;
  bool may_have_happened =
      false;     // An earlier attempt went unanswered: the step stays in the compensation set.
  DueCalls due;  // Undos that waited for this answer.
};

// The attempts of an action before the pivot are used up and its answer is not known.
struct StepInDoubt {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;
  Failure failure;
};

// A call failed and will be repeated. Journalled at the first failure, then at 2, 4, 8 …; in
// between it is soft state.
struct StepRetrying {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;  // Calls so far.
  std::uint32_t failures = 0;  // Of the budget: a retry by a person starts it anew.
  Failure failure;
  TimePoint next_attempt;
  bool may_have_happened = true;  // False while every attempt so far was dropped before it left.
};

// An optional step failed for good; the saga goes on.
struct StepGivenUp {
  StepIndex step{};
  std::uint32_t attempts = 0;
  Failure failure;
  bool may_have_happened = false;
  DueCalls due;
  std::vector<StepIndex> skipped;
};

// An action succeeded after its undo was decided: a participant without a barrier may hold an
// effect nobody undid.
struct StepLate {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;
};

// The undo of a step is done (or a person says so).
struct StepUndone {
  StepIndex step{};
  Operation operation = Operation::kUndo;
  std::uint32_t attempts = 0;
  DueCalls due;
};

// A person is needed.
struct StepStuck {
  StepIndex step{};
  Operation operation = Operation::kAction;
  StuckReason reason = StuckReason::kRetriesExhausted;
  std::uint32_t attempts = 0;
  Failure failure;
  bool may_have_happened = true;  // False when the only answers so far prove that nothing was done.
};

// A stuck or waiting call goes on, with a fresh budget. `key_generation` > 0: under a new
// idempotency key.
struct StepRecovered {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t key_generation = 0;
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
  // Unanswered actions with nothing to undo: nobody asks again.
  std::vector<StepIndex> abandoned;
  // Undos that can start at once, and the repetitions of `resolving` that are not in flight.
  DueCalls due;
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

using Record =
    std::variant<SagaStarted, StepSucceeded, StepRejected, StepInDoubt, StepRetrying, StepGivenUp,
                 StepLate, StepUndone, StepStuck, StepRecovered, CompensationStarted, SagaPaused,
                 SagaResumed, OperatorActed, SagaSucceeded, SagaCompensated, SagaResolved>;

// A record with its place in its saga.
struct NumberedRecord {
  Revision revision{};
  TimePoint at;  // When it was decided, by the database's clock.
  Record record;
};

}  // namespace saga

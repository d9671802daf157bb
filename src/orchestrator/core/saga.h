// The state of one saga: what its records add up to, plus the soft state of its calls.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/payload.h"
#include "orchestrator/core/record.h"

namespace saga {

// Where a saga is in its life. There is no FAILED end. The values are stored in the row.
enum class SagaState : std::uint8_t {
  kRunning = 1,
  kCompensating = 2,
  kSucceeded = 3,
  kCompensated = 4,
  kResolved = 5,
};
std::string_view SagaStateName(SagaState state);
constexpr bool IsEnded(SagaState state) { return state >= SagaState::kSucceeded; }

// Whether it needs anybody; the first that applies is shown. The values are stored in the row.
enum class SagaHealth : std::uint8_t { kOk = 1, kRetrying = 2, kStuck = 3, kPaused = 4 };
std::string_view SagaHealthName(SagaHealth health);

// Where a step is. For each state: is a call outstanding, and may there be an effect to undo?
enum class StepState : std::uint8_t {
  kWaiting,     // Not due. No call, no effect.
  kRunning,     // Its action is outstanding. May have an effect.
  kSucceeded,   // Has an effect.
  kRejected,    // `effect_possible` tells whether an unanswered attempt may have left one.
  kInDoubt,     // Attempts used up, answer unknown: may have an effect.
  kSkipped,     // Its condition was false. No effect.
  kGivenUp,     // Optional, failed for good; `effect_possible` tells.
  kResolving,   // Turning back: the action is outstanding, only to learn its answer. May have an
                // effect.
  kUndoing,     // Its undo is outstanding.
  kUndone,      // No effect.
  kConfirming,  // TCC: its confirm is outstanding.
  kConfirmed,   // TCC: the hold is final.
};
std::string_view StepStateName(StepState state);

// What the outstanding work of a step waits for.
enum class Awaited : std::uint8_t {
  kAnswer,  // The call's own answer.
  kReport,  // The call was accepted: its outcome is reported. Operation kQuery = it is asked for.
  kTime,    // A timer: nobody is called.
  kSignal,  // A signal: nobody is called.
};

// The outstanding work of a step: due, in flight, waiting to be repeated, or stuck.
struct PendingCall {
  Operation operation = Operation::kAction;
  Awaited awaited = Awaited::kAnswer;
  std::optional<TimePoint>
      until;  // When the report, the time or the signal is due; absent = never.
  std::uint32_t attempts =
      0;  // Calls made, the one in flight included: the number that the next reply must carry.
  std::uint32_t failures = 0;             // Failed calls that count against the budget.
  std::optional<TimePoint> next_attempt;  // Set while it waits to be repeated.
  bool in_flight = false;  // A call was released by this owner and has not been answered. Soft.
  bool doubted = false;  // A call may have been made whose answer nobody knows: a rejection proves
                         // nothing any more.
  std::optional<StuckReason> stuck;
  std::optional<TimePoint> stuck_since;
  TimePoint since;  // When the operation became due.
};

struct StepProgress {
  StepState state = StepState::kWaiting;
  std::optional<PendingCall> pending;
  bool effect_possible = false;      // Compensation must cover it.
  bool late = false;                 // LATE_SUCCESS: succeeded after its undo was decided.
  std::uint32_t key_generation = 0;  // Of the undo's idempotency key.
  PayloadRef output;                 // Null until it succeeded.
  Failure failure;                   // The last one; code kOk = none.
  std::uint32_t action_attempts = 0;
  std::uint32_t confirm_attempts = 0;
  std::uint32_t undo_attempts = 0;
  std::optional<Duration> within;  // Async, signal: how long its outcome may take.
};

// Another saga that this one has asked for.
struct FollowUpProgress {
  FollowUpPlace place;
  bool started = false;
  bool in_flight = false;                 // Released by this owner and not answered. Soft.
  std::uint32_t failures = 0;             // Soft.
  std::optional<TimePoint> next_attempt;  // Soft.
  std::optional<TimePoint> stuck_since;   // It was refused for good.
  Failure failure;
};

// A signal that no step has taken yet.
struct KeptSignal {
  std::string name;
  PayloadRef payload;
};

// Requires (for all functions below): `definition` is set.
struct Saga {
  SagaId id;
  DefinitionRef definition;
  SagaState state = SagaState::kRunning;
  bool paused = false;
  Revision revision{};
  PayloadRef input;
  std::string business_key;
  std::map<std::string, std::string> labels;
  std::string start_digest;
  std::string started_by;
  std::string traceparent;
  TimePoint created;
  TimePoint updated;
  std::optional<TimePoint> ended;
  std::optional<TimePoint> deadline;
  std::optional<TimePoint> paused_at;
  std::optional<CompensationStarted> compensation;
  std::optional<SagaResolved> resolved;
  // The last accepted operator request and the revision before it, to answer its repetition.
  std::string last_request_digest;
  std::vector<StepProgress> steps;
  std::optional<HoldDecision> holds;  // What was decided for its holds; never turned round.
  std::vector<FollowUpProgress> follow_ups;
  std::vector<KeptSignal> signals;                  // In the order in which they came.
  std::map<std::string, std::string> signals_seen;  // Id -> digest of name and payload.
  // Why the engine cannot make sense of it (a record that this release does not know, a definition
  // that is gone); empty = it can. Such a saga is stuck, calls nobody, and can only be resolved.
  std::string unreadable;

  const StepProgress& step(StepIndex index) const { return steps[ToSize(index)]; }
  StepProgress& step(StepIndex index) { return steps[ToSize(index)]; }
};

// Paused before stuck before retrying before ok. Retrying counts from a second failure.
SagaHealth HealthOf(const Saga& saga);
// There is no way back: the pivot succeeded or was skipped, CONFIRM is decided, or a follow-up of
// its end is requested. Without any of these, false until the end.
bool PivotPassed(const Saga& saga);
// The pivot was called and its answer is not known.
bool PivotInDoubt(const Saga& saga);
// Forward work is behind the pivot or the saga has turned: what WAIT_UNTIL_PIVOT waits for.
bool PivotSettled(const Saga& saga);
// The step to show in a list: the first stuck one, else the first outstanding one. Absent when
// nothing is outstanding.
std::optional<StepIndex> CurrentStep(const Saga& saga);
// When the engine must look at the saga again by itself: the next repetition or the deadline.
std::optional<TimePoint> NextWake(const Saga& saga);
// True while the deadline may still turn the saga back.
bool DeadlineApplies(const Saga& saga);
// A timer or a signal: nobody is called.
constexpr bool IsWait(Awaited awaited) {
  return awaited == Awaited::kTime || awaited == Awaited::kSignal;
}
// The call of `pending` must be on its way, and is not.
bool CallIsDue(const PendingCall& pending);
// Tells a signal from another one with the same id.
std::string SignalDigest(const std::string& name, const PayloadRef& payload);
// The progress of a follow-up; begins it when there is none.
FollowUpProgress& FollowUpOf(Saga& saga, const FollowUpPlace& place);
// The first follow-up that waits for a person.
const FollowUpProgress* StuckFollowUp(const Saga& saga);
// cluster/namespace/saga:step:operation, plus #generation for a new key.
std::string IdempotencyKey(std::string_view cluster, const SagaId& saga, const Step& step,
                           Operation operation, std::uint32_t generation);
// Groups sagas that are stuck for the same cause: 8 hex digits of definition, step, operation, code
// and reason.
std::string StuckFingerprint(const Definition& definition, StepIndex step, Operation operation,
                             const Failure& failure);

}  // namespace saga

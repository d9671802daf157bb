#include "orchestrator/core/saga.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"

namespace saga {

std::string_view SagaStateName(SagaState state) {
  switch (state) {
    case SagaState::kRunning:
      return "RUNNING";
    case SagaState::kCompensating:
      return "COMPENSATING";
    case SagaState::kSucceeded:
      return "SUCCEEDED";
    case SagaState::kCompensated:
      return "COMPENSATED";
    case SagaState::kResolved:
      return "RESOLVED";
  }
  SAGA_UNREACHABLE();
}

std::string_view SagaHealthName(SagaHealth health) {
  switch (health) {
    case SagaHealth::kOk:
      return "OK";
    case SagaHealth::kRetrying:
      return "RETRYING";
    case SagaHealth::kStuck:
      return "STUCK";
    case SagaHealth::kPaused:
      return "PAUSED";
  }
  SAGA_UNREACHABLE();
}

std::string_view StepStateName(StepState state) {
  switch (state) {
    case StepState::kWaiting:
      return "WAITING";
    case StepState::kRunning:
      return "RUNNING";
    case StepState::kSucceeded:
      return "SUCCEEDED";
    case StepState::kRejected:
      return "REJECTED";
    case StepState::kInDoubt:
      return "IN_DOUBT";
    case StepState::kSkipped:
      return "SKIPPED";
    case StepState::kGivenUp:
      return "GIVEN_UP";
    case StepState::kResolving:
      return "RESOLVING";
    case StepState::kUndoing:
      return "UNDOING";
    case StepState::kUndone:
      return "UNDONE";
    case StepState::kConfirming:
      return "CONFIRMING";
    case StepState::kConfirmed:
      return "CONFIRMED";
  }
  SAGA_UNREACHABLE();
}

std::string_view StuckReasonName(StuckReason reason) {
  switch (reason) {
    case StuckReason::kRetriesExhausted:
      return "RETRIES_EXHAUSTED";
    case StuckReason::kCompensationExhausted:
      return "COMPENSATION_EXHAUSTED";
    case StuckReason::kAnswerUnknown:
      return "ANSWER_UNKNOWN";
    case StuckReason::kRejectedAfterPivot:
      return "REJECTED_AFTER_PIVOT";
    case StuckReason::kMisconfigured:
      return "MISCONFIGURED";
    case StuckReason::kLateSuccess:
      return "LATE_SUCCESS";
    case StuckReason::kConditionFailed:
      return "CONDITION_FAILED";
    case StuckReason::kAnswerOverdue:
      return "ANSWER_OVERDUE";
    case StuckReason::kFollowUpFailed:
      return "FOLLOW_UP_FAILED";
  }
  SAGA_UNREACHABLE();
}

std::string_view CompensationCauseName(CompensationCause cause) {
  switch (cause) {
    case CompensationCause::kStepFailed:
      return "STEP_FAILED";
    case CompensationCause::kDeadline:
      return "DEADLINE";
    case CompensationCause::kCancelled:
      return "CANCELLED";
    case CompensationCause::kOperator:
      return "OPERATOR";
  }
  SAGA_UNREACHABLE();
}

std::string_view HoldDecisionName(HoldDecision decision) {
  switch (decision) {
    case HoldDecision::kConfirm:
      return "CONFIRM";
    case HoldDecision::kCancel:
      return "CANCEL";
  }
  SAGA_UNREACHABLE();
}

std::string_view OperatorActionName(OperatorAction action) {
  switch (action) {
    case OperatorAction::kRetry:
      return "RetryStep";
    case OperatorAction::kSettleDone:
    case OperatorAction::kSettleRejected:
      return "SkipStep";
    case OperatorAction::kCompensate:
      return "CompensateSaga";
    case OperatorAction::kResolve:
      return "ResolveSaga";
    case OperatorAction::kPause:
      return "PauseSaga";
    case OperatorAction::kResume:
      return "ResumeSaga";
  }
  SAGA_UNREACHABLE();
}

SagaHealth HealthOf(const Saga& saga) {
  if (IsEnded(saga.state)) return SagaHealth::kOk;
  if (saga.paused) return SagaHealth::kPaused;
  if (!saga.unreadable.empty() || StuckFollowUp(saga) != nullptr) return SagaHealth::kStuck;
  SagaHealth health = SagaHealth::kOk;
  for (const StepProgress& step : saga.steps) {
    if (!step.pending) continue;
    if (step.pending->stuck) return SagaHealth::kStuck;
    if (step.pending->failures >= 2) health = SagaHealth::kRetrying;
  }
  for (const FollowUpProgress& follow_up : saga.follow_ups) {
    if (follow_up.failures >= 2) health = SagaHealth::kRetrying;
  }
  return health;
}

bool PivotPassed(const Saga& saga) {
  if (saga.holds == HoldDecision::kConfirm) return true;
  const bool ending = std::any_of(
      saga.follow_ups.begin(), saga.follow_ups.end(),
      [](const FollowUpProgress& f) { return f.place.kind == FollowUpKind::kSucceeded; });
  if (ending) return true;
  if (!saga.definition->pivot) return false;
  const StepState state = saga.step(*saga.definition->pivot).state;
  return state == StepState::kSucceeded || state == StepState::kSkipped;
}

bool PivotInDoubt(const Saga& saga) {
  if (!saga.definition->pivot) return false;
  const StepProgress& pivot = saga.step(*saga.definition->pivot);
  // A pivot that waits for a time or a signal has not been sent to anybody.
  const bool called = pivot.pending && !IsWait(pivot.pending->awaited);
  return pivot.state == StepState::kRunning && called;
}

bool PivotSettled(const Saga& saga) {
  return saga.state != SagaState::kRunning || PivotPassed(saga);
}

std::optional<StepIndex> CurrentStep(const Saga& saga) {
  std::optional<StepIndex> first;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (!pending) continue;
    if (pending->stuck) return ToStep(i);
    if (!first) first = ToStep(i);
  }
  return first;
}

bool DeadlineApplies(const Saga& saga) {
  if (saga.state != SagaState::kRunning || !saga.deadline || saga.paused) return false;
  if (PivotPassed(saga) || PivotInDoubt(saga)) return false;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (pending && pending->stuck && saga.definition->steps[i].hold_when_stuck) return false;
  }
  return true;
}

namespace {

// When the engine must look at a step by itself.
std::optional<TimePoint> WakeOf(const PendingCall& pending) {
  if (pending.in_flight || pending.stuck) return std::nullopt;
  if (pending.awaited == Awaited::kAnswer || !pending.until) return pending.next_attempt;
  return pending.next_attempt ? std::min(*pending.next_attempt, *pending.until) : *pending.until;
}

void Earliest(std::optional<TimePoint>& earliest, const std::optional<TimePoint>& other) {
  if (other && (!earliest || *other < *earliest)) earliest = other;
}

}  // namespace

std::optional<TimePoint> NextWake(const Saga& saga) {
  if (IsEnded(saga.state) || saga.paused || !saga.unreadable.empty()) return std::nullopt;
  std::optional<TimePoint> wake;
  if (DeadlineApplies(saga)) wake = saga.deadline;
  for (const StepProgress& step : saga.steps) {
    if (step.pending) Earliest(wake, WakeOf(*step.pending));
  }
  for (const FollowUpProgress& follow_up : saga.follow_ups) {
    Earliest(wake, follow_up.next_attempt);
  }
  return wake;
}

bool CallIsDue(const PendingCall& pending) {
  if (pending.in_flight || pending.stuck || pending.next_attempt) return false;
  switch (pending.awaited) {
    case Awaited::kAnswer:
      return true;
    case Awaited::kReport:
      return pending.operation == Operation::kQuery;
    case Awaited::kTime:
    case Awaited::kSignal:
      return false;
  }
  SAGA_UNREACHABLE();
}

std::string SignalDigest(const std::string& name, const PayloadRef& payload) {
  std::string bytes = name + '\n';
  if (payload) {
    bytes += std::to_string(static_cast<int>(payload->encoding)) + '\n' + payload->type + '\n' +
             payload->bytes;
  }
  return Sha256Hex(bytes);
}

const FollowUpProgress* StuckFollowUp(const Saga& saga) {
  for (const FollowUpProgress& follow_up : saga.follow_ups) {
    if (follow_up.stuck_since) return &follow_up;
  }
  return nullptr;
}

std::string IdempotencyKey(std::string_view cluster, const SagaId& saga, const Step& step,
                           Operation operation, std::uint32_t generation) {
  std::string key;
  key.reserve(cluster.size() + saga.text().size() + step.id.size() + 16);
  key.append(cluster).append("/").append(saga.text()).append(":").append(step.id).append(":");
  key.append(OperationName(operation));
  if (generation > 0) key.append("#").append(std::to_string(generation));
  return key;
}

std::string StuckFingerprint(const Definition& definition, StepIndex step, Operation operation,
                             const Failure& failure) {
  const std::string cause = fmt::format("{}/{}/{}/{}/{}/{}", definition.name_space, definition.name,
                                        definition.step(step).id, OperationName(operation),
                                        StatusCodeName(failure.code), failure.reason);
  return fmt::format("{:08x}", static_cast<std::uint32_t>(StableHash(cause)));
}

}  // namespace saga

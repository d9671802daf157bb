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
  if (!saga.unreadable.empty()) return SagaHealth::kStuck;
  SagaHealth health = SagaHealth::kOk;
  for (const StepProgress& step : saga.steps) {
    if (!step.pending) continue;
    if (step.pending->stuck) return SagaHealth::kStuck;
    if (step.pending->failures >= 2) health = SagaHealth::kRetrying;
  }
  return health;
}

bool PivotPassed(const Saga& saga) {
  if (!saga.definition->pivot) return false;
  const StepState state = saga.step(*saga.definition->pivot).state;
  return state == StepState::kSucceeded || state == StepState::kSkipped;
}

bool PivotInDoubt(const Saga& saga) {
  return saga.definition->pivot && saga.step(*saga.definition->pivot).state == StepState::kRunning;
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

std::optional<TimePoint> NextWake(const Saga& saga) {
  if (IsEnded(saga.state) || saga.paused || !saga.unreadable.empty()) return std::nullopt;
  std::optional<TimePoint> wake;
  if (DeadlineApplies(saga)) wake = saga.deadline;
  for (const StepProgress& step : saga.steps) {
    if (!step.pending || step.pending->in_flight || step.pending->stuck ||
        !step.pending->next_attempt)
      continue;
    if (!wake || *step.pending->next_attempt < *wake) wake = step.pending->next_attempt;
  }
  return wake;
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

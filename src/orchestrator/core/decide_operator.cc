// What people do to a saga. docs/semantics.md "Operators".
#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "orchestrator/core/follow_up.h"
#include "orchestrator/core/output_reads.h"
#include "orchestrator/core/rules.h"

namespace saga {
namespace {

OperatorActed Acted(const OperatorRequest& request) {
  return {.action = request.action,
          .actor = request.actor,
          .client = request.client,
          .reason = request.reason,
          .reference = request.reference,
          .step = request.step,
          .operation = request.operation,
          .request_digest = request.request_digest,
          .follow_up = request.follow_up};
}

bool IsAbout(const OperatorRequest& request, StepIndex index, const Step& step,
             const PendingCall& pending) {
  if (request.follow_up || (request.step && *request.step != index)) return false;
  return !request.operation || *request.operation == pending.operation ||
         *request.operation == ConcernOf(step, pending);
}

bool IsAbout(const OperatorRequest& request, const FollowUpProgress& follow_up) {
  if (follow_up.started || request.step) return false;
  return !request.follow_up || *request.follow_up == follow_up.place;
}

void NotPossible(Draft& draft, std::string reason, std::string message) {
  draft.Refuse(Refusal(draft.saga(), StatusCode::kFailedPrecondition, std::move(reason),
                       std::move(message)));
}

// Its outcome may be known from a report: the same call must not be under way twice.
Status InFlight(const Draft& draft, StepIndex index) {
  return Refusal(
      draft.saga(), StatusCode::kFailedPrecondition, "STEP_IN_FLIGHT",
      fmt::format("a call of step '{}' is under way; wait for its answer", draft.spec(index).id));
}

// A step that is stuck because its condition could not be evaluated: it is asked again.
void RetryCondition(Draft& draft, StepIndex index) {
  draft.outlook().Unblock(index);
  draft.GoForward(StepRecovered{.step = index, .operation = ForwardOperation(draft.spec(index))});
  if (!draft.outlook().blocked(index)) return;
  NotPossible(draft, "CONDITION_FAILED",
              fmt::format("the condition of step '{}' still fails", draft.spec(index).id));
}

void RetryStep(Draft& draft, const OperatorRequest& request, StepIndex index) {
  const StepProgress& step = draft.progress(index);
  const PendingCall& pending = *step.pending;
  if (step.state == StepState::kWaiting) return RetryCondition(draft, index);
  if (pending.stuck == StuckReason::kLateSuccess && !request.new_key) {
    return NotPossible(draft, "NEW_KEY_REQUIRED",
                       fmt::format("step '{}' succeeded after its undo; under the old key the "
                                   "participant would repeat its old answer: retry it with a new "
                                   "key",
                                   draft.spec(index).id));
  }
  const bool new_key = request.new_key && IsUndo(pending.operation);
  if (request.new_key && !new_key && request.step) {
    return draft.Refuse(Refusal(
        draft.saga(), StatusCode::kInvalidArgument, "FIELD_INVALID",
        fmt::format("new_key: under a new key the {} of step '{}' could happen twice; only an undo "
                    "gets one",
                    OperationName(pending.operation), draft.spec(index).id)));
  }
  Recover(draft, {.step = index,
                  .operation = pending.operation,
                  .key_generation = new_key ? step.key_generation + 1 : 0});
}

// Everything that waits: stuck, or to be repeated later.
void OnRetry(Draft& draft, const OperatorRequest& request) {
  const Saga& saga = draft.saga();
  draft.Add(Acted(request));
  bool any = false;
  std::optional<StepIndex> in_flight;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (!pending || (!pending->stuck && !pending->next_attempt)) continue;
    if (!IsAbout(request, ToStep(i), draft.definition().steps[i], *pending)) continue;
    if (pending->in_flight) {
      in_flight = ToStep(i);
      continue;
    }
    any = true;
    RetryStep(draft, request, ToStep(i));
  }
  for (const FollowUpProgress& follow_up : saga.follow_ups) {
    const bool waits = follow_up.stuck_since || follow_up.next_attempt;
    if (follow_up.in_flight || !waits || !IsAbout(request, follow_up)) continue;
    any = true;
    draft.Add(FollowUpRecovered{follow_up.place});
    draft.Release(StartFollowUp{follow_up.place});
  }
  if (any) return;
  if (in_flight) return draft.Refuse(InFlight(draft, *in_flight));
  std::string which = "nothing of it is";
  if (request.step) which = fmt::format("step '{}' is not", draft.spec(*request.step).id);
  if (request.follow_up)
    which = fmt::format("{} is not", FollowUpName(draft.definition(), *request.follow_up));
  NotPossible(draft, "STEP_NOT_RETRYABLE", which + " stuck or waiting to be tried again");
}

void SettleFollowUp(Draft& draft, const OperatorRequest& request) {
  const auto& all = draft.saga().follow_ups;
  const auto found = std::find_if(all.begin(), all.end(), [&](const FollowUpProgress& follow_up) {
    return IsAbout(request, follow_up);
  });
  if (found == all.end() || request.action != OperatorAction::kSettleDone) {
    return NotPossible(draft, "STEP_NOT_SETTLEABLE",
                       fmt::format("{} can only be settled as done, while it is not started",
                                   FollowUpName(draft.definition(), *request.follow_up)));
  }
  draft.Add(Acted(request));
  draft.Add(FollowUpStarted{found->place});
  draft.TryEnd();
}

// OK, or why the outstanding work of the step cannot be settled so.
Status CanSettle(const Draft& draft, const OperatorRequest& request) {
  const StepIndex index = *request.step;
  const Step& spec = draft.spec(index);
  const StepProgress& step = draft.progress(index);
  const auto refuse = [&](std::string reason, std::string message) {
    return Refusal(draft.saga(), StatusCode::kFailedPrecondition, std::move(reason),
                   std::move(message));
  };
  if (!step.pending || !IsAbout(request, index, spec, *step.pending)) {
    return refuse("STEP_NOT_SETTLEABLE",
                  fmt::format("step '{}' waits for no answer of that kind (it is {})", spec.id,
                              StepStateName(step.state)));
  }
  if (step.pending->in_flight) return InFlight(draft, index);
  const Operation concern = ConcernOf(spec, *step.pending);
  const bool done = request.action == OperatorAction::kSettleDone;
  if (!done && (!IsForward(concern) || spec.after_pivot)) {
    return refuse(
        "STEP_NOT_SETTLEABLE",
        fmt::format("step '{}' cannot be settled as rejected: {}", spec.id,
                    IsForward(concern) ? "there is no way back after the pivot"
                                       : fmt::format("{} has no 'no'",
                                                     IsUndo(concern) ? "an undo" : "a confirm")));
  }
  const bool timer = spec.kind == StepKind::kTimer;
  if (done && IsForward(concern) && !timer && !request.output &&
      OutputIsRead(draft.definition(), index)) {
    return refuse("OUTPUT_REQUIRED",
                  fmt::format("a later call reads the output of step '{}': give it with the "
                              "request",
                              spec.id));
  }
  return Status::Ok();
}

void OnSettle(Draft& draft, const OperatorRequest& request) {
  if (request.follow_up) return SettleFollowUp(draft, request);
  if (Status status = CanSettle(draft, request); !status.ok()) return draft.Refuse(status);
  const StepIndex index = *request.step;
  const Step& spec = draft.spec(index);
  const PendingCall& pending = *draft.progress(index).pending;
  const bool done = request.action == OperatorAction::kSettleDone;
  draft.Add(Acted(request));
  if (done && spec.kind == StepKind::kTimer) return FireTimer(draft, index);
  Conclude(draft,
           CallReplied{.step = index,
                       .operation = ConcernOf(spec, pending),
                       .attempt = pending.attempts,
                       .outcome = done ? CallOutcome::kSucceeded : CallOutcome::kRejected,
                       .output = request.output,
                       .failure = done ? Failure{}
                                       : Failure{StatusCode::kFailedPrecondition,
                                                 "SETTLED_AS_REJECTED", "sagad", request.reason}});
}

void OnCompensate(Draft& draft, const OperatorRequest& request) {
  const Saga& saga = draft.saga();
  if (Status status = CanTurnBack(saga); !status.ok()) return draft.Refuse(status);
  if (draft.compensating()) {
    return NotPossible(draft, "ALREADY_COMPENSATING",
                       fmt::format("saga '{}' rolls back already", saga.id.id()));
  }
  draft.Add(Acted(request));
  draft.TurnBack(
      {.cause = CompensationCause::kOperator, .actor = request.actor, .reason = request.reason});
}

void OnPause(Draft& draft, const OperatorRequest& request) {
  const Saga& saga = draft.saga();
  if (saga.paused) {
    return NotPossible(draft, "ALREADY_PAUSED",
                       fmt::format("saga '{}' is paused already", saga.id.id()));
  }
  draft.Add(Acted(request));
  draft.Add(SagaPaused{});
}

void OnResume(Draft& draft, const OperatorRequest& request) {
  const Saga& saga = draft.saga();
  if (!saga.paused) {
    return NotPossible(draft, "NOT_PAUSED", fmt::format("saga '{}' is not paused", saga.id.id()));
  }
  SagaResumed resumed{saga.deadline};
  if (resumed.deadline && saga.paused_at)
    *resumed.deadline += std::max(draft.now() - *saga.paused_at, Duration(0));
  draft.Add(Acted(request));
  draft.Add(resumed);
  draft.ReleaseAnyway(OutstandingEffects(saga));
}

void OnResolve(Draft& draft, const OperatorRequest& request) {
  draft.Add(Acted(request));
  draft.Add(SagaResolved{.as = request.resolve_as,
                         .actor = request.actor,
                         .reason = request.reason,
                         .reference = request.reference});
}

void Dispatch(Draft& draft, const OperatorRequest& request) {
  switch (request.action) {
    case OperatorAction::kRetry:
      return OnRetry(draft, request);
    case OperatorAction::kSettleDone:
    case OperatorAction::kSettleRejected:
      return OnSettle(draft, request);
    case OperatorAction::kCompensate:
      return OnCompensate(draft, request);
    case OperatorAction::kResolve:
      return OnResolve(draft, request);
    case OperatorAction::kPause:
      return OnPause(draft, request);
    case OperatorAction::kResume:
      return OnResume(draft, request);
  }
  SAGA_UNREACHABLE();
}

}  // namespace

void Recover(Draft& draft, const Recovery& recovery) {
  const StepProgress& step = draft.progress(recovery.step);
  const bool forward = IsForward(recovery.operation);
  StepRecovered record{.step = recovery.step,
                       .operation = recovery.operation,
                       .key_generation = recovery.key_generation,
                       .next_attempt = recovery.next_attempt};
  // What has a time to be there in gets it anew.
  if (forward && step.within) record.waits = {{recovery.step, draft.now() + *step.within}};
  const bool waits = step.pending && IsWait(step.pending->awaited);
  if (waits && record.waits.empty()) record.waits = {{recovery.step, std::nullopt}};
  draft.Add(std::move(record));
  if (waits || recovery.next_attempt) return;
  std::uint32_t made = forward ? step.action_attempts : 0;
  if (step.pending && step.pending->operation == recovery.operation) made = step.pending->attempts;
  draft.Release(CallParticipant{recovery.step, recovery.operation, made + 1});
}

void OnOperator(Draft& draft, const OperatorRequest& request) {
  const Saga& saga = draft.saga();
  if (!request.request_digest.empty() && request.request_digest == saga.last_request_digest) {
    return draft.Repeated();
  }
  if (IsEnded(saga.state)) return draft.Refuse(Ended(saga));
  if (Status status = CheckEtag(saga, request.etag); !status.ok()) return draft.Refuse(status);
  Dispatch(draft, request);
}

}  // namespace saga

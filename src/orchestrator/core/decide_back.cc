// Answers on the way back, and to confirms and cancels.
#include <utility>

#include "base/check.h"
#include "orchestrator/core/rules.h"

namespace saga {
namespace {

void LearnSuccess(Draft& draft, const CallReplied& reply) {
  draft.outlook().Set(reply.step, StepState::kSucceeded, true);
  draft.GoBack(StepSucceeded{.step = reply.step,
                             .operation = ForwardOperation(draft.spec(reply.step)),
                             .attempts = ForwardAttempts(draft.progress(reply.step)),
                             .output = reply.output ? reply.output : EmptyPayload(),
                             .declined = reply.outcome == CallOutcome::kDeclined});
}

void LearnRejection(Draft& draft, const CallReplied& reply) {
  const bool doubted =
      draft.progress(reply.step).pending->doubted || reply.operation == Operation::kQuery;
  draft.outlook().Set(reply.step, StepState::kRejected, doubted);
  draft.GoBack(StepRejected{.step = reply.step,
                            .operation = ForwardOperation(draft.spec(reply.step)),
                            .attempts = ForwardAttempts(draft.progress(reply.step)),
                            .failure = reply.failure,
                            .may_have_happened = doubted});
}

// No answer yet. The undo's budget says how long it is asked for.
void AskAgain(Draft& draft, const CallReplied& reply) {
  const Step& step = draft.spec(reply.step);
  const PendingCall& pending = *draft.progress(reply.step).pending;
  // The call was under way when the saga turned back; from now on its query is asked.
  if (step.query && IsForward(reply.operation)) {
    draft.Add(StepInDoubt{.step = reply.step,
                          .operation = reply.operation,
                          .attempts = pending.attempts,
                          .failure = reply.failure,
                          .due = {{reply.step, Operation::kQuery}}});
    return;
  }
  const RetryPolicy& budget = step.undo ? step.undo->retry : step.action.retry;
  if (!UsedUp(budget, pending.failures + 1)) return RetryLater(draft, reply, budget);
  GetStuck(draft, reply, StuckReason::kAnswerUnknown);
}

// A call that is made until it is done: undo, cancel, confirm.
void RepeatUntil(Draft& draft, const CallReplied& reply, StuckReason exhausted) {
  const PendingCall& pending = *draft.progress(reply.step).pending;
  const RetryPolicy& budget = draft.definition().call(reply.step, reply.operation).retry;
  if (!UsedUp(budget, pending.failures + 1)) return RetryLater(draft, reply, budget);
  GetStuck(draft, reply, exhausted);
}

void OnUndone(Draft& draft, const CallReplied& reply) {
  const std::uint32_t attempts = draft.progress(reply.step).pending->attempts;
  draft.outlook().Set(reply.step, StepState::kUndone, false);
  if (reply.operation == Operation::kUndo) {
    return draft.GoBack(
        StepUndone{.step = reply.step, .operation = reply.operation, .attempts = attempts});
  }
  StepCancelled cancelled{.step = reply.step, .operation = reply.operation, .attempts = attempts};
  if (draft.compensating()) return draft.GoBack(std::move(cancelled));
  // On the way forward: a try that was given up. Nothing else is undone because of it.
  draft.Add(std::move(cancelled));
  draft.TryEnd();
}

}  // namespace

// An answer that was only asked for to learn it.
void ConcludeResolving(Draft& draft, const CallReplied& reply) {
  const PendingCall& pending = *draft.progress(reply.step).pending;
  switch (reply.outcome) {
    case CallOutcome::kSucceeded:
    case CallOutcome::kDeclined:
      return LearnSuccess(draft, reply);
    case CallOutcome::kRejected:
      return LearnRejection(draft, reply);
    case CallOutcome::kNotSent:
      return pending.doubted ? AskAgain(draft, reply) : LearnRejection(draft, reply);
    case CallOutcome::kUnknown:
      return AskAgain(draft, reply);
    case CallOutcome::kAccepted: {
      const bool overdue = pending.until && draft.now() >= *pending.until;
      return overdue ? AskAgain(draft, reply) : Accept(draft, reply);
    }
    case CallOutcome::kMisconfigured:
      return GetStuck(draft, reply, StuckReason::kMisconfigured);
  }
  SAGA_UNREACHABLE();
}

void ConcludeUndo(Draft& draft, const CallReplied& reply) {
  switch (reply.outcome) {
    case CallOutcome::kSucceeded:
    case CallOutcome::kDeclined:
      return OnUndone(draft, reply);
    case CallOutcome::kRejected:
    case CallOutcome::kUnknown:
    case CallOutcome::kNotSent:
      return RepeatUntil(draft, reply, StuckReason::kCompensationExhausted);
    case CallOutcome::kAccepted:
      return Accept(draft, reply);
    case CallOutcome::kMisconfigured:
      return GetStuck(draft, reply, StuckReason::kMisconfigured);
  }
  SAGA_UNREACHABLE();
}

void ConcludeConfirm(Draft& draft, const CallReplied& reply) {
  switch (reply.outcome) {
    case CallOutcome::kSucceeded:
    case CallOutcome::kDeclined:
      draft.outlook().Set(reply.step, StepState::kConfirmed, true);
      return draft.GoForward(
          StepConfirmed{.step = reply.step,
                        .operation = reply.operation,
                        .attempts = draft.progress(reply.step).pending->attempts});
    case CallOutcome::kRejected:
      // The hold is gone, and there is no way back.
      return GetStuck(draft, reply, StuckReason::kRejectedAfterPivot);
    case CallOutcome::kUnknown:
    case CallOutcome::kNotSent:
      return RepeatUntil(draft, reply, StuckReason::kRetriesExhausted);
    case CallOutcome::kAccepted:
      return Accept(draft, reply);
    case CallOutcome::kMisconfigured:
      return GetStuck(draft, reply, StuckReason::kMisconfigured);
  }
  SAGA_UNREACHABLE();
}

}  // namespace saga

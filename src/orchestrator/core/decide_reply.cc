// Answers on the way forward.
#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "orchestrator/core/rules.h"

namespace saga {
namespace {

// A participant that asks for patience gets it, within reason.
constexpr std::chrono::milliseconds kRetryAfterMax{std::chrono::hours(1)};

// Failures are journalled at 1, 2, 4, 8 …: after a crash a budget may be overrun by less than its
// double, never reset.
bool IsJournalled(std::uint32_t failures) { return std::has_single_bit(failures); }

bool MayHaveHappened(const PendingCall& pending, const CallReplied& reply) {
  return pending.doubted || reply.operation == Operation::kQuery ||
         pending.awaited == Awaited::kReport || reply.outcome == CallOutcome::kUnknown ||
         reply.outcome == CallOutcome::kAccepted || reply.outcome == CallOutcome::kDeclined;
}

CompensationOrder BecauseOf(const CallReplied& reply) {
  return {.cause = CompensationCause::kStepFailed, .step = reply.step, .failure = reply.failure};
}

constexpr const char* kDeadlinePassed = "the deadline has passed";

void OnActionSucceeded(Draft& draft, const CallReplied& reply) {
  const Step& step = draft.spec(reply.step);
  const bool declined = reply.outcome == CallOutcome::kDeclined && !step.after_pivot;
  // The failure of an optional step never fails the saga; what it did is taken back with the rest,
  // if the saga turns back.
  if (declined && step.optional) return GiveUp(draft, reply);
  StepSucceeded record{.step = reply.step,
                       .operation = ForwardOperation(step),
                       .attempts = ForwardAttempts(draft.progress(reply.step)),
                       .output = reply.output ? reply.output : EmptyPayload(),
                       .declined = declined};
  // Too late, and there is no undo for it: what follows a late success must come.
  if (step.on_late && !step.undo && !declined && draft.TurnsBackByDeadline()) {
    draft.TurnBack({.cause = CompensationCause::kDeadline, .reason = kDeadlinePassed});
    draft.AddLate({record.step, record.operation, record.attempts, record.output});
    return;
  }
  draft.outlook().Set(reply.step, StepState::kSucceeded, true);
  draft.outlook().SetOutput(reply.step, record.output);
  if (!declined) return draft.GoForward(std::move(record));
  draft.Add(std::move(record));
  draft.TurnBack(BecauseOf(reply));
}

void OnActionRejected(Draft& draft, const CallReplied& reply) {
  const Step& step = draft.spec(reply.step);
  const PendingCall& pending = *draft.progress(reply.step).pending;
  if (step.optional) return GiveUp(draft, reply);
  if (step.after_pivot) return GetStuck(draft, reply, StuckReason::kRejectedAfterPivot);
  const bool doubted = pending.doubted || reply.operation == Operation::kQuery;
  draft.Add(StepRejected{.step = reply.step,
                         .operation = ForwardOperation(step),
                         .attempts = ForwardAttempts(draft.progress(reply.step)),
                         .failure = reply.failure,
                         .may_have_happened = doubted});
  draft.outlook().Set(reply.step, StepState::kRejected, doubted);
  draft.TurnBack(BecauseOf(reply));
}

void OnActionUnanswered(Draft& draft, const CallReplied& reply) {
  const Saga& saga = draft.saga();
  const Step& step = draft.spec(reply.step);
  const PendingCall& pending = *draft.progress(reply.step).pending;
  const bool may_have_happened = MayHaveHappened(pending, reply);
  // The pivot is not sent after the deadline; one that never left was not sent.
  if (step.pivot && !may_have_happened && saga.deadline && draft.now() >= *saga.deadline &&
      !saga.paused) {
    draft.TurnBack({.cause = CompensationCause::kDeadline, .reason = kDeadlinePassed});
    return;
  }
  if (!UsedUp(step.action.retry, pending.failures + 1)) {
    return RetryLater(draft, reply, step.action.retry);
  }
  if (!step.query || !may_have_happened) return Exhaust(draft, reply);
  draft.Add(StepInDoubt{.step = reply.step,
                        .operation = reply.operation,
                        .attempts = pending.attempts,
                        .failure = reply.failure,
                        .due = {{reply.step, Operation::kQuery}}});
}

}  // namespace

bool UsedUp(const RetryPolicy& policy, std::uint32_t failures) {
  return policy.attempts != 0 && failures >= policy.attempts;
}

std::uint32_t ForwardAttempts(const StepProgress& step) {
  const bool calls = step.pending && IsForward(step.pending->operation);
  return calls ? step.pending->attempts : step.action_attempts;
}

void GetStuck(Draft& draft, const CallReplied& reply, StuckReason reason) {
  const StepProgress& step = draft.progress(reply.step);
  const bool same = step.pending->operation == reply.operation;
  draft.Add(StepStuck{.step = reply.step,
                      .operation = reply.operation,
                      .reason = reason,
                      .attempts = same ? step.pending->attempts : ForwardAttempts(step),
                      .failure = reply.failure,
                      .may_have_happened = MayHaveHappened(*step.pending, reply)});
}

void RetryLater(Draft& draft, const CallReplied& reply, const RetryPolicy& policy) {
  const PendingCall& pending = *draft.progress(reply.step).pending;
  const std::uint32_t failures = pending.failures + 1;
  const auto wait = std::max(BackoffFor(policy, draft.saga().id, reply.step, failures),
                             std::min(reply.retry_after, kRetryAfterMax));
  StepRetrying retrying{.step = reply.step,
                        .operation = reply.operation,
                        .attempts = pending.attempts,
                        .failures = failures,
                        .failure = reply.failure,
                        .next_attempt = draft.now() + wait,
                        .may_have_happened = MayHaveHappened(pending, reply)};
  if (IsJournalled(failures)) {
    draft.Add(std::move(retrying));
  } else {
    draft.Again(std::move(retrying));
  }
}

void GiveUp(Draft& draft, const CallReplied& reply) {
  const StepProgress& step = draft.progress(reply.step);
  StepGivenUp record{.step = reply.step,
                     .attempts = ForwardAttempts(step),
                     .failure = reply.failure,
                     .may_have_happened = MayHaveHappened(*step.pending, reply)};
  draft.outlook().Set(reply.step, StepState::kGivenUp, record.may_have_happened);
  draft.GoForward(std::move(record));
}

void Exhaust(Draft& draft, const CallReplied& last) {
  const Step& step = draft.spec(last.step);
  if (step.optional) return GiveUp(draft, last);
  const StepProgress& progress = draft.progress(last.step);
  if (step.pivot || step.after_pivot) {
    const auto& until = progress.pending->until;
    const bool overdue = until && draft.now() >= *until;
    // Stuck in its own name: a person who retries it repeats the call, not the question.
    CallReplied own = last;
    own.operation = ForwardOperation(step);
    return GetStuck(draft, own,
                    overdue ? StuckReason::kAnswerOverdue : StuckReason::kRetriesExhausted);
  }
  draft.Add(StepInDoubt{.step = last.step,
                        .operation = ForwardOperation(step),
                        .attempts = ForwardAttempts(progress),
                        .failure = last.failure});
  draft.outlook().Set(last.step, StepState::kInDoubt, true);
  draft.TurnBack(BecauseOf(last));
}

void ConcludeForward(Draft& draft, const CallReplied& reply) {
  switch (reply.outcome) {
    case CallOutcome::kSucceeded:
    case CallOutcome::kDeclined:
      return OnActionSucceeded(draft, reply);
    case CallOutcome::kRejected:
      return OnActionRejected(draft, reply);
    case CallOutcome::kUnknown:
    case CallOutcome::kNotSent:
      return OnActionUnanswered(draft, reply);
    case CallOutcome::kAccepted:
      return Accept(draft, reply);
    case CallOutcome::kMisconfigured:
      return GetStuck(draft, reply, StuckReason::kMisconfigured);
  }
  SAGA_UNREACHABLE();
}

void Conclude(Draft& draft, const CallReplied& reply) {
  switch (reply.operation) {
    case Operation::kAction:
    case Operation::kTry:
      return draft.compensating() ? ConcludeResolving(draft, reply) : ConcludeForward(draft, reply);
    case Operation::kQuery:
      return ConcludeQuery(draft, reply);
    case Operation::kConfirm:
      return ConcludeConfirm(draft, reply);
    case Operation::kUndo:
    case Operation::kCancel:
      return ConcludeUndo(draft, reply);
  }
  SAGA_UNREACHABLE();
}

}  // namespace saga

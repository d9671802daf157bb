#include <algorithm>
#include <bit>
#include <utility>

#include "orchestrator/core/rules.h"

namespace saga {
namespace {

// A participant that asks for patience gets it, within reason.
constexpr std::chrono::milliseconds kRetryAfterMax{std::chrono::hours(1)};

bool UsedUp(const RetryPolicy& policy, std::uint32_t failures) {
  return policy.attempts != 0 && failures >= policy.attempts;
}

// Failures are journalled at 1, 2, 4, 8 …: after a crash a budget may be overrun by less than its
// double, never reset.
bool IsJournalled(std::uint32_t failures) { return std::has_single_bit(failures); }

bool MayHaveHappened(const PendingCall& pending, CallOutcome outcome) {
  return pending.doubted || outcome == CallOutcome::kUnknown;
}

void GetStuck(const CallReplied& reply, const PendingCall& pending, StuckReason reason,
              Decision& decision) {
  decision.records.emplace_back(
      StepStuck{.step = reply.step,
                .operation = reply.operation,
                .reason = reason,
                .attempts = pending.attempts,
                .failure = reply.failure,
                .may_have_happened = MayHaveHappened(pending, reply.outcome)});
}

void RetryLater(const Saga& saga, const CallReplied& reply, const RetryPolicy& policy,
                TimePoint now, Decision& decision) {
  const PendingCall& pending = *saga.step(reply.step).pending;
  const std::uint32_t failures = pending.failures + 1;
  const auto wait = std::max(BackoffFor(policy, saga.id, reply.step, failures),
                             std::min(reply.retry_after, kRetryAfterMax));
  StepRetrying retrying{.step = reply.step,
                        .operation = reply.operation,
                        .attempts = pending.attempts,
                        .failures = failures,
                        .failure = reply.failure,
                        .next_attempt = now + wait,
                        .may_have_happened = MayHaveHappened(pending, reply.outcome)};
  if (IsJournalled(failures)) {
    decision.records.emplace_back(std::move(retrying));
  } else {
    decision.unjournalled.push_back(std::move(retrying));
  }
}

// After a step is closed on the way forward: what is due next, or the end.
void GoOn(const Outlook& outlook, Decision& decision) {
  if (outlook.AllClosed()) decision.records.emplace_back(SagaSucceeded{});
}

void OnActionSucceeded(const Saga& saga, const CallReplied& reply, TimePoint now,
                       Decision& decision) {
  const PendingCall& pending = *saga.step(reply.step).pending;
  const Step& step = saga.definition->step(reply.step);
  const bool declined = reply.outcome == CallOutcome::kDeclined && !step.after_pivot;
  StepSucceeded record{.step = reply.step,
                       .operation = reply.operation,
                       .attempts = pending.attempts,
                       .output = reply.output ? reply.output : EmptyPayload(),
                       .declined = declined,
                       .due = {},
                       .skipped = {},
                       .waits = {}};
  Outlook outlook(saga);
  outlook.Set(reply.step, StepState::kSucceeded, true);
  if (declined) {
    decision.records.emplace_back(std::move(record));
    TurnBack(
        saga, std::move(outlook),
        {.cause = CompensationCause::kStepFailed, .step = reply.step, .failure = reply.failure},
        decision);
    return;
  }
  const bool late = DeadlineApplies(saga) && now >= *saga.deadline && !outlook.AllClosed();
  if (late) {
    decision.records.emplace_back(std::move(record));
    TurnBack(saga, std::move(outlook),
             {.cause = CompensationCause::kDeadline, .reason = "the deadline has passed"},
             decision);
    return;
  }
  record.due = outlook.ForwardDue();
  decision.records.emplace_back(std::move(record));
  GoOn(outlook, decision);
}

void GiveUp(const Saga& saga, const CallReplied& reply, Decision& decision) {
  const PendingCall& pending = *saga.step(reply.step).pending;
  StepGivenUp record{.step = reply.step,
                     .attempts = pending.attempts,
                     .failure = reply.failure,
                     .may_have_happened = MayHaveHappened(pending, reply.outcome),
                     .due = {},
                     .skipped = {},
                     .waits = {}};
  Outlook outlook(saga);
  outlook.Set(reply.step, StepState::kGivenUp, record.may_have_happened);
  record.due = outlook.ForwardDue();
  decision.records.emplace_back(std::move(record));
  GoOn(outlook, decision);
}

void OnActionRejected(const Saga& saga, const CallReplied& reply, Decision& decision) {
  const Step& step = saga.definition->step(reply.step);
  const PendingCall& pending = *saga.step(reply.step).pending;
  if (step.optional) return GiveUp(saga, reply, decision);
  if (step.after_pivot) return GetStuck(reply, pending, StuckReason::kRejectedAfterPivot, decision);
  decision.records.emplace_back(StepRejected{.step = reply.step,
                                             .operation = reply.operation,
                                             .attempts = pending.attempts,
                                             .failure = reply.failure,
                                             .may_have_happened = pending.doubted,
                                             .due = {}});
  Outlook outlook(saga);
  outlook.Set(reply.step, StepState::kRejected, pending.doubted);
  TurnBack(saga, std::move(outlook),
           {.cause = CompensationCause::kStepFailed, .step = reply.step, .failure = reply.failure},
           decision);
}

void OnActionUnanswered(const Saga& saga, const CallReplied& reply, TimePoint now,
                        Decision& decision) {
  const Step& step = saga.definition->step(reply.step);
  const PendingCall& pending = *saga.step(reply.step).pending;
  const bool never_left = !MayHaveHappened(pending, reply.outcome);
  // The pivot is not sent after the deadline; one that never left was not sent.
  if (step.pivot && never_left && saga.deadline && now >= *saga.deadline && !saga.paused) {
    TurnBack(saga, Outlook(saga),
             {.cause = CompensationCause::kDeadline, .reason = "the deadline has passed"},
             decision);
    return;
  }
  if (!UsedUp(step.action.retry, pending.failures + 1)) {
    return RetryLater(saga, reply, step.action.retry, now, decision);
  }
  if (step.optional) return GiveUp(saga, reply, decision);
  if (step.pivot || step.after_pivot)
    return GetStuck(reply, pending, StuckReason::kRetriesExhausted, decision);
  decision.records.emplace_back(StepInDoubt{.step = reply.step,
                                            .operation = reply.operation,
                                            .attempts = pending.attempts,
                                            .failure = reply.failure,
                                            .due = {}});
  Outlook outlook(saga);
  outlook.Set(reply.step, StepState::kInDoubt, true);
  TurnBack(saga, std::move(outlook),
           {.cause = CompensationCause::kStepFailed, .step = reply.step, .failure = reply.failure},
           decision);
}

void ConcludeForward(const Saga& saga, const CallReplied& reply, TimePoint now,
                     Decision& decision) {
  switch (reply.outcome) {
    case CallOutcome::kSucceeded:
    case CallOutcome::kDeclined:
      return OnActionSucceeded(saga, reply, now, decision);
    case CallOutcome::kRejected:
      return OnActionRejected(saga, reply, decision);
    case CallOutcome::kUnknown:
    case CallOutcome::kAccepted:
    case CallOutcome::kNotSent:
      return OnActionUnanswered(saga, reply, now, decision);
    case CallOutcome::kMisconfigured:
      return GetStuck(reply, *saga.step(reply.step).pending, StuckReason::kMisconfigured, decision);
  }
  SAGA_UNREACHABLE();
}

// The way back, after a step's answer or undo has come in: which undos can start, or the end.
void GoBack(const Outlook& outlook, DueCalls& due, Decision& decision, Record record) {
  std::visit(
      [&](auto& r) {
        if constexpr (requires { r.due; }) r.due = std::move(due);
      },
      record);
  decision.records.emplace_back(std::move(record));
  if (!outlook.AnythingToUndo()) decision.records.emplace_back(SagaCompensated{});
}

// An answer that was only asked for to learn it.
void ConcludeResolving(const Saga& saga, const CallReplied& reply, TimePoint now,
                       Decision& decision) {
  const Step& step = saga.definition->step(reply.step);
  const PendingCall& pending = *saga.step(reply.step).pending;
  Outlook outlook(saga);
  switch (reply.outcome) {
    case CallOutcome::kSucceeded:
    case CallOutcome::kDeclined: {
      outlook.Set(reply.step, StepState::kSucceeded, true);
      DueCalls due = outlook.UndoDue();
      return GoBack(outlook, due, decision,
                    StepSucceeded{.step = reply.step,
                                  .operation = reply.operation,
                                  .attempts = pending.attempts,
                                  .output = reply.output ? reply.output : EmptyPayload(),
                                  .declined = reply.outcome == CallOutcome::kDeclined,
                                  .due = {},
                                  .skipped = {},
                                  .waits = {}});
    }
    case CallOutcome::kNotSent:
      if (pending.doubted) return RetryLater(saga, reply, step.undo->retry, now, decision);
      [[fallthrough]];
    case CallOutcome::kRejected: {
      outlook.Set(reply.step, StepState::kRejected, pending.doubted);
      DueCalls due = outlook.UndoDue();
      return GoBack(outlook, due, decision,
                    StepRejected{.step = reply.step,
                                 .operation = reply.operation,
                                 .attempts = pending.attempts,
                                 .failure = reply.failure,
                                 .may_have_happened = pending.doubted,
                                 .due = {}});
    }
    case CallOutcome::kAccepted:
    case CallOutcome::kUnknown:
      if (!UsedUp(step.undo->retry, pending.failures + 1)) {
        return RetryLater(saga, reply, step.undo->retry, now, decision);
      }
      return GetStuck(reply, pending, StuckReason::kAnswerUnknown, decision);
    case CallOutcome::kMisconfigured:
      return GetStuck(reply, pending, StuckReason::kMisconfigured, decision);
  }
  SAGA_UNREACHABLE();
}

void ConcludeUndo(const Saga& saga, const CallReplied& reply, TimePoint now, Decision& decision) {
  const Step& step = saga.definition->step(reply.step);
  const PendingCall& pending = *saga.step(reply.step).pending;
  switch (reply.outcome) {
    case CallOutcome::kSucceeded:
    case CallOutcome::kDeclined: {
      Outlook outlook(saga);
      outlook.Set(reply.step, StepState::kUndone, false);
      DueCalls due = outlook.UndoDue();
      return GoBack(outlook, due, decision,
                    StepUndone{.step = reply.step,
                               .operation = reply.operation,
                               .attempts = pending.attempts,
                               .due = {}});
    }
    case CallOutcome::kRejected:
    case CallOutcome::kUnknown:
    case CallOutcome::kAccepted:
    case CallOutcome::kNotSent:
      if (!UsedUp(step.undo->retry, pending.failures + 1)) {
        return RetryLater(saga, reply, step.undo->retry, now, decision);
      }
      return GetStuck(reply, pending, StuckReason::kCompensationExhausted, decision);
    case CallOutcome::kMisconfigured:
      return GetStuck(reply, pending, StuckReason::kMisconfigured, decision);
  }
  SAGA_UNREACHABLE();
}

// A success of an action whose undo was decided without waiting for it.
bool IsLate(const StepProgress& step, const CallReplied& reply) {
  const bool success =
      reply.outcome == CallOutcome::kSucceeded || reply.outcome == CallOutcome::kDeclined;
  const bool undo_decided = step.state == StepState::kUndoing || step.state == StepState::kUndone;
  return success && reply.operation == Operation::kAction && undo_decided && !step.late;
}

}  // namespace

void Conclude(const Saga& saga, const CallReplied& reply, TimePoint now, Decision& decision) {
  if (reply.operation == Operation::kUndo) return ConcludeUndo(saga, reply, now, decision);
  if (saga.state == SagaState::kCompensating) return ConcludeResolving(saga, reply, now, decision);
  ConcludeForward(saga, reply, now, decision);
}

Decision OnReply(const Saga& saga, const CallReplied& reply, TimePoint now) {
  Decision decision;
  const StepProgress& step = saga.step(reply.step);
  if (IsLate(step, reply)) {
    decision.records.emplace_back(StepLate{reply.step, reply.operation, reply.attempt, nullptr});
    if (step.state == StepState::kUndone) {
      decision.records.emplace_back(StepStuck{.step = reply.step,
                                              .operation = Operation::kUndo,
                                              .reason = StuckReason::kLateSuccess,
                                              .attempts = step.undo_attempts,
                                              .failure = {}});
    }
    return decision;
  }
  const bool awaited = step.pending && step.pending->in_flight &&
                       step.pending->operation == reply.operation &&
                       step.pending->attempts == reply.attempt;
  if (!awaited) return decision;  // A straggler: the same call was answered, or taken over, before.
  Conclude(saga, reply, now, decision);
  AddEffects(saga, decision);
  return decision;
}

}  // namespace saga

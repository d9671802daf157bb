// Calls whose outcome comes later, and the questions that are asked about calls.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "orchestrator/core/rules.h"

namespace saga {
namespace {

bool IsOverdue(const PendingCall& pending, TimePoint now) {
  return pending.until && now >= *pending.until;
}

// The question was answered, and the answer says neither; or it was not answered.
void AskLater(Draft& draft, const CallReplied& reply) {
  const QueryRule& query = *draft.spec(reply.step).query;
  const PendingCall& pending = *draft.progress(reply.step).pending;
  const bool failed = reply.failure.code != StatusCode::kOk;
  const std::uint32_t failures = failed ? pending.failures + 1 : 0;
  const auto wait = std::max(
      query.every, BackoffFor(query.call.retry, draft.saga().id, reply.step, failures + 1));
  draft.Again(StepRetrying{.step = reply.step,
                           .operation = reply.operation,
                           .attempts = pending.attempts,
                           .failures = failures,
                           .failure = reply.failure,
                           .next_attempt = draft.now() + wait});
}

void OnQueryUnanswered(Draft& draft, const CallReplied& reply) {
  const PendingCall& pending = *draft.progress(reply.step).pending;
  const bool polled = pending.awaited == Awaited::kReport;
  if (polled && !IsOverdue(pending, draft.now())) return AskLater(draft, reply);
  const Step& step = draft.spec(reply.step);
  const RetryPolicy& budget =
      draft.compensating() && step.undo ? step.undo->retry : step.query->call.retry;
  if (!polled && !UsedUp(budget, pending.failures + 1)) return RetryLater(draft, reply, budget);
  CallReplied last = reply;
  // "Neither" says nothing of why it is asked: the call's own failure does.
  if (last.failure.code == StatusCode::kOk) last.failure = draft.progress(reply.step).failure;
  if (!draft.compensating()) return Exhaust(draft, last);
  GetStuck(draft, last, StuckReason::kAnswerUnknown);
}

CallReplied AsReply(const OutcomeReported& report) {
  return {.step = report.step,
          .operation = report.operation,
          .outcome = report.outcome,
          .output = report.output,
          .failure = report.failure};
}

// What is known of an operation that is not outstanding.
enum class Known : std::uint8_t { kNothing, kDone, kRejected, kNeverCalled };

Known KnownOfForward(const StepProgress& step) {
  switch (step.state) {
    case StepState::kSucceeded:
    case StepState::kConfirming:
    case StepState::kConfirmed:
      return Known::kDone;
    case StepState::kRejected:
      return Known::kRejected;
    case StepState::kUndoing:
    case StepState::kUndone:
      return step.output ? Known::kDone : Known::kNothing;
    case StepState::kInDoubt:
    case StepState::kGivenUp:
    case StepState::kRunning:  // Its saga was resolved meanwhile.
    case StepState::kResolving:
      return step.late ? Known::kDone : Known::kNothing;
    case StepState::kWaiting:
    case StepState::kSkipped:
      return Known::kNeverCalled;
  }
  SAGA_UNREACHABLE();
}

Known KnownOf(const StepProgress& step, Operation operation) {
  switch (operation) {
    case Operation::kAction:
    case Operation::kTry:
    case Operation::kQuery:
      return KnownOfForward(step);
    case Operation::kConfirm:
      return step.state == StepState::kConfirmed ? Known::kDone : Known::kNeverCalled;
    case Operation::kUndo:
    case Operation::kCancel:
      return step.state == StepState::kUndone ? Known::kDone : Known::kNeverCalled;
  }
  SAGA_UNREACHABLE();
}

// A report about an operation whose outcome was settled, or is not waited for any more. True when
// it is news: a success that came too late.
bool IsLateSuccess(Draft& draft, const OutcomeReported& report) {
  const StepProgress& step = draft.progress(report.step);
  const std::string& id = draft.spec(report.step).id;
  switch (KnownOf(step, report.operation)) {
    case Known::kNothing:
      if (IsSuccess(report.outcome)) return true;
      draft.Repeated();
      return false;
    case Known::kDone:
      if (IsSuccess(report.outcome)) {
        draft.Repeated();
      } else {
        draft.Refuse(Refusal(draft.saga(), StatusCode::kFailedPrecondition, "OUTCOME_CONFLICT",
                             fmt::format("step '{}' has succeeded already", id)));
      }
      return false;
    case Known::kRejected:
      if (!IsSuccess(report.outcome)) {
        draft.Repeated();
      } else {
        draft.Refuse(Refusal(draft.saga(), StatusCode::kFailedPrecondition, "OUTCOME_CONFLICT",
                             fmt::format("step '{}' was rejected already", id)));
      }
      return false;
    case Known::kNeverCalled:
      draft.Refuse(Refusal(draft.saga(), StatusCode::kFailedPrecondition, "STEP_NOT_CALLED",
                           fmt::format("the {} of step '{}' waits for no outcome",
                                       OperationName(report.operation), id)));
      return false;
  }
  SAGA_UNREACHABLE();
}

// The same "no" again, to a step that waits for a person or for its next attempt because of it.
bool IsRepeatedNo(const PendingCall& pending, const OutcomeReported& report) {
  if (report.outcome != CallOutcome::kRejected) return false;
  return pending.stuck == StuckReason::kRejectedAfterPivot ||
         (IsUndo(report.operation) && (pending.stuck || pending.next_attempt));
}

bool IsReportable(CallOutcome outcome) {
  return IsSuccess(outcome) || outcome == CallOutcome::kRejected;
}

}  // namespace

Operation ConcernOf(const Step& step, const PendingCall& pending) {
  return pending.operation == Operation::kQuery ? ForwardOperation(step) : pending.operation;
}

void Accept(Draft& draft, const CallReplied& reply) {
  const Step& step = draft.spec(reply.step);
  const StepProgress& progress = draft.progress(reply.step);
  if (!step.async) {
    // Nobody would ever report its outcome.
    CallReplied unknown = reply;
    unknown.outcome = CallOutcome::kUnknown;
    unknown.failure = {StatusCode::kUnknown, "NOT_ASYNC", "sagad",
                       "the participant accepted the call; the step is not `async`"};
    return Conclude(draft, unknown);
  }
  StepAccepted record{
      .step = reply.step, .operation = reply.operation, .attempts = progress.pending->attempts};
  const bool forward = IsForward(reply.operation);
  if (forward) record.until = progress.pending->until;
  if (!record.until && progress.within) record.until = draft.now() + *progress.within;
  if (forward) {
    const bool polls = step.query && step.query->every.count() > 0;
    if (polls) record.next_query = draft.now() + step.query->every;
  }
  draft.Add(std::move(record));
}

// A rejection proves nothing about a call that may still be on its way. Of the pivot only a success
// is believed: whatever else it says, the pivot may yet happen.
void ConcludeQuery(Draft& draft, const CallReplied& reply) {
  switch (reply.outcome) {
    case CallOutcome::kSucceeded:
    case CallOutcome::kDeclined:
      return draft.compensating() ? ConcludeResolving(draft, reply) : ConcludeForward(draft, reply);
    case CallOutcome::kRejected:
      if (draft.spec(reply.step).pivot) return OnQueryUnanswered(draft, reply);
      return draft.compensating() ? ConcludeResolving(draft, reply) : ConcludeForward(draft, reply);
    case CallOutcome::kUnknown:
    case CallOutcome::kNotSent:
    case CallOutcome::kAccepted:
      return OnQueryUnanswered(draft, reply);
    case CallOutcome::kMisconfigured:
      return GetStuck(draft, reply, StuckReason::kMisconfigured);
  }
  SAGA_UNREACHABLE();
}

void OnReport(Draft& draft, const OutcomeReported& report) {
  if (!IsReportable(report.outcome)) {
    return draft.Refuse(Refusal(draft.saga(), StatusCode::kInvalidArgument, "FIELD_INVALID",
                                "an outcome is a success or a rejection"));
  }
  const StepProgress& step = draft.progress(report.step);
  const bool outstanding = step.pending && step.state != StepState::kWaiting &&
                           !IsWait(step.pending->awaited) &&
                           ConcernOf(draft.spec(report.step), *step.pending) == report.operation;
  if (outstanding) {
    return IsRepeatedNo(*step.pending, report) ? draft.Repeated()
                                               : Conclude(draft, AsReply(report));
  }
  if (!IsLateSuccess(draft, report)) return;
  const bool tells = draft.spec(report.step).on_late || step.state == StepState::kUndoing ||
                     step.state == StepState::kUndone;
  if (!tells) return draft.Repeated();
  draft.AddLate({report.step, report.operation, ForwardAttempts(step),
                 report.output ? report.output : EmptyPayload()});
}

void OnReportAfterEnd(Draft& draft, const OutcomeReported& report) {
  if (!IsLateSuccess(draft, report) || !draft.spec(report.step).on_late) return;
  draft.Release(
      StartFollowUp{{FollowUpKind::kLate, static_cast<std::uint16_t>(ToSize(report.step))}});
}

}  // namespace saga

#include "orchestrator/core/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "orchestrator/core/rules.h"

namespace saga {
namespace {

// The first wait that is over. One at a time: what it leads to may close the others.
std::optional<StepIndex> ExpiredWait(const Saga& saga, TimePoint now) {
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (!pending || pending->in_flight || pending->stuck) continue;
    if (pending->awaited == Awaited::kAnswer || !pending->until || *pending->until > now) continue;
    return ToStep(i);
  }
  return std::nullopt;
}

void RepeatCalls(Draft& draft) {
  const Saga& saga = draft.saga();
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (!pending || pending->in_flight || pending->stuck) continue;
    if (!pending->next_attempt || *pending->next_attempt > draft.now()) continue;
    draft.Release(CallParticipant{ToStep(i), pending->operation, pending->attempts + 1});
  }
  for (const FollowUpProgress& follow_up : saga.follow_ups) {
    if (follow_up.next_attempt && *follow_up.next_attempt <= draft.now()) {
      draft.Release(StartFollowUp{follow_up.place});
    }
  }
}

void OnWake(Draft& draft) {
  const Saga& saga = draft.saga();
  if (saga.paused) return;
  if (DeadlineApplies(saga) && draft.now() >= *saga.deadline) {
    draft.TurnBack({.cause = CompensationCause::kDeadline, .reason = "the deadline has passed"});
  } else if (const auto expired = ExpiredWait(saga, draft.now())) {
    Expire(draft, *expired);
  } else {
    RepeatCalls(draft);
  }
}

// An attempt that waits to be repeated after a failure goes out at `at`, if that is earlier.
void Hasten(Draft& draft, StepIndex index, TimePoint at) {
  const StepProgress& step = draft.progress(index);
  const PendingCall& pending = *step.pending;
  if (!pending.next_attempt || pending.failures == 0) return;
  if (at <= draft.now()) {
    draft.Release(CallParticipant{index, pending.operation, pending.attempts + 1});
  } else if (at < *pending.next_attempt) {
    draft.Again(StepRetrying{.step = index,
                             .operation = pending.operation,
                             .attempts = pending.attempts,
                             .failures = pending.failures,
                             .failure = step.failure,
                             .next_attempt = at,
                             .may_have_happened = pending.doubted});
  }
}

// What waits because the participant could not be reached need not wait longer, but not all of it
// comes back at the same moment.
void OnParticipantRecovered(Draft& draft, const std::string& participant) {
  const Saga& saga = draft.saga();
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (!pending || pending->in_flight || IsWait(pending->awaited)) continue;
    const Step& step = saga.definition->steps[i];
    if (!HasCall(step, pending->operation)) continue;
    const Call& call = saga.definition->call(ToStep(i), pending->operation);
    if (call.participant != participant) continue;
    const TimePoint at = draft.now() + RecoveryDelay(call.retry, saga.id, ToStep(i));
    if (!pending->stuck) {
      Hasten(draft, ToStep(i), at);
      continue;
    }
    const bool unreachable = saga.steps[i].failure.code == StatusCode::kUnavailable;
    if (!unreachable || step.wait_for_person || *pending->stuck == StuckReason::kLateSuccess)
      continue;
    Recover(draft, {.step = ToStep(i),
                    .operation = pending->operation,
                    .next_attempt = at > draft.now() ? std::optional(at) : std::nullopt});
  }
}

// A saga that cannot be read takes no input but the request that ends it.
void OnUnreadable(Draft& draft, const Input& input) {
  const auto* request = std::get_if<OperatorRequest>(&input);
  const bool resolves = request != nullptr && request->action == OperatorAction::kResolve;
  if (resolves) return OnOperator(draft, *request);
  const Saga& saga = draft.saga();
  draft.Refuse(Refusal(saga, StatusCode::kFailedPrecondition, "SAGA_UNREADABLE",
                       fmt::format("saga '{}' cannot be read ({}): it can only be resolved",
                                   saga.id.id(), saga.unreadable)));
}

void Dispatch(Draft& draft, const Input& input) {
  const bool ended = IsEnded(draft.saga().state);
  std::visit(Overloaded{
                 [&](const CallReplied& reply) {
                   if (!ended) OnReply(draft, reply);
                 },
                 [&](const OutcomeReported& report) {
                   ended ? OnReportAfterEnd(draft, report) : OnReport(draft, report);
                 },
                 [&](const SignalArrived& signal) {
                   ended ? OnSignalAfterEnd(draft, signal) : OnSignal(draft, signal);
                 },
                 [&](const FollowUpReplied& reply) {
                   if (!ended) OnFollowUpReply(draft, reply);
                 },
                 [&](const Wake&) {
                   if (!ended) OnWake(draft);
                 },
                 [&](const ParticipantRecovered& recovered) {
                   if (!ended) OnParticipantRecovered(draft, recovered.participant);
                 },
                 [&](const CancelRequest& request) { OnCancel(draft, request); },
                 [&](const OperatorRequest& request) { OnOperator(draft, request); },
             },
             input);
}

// A success of a call whose saga had given it up while it was under way.
bool IsLate(const Step& spec, const StepProgress& step, const CallReplied& reply) {
  if (!IsSuccess(reply.outcome) || !IsForward(reply.operation) || step.late || step.output)
    return false;
  if (step.state == StepState::kUndoing || step.state == StepState::kUndone) return true;
  // There is nothing to undo it with, but something follows a late success.
  const bool closed = step.state == StepState::kInDoubt || step.state == StepState::kGivenUp;
  return closed && spec.on_late;
}

}  // namespace

void OnReply(Draft& draft, const CallReplied& reply) {
  const StepProgress& step = draft.progress(reply.step);
  if (IsLate(draft.spec(reply.step), step, reply)) {
    return draft.AddLate(
        {reply.step, reply.operation, reply.attempt, reply.output ? reply.output : EmptyPayload()});
  }
  const bool awaited = step.pending && step.pending->in_flight &&
                       step.pending->operation == reply.operation &&
                       step.pending->attempts == reply.attempt;
  // Otherwise a straggler: the same call was answered, or taken over, before.
  if (!awaited) return;
  draft.Answered(reply.step);
  // Its outcome was reported before it returned: only a success is news.
  const bool reported = step.pending->stuck || step.pending->next_attempt;
  if (!reported || IsSuccess(reply.outcome)) Conclude(draft, reply);
}

Decision DecideStart(const StartRequest& request, TimePoint now, const Conditions& conditions) {
  SagaStarted started{.definition = request.definition->name,
                      .version = request.definition->version,
                      .definition_digest = request.definition->digest,
                      .start_digest = request.start_digest,
                      .input = request.input,
                      .business_key = request.business_key,
                      .labels = request.labels,
                      .started_by = request.started_by,
                      .traceparent = request.traceparent};
  if (request.deadline.count() > 0) started.deadline = now + request.deadline;
  const Saga saga = Begin(request.saga, request.definition, {Revision{1}, now, started});
  Draft draft(saga, now, conditions);
  draft.GoForward(std::move(started));
  return std::move(draft).Finish();
}

Decision Decide(const Saga& saga, const Input& input, TimePoint now, const Conditions& conditions) {
  Draft draft(saga, now, conditions);
  saga.unreadable.empty() ? Dispatch(draft, input) : OnUnreadable(draft, input);
  return std::move(draft).Finish();
}

}  // namespace saga

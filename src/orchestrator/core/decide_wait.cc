// Timers, signals, and whatever else is over at some time.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "orchestrator/core/limits.h"
#include "orchestrator/core/rules.h"

namespace saga {
namespace {

void ExpireSignal(Draft& draft, StepIndex index) {
  const Step& step = draft.spec(index);
  const Failure failure{StatusCode::kDeadlineExceeded, "WAIT_EXPIRED", "sagad",
                        fmt::format("the signal '{}' did not come in time", step.signal)};
  if (step.optional) {
    draft.outlook().Set(index, StepState::kGivenUp, false);
    return draft.GoForward(StepGivenUp{.step = index, .failure = failure});
  }
  if (step.after_pivot) {
    return draft.Add(StepStuck{.step = index,
                               .reason = StuckReason::kAnswerOverdue,
                               .failure = failure,
                               .may_have_happened = false});
  }
  draft.Add(StepRejected{.step = index, .failure = failure});
  draft.outlook().Set(index, StepState::kRejected, false);
  draft.TurnBack({.cause = CompensationCause::kStepFailed, .step = index, .failure = failure});
}

// The outcome of an accepted call is not there: as if its attempts were used up.
void ExpireReport(Draft& draft, StepIndex index) {
  const Step& step = draft.spec(index);
  const PendingCall& pending = *draft.progress(index).pending;
  const CallReplied last{.step = index,
                         .operation = ConcernOf(step, pending),
                         .attempt = pending.attempts,
                         .outcome = CallOutcome::kUnknown,
                         .failure = {StatusCode::kDeadlineExceeded, "ANSWER_OVERDUE", "sagad",
                                     "the call was accepted, and its outcome was not reported"}};
  if (!IsForward(last.operation)) return Conclude(draft, last);
  if (!draft.compensating() && !step.query) return Exhaust(draft, last);
  draft.Add(StepInDoubt{.step = index,
                        .operation = last.operation,
                        .attempts = ForwardAttempts(draft.progress(index)),
                        .failure = last.failure,
                        .due = {{index, AskingOperation(step)}}});
}

bool Waits(const Definition& definition, const std::string& signal) {
  return std::any_of(definition.steps.begin(), definition.steps.end(), [&](const Step& step) {
    return step.kind == StepKind::kSignal && step.signal == signal;
  });
}

// Neither a repetition nor refused: it is news.
bool IsNews(Draft& draft, const SignalArrived& signal) {
  const Saga& saga = draft.saga();
  if (!Waits(draft.definition(), signal.name)) {
    draft.Refuse(Refusal(saga, StatusCode::kInvalidArgument, "SIGNAL_UNKNOWN",
                         fmt::format("no step of '{}' waits for a signal '{}'",
                                     draft.definition().NameAtVersion(), signal.name)));
    return false;
  }
  const auto seen = saga.signals_seen.find(signal.id);
  if (seen == saga.signals_seen.end()) return true;
  if (seen->second == SignalDigest(signal.name, signal.payload)) {
    draft.Repeated();
  } else {
    draft.Refuse(Refusal(saga, StatusCode::kAlreadyExists, "SIGNAL_ID_REUSED",
                         fmt::format("signal '{}' came before with another name or payload: use "
                                     "another id for another signal",
                                     signal.id)));
  }
  return false;
}

}  // namespace

void FireTimer(Draft& draft, StepIndex step) {
  draft.outlook().Set(step, StepState::kSucceeded, false);
  draft.GoForward(TimerFired{.step = step});
}

void Expire(Draft& draft, StepIndex step) {
  switch (draft.progress(step).pending->awaited) {
    case Awaited::kAnswer:
      return;  // A call has its own deadline.
    case Awaited::kTime:
      return FireTimer(draft, step);
    case Awaited::kSignal:
      return ExpireSignal(draft, step);
    case Awaited::kReport:
      return ExpireReport(draft, step);
  }
  SAGA_UNREACHABLE();
}

void OnSignal(Draft& draft, const SignalArrived& signal) {
  if (!IsNews(draft, signal)) return;
  const Saga& saga = draft.saga();
  if (saga.signals.size() >= kSignalsKeptMax || saga.signals_seen.size() >= kSignalsSeenMax) {
    return draft.Refuse(
        Refusal(saga, StatusCode::kResourceExhausted, "TOO_MANY_SIGNALS",
                fmt::format("saga '{}' keeps {} signals that no step has taken, of "
                            "{} in all; at most {} and {} are possible",
                            saga.id.id(), saga.signals.size(), saga.signals_seen.size(),
                            kSignalsKeptMax, kSignalsSeenMax)));
  }
  draft.Add(
      SignalReceived{signal.name, signal.id, signal.payload ? signal.payload : EmptyPayload()});
  if (draft.compensating()) return draft.AddLateSignals();
  if (!draft.TurnsBackByDeadline()) return draft.GoOn();
  draft.TurnBack({.cause = CompensationCause::kDeadline, .reason = "the deadline has passed"});
}

void OnSignalAfterEnd(Draft& draft, const SignalArrived& signal) {
  if (!IsNews(draft, signal)) return;
  const Saga& saga = draft.saga();
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const Step& step = draft.definition().steps[i];
    const bool matches = step.kind == StepKind::kSignal && step.signal == signal.name;
    if (!matches || !step.on_late || saga.steps[i].state == StepState::kSucceeded) continue;
    return draft.Release(StartFollowUp{{FollowUpKind::kLate, static_cast<std::uint16_t>(i)}});
  }
  draft.Refuse(Ended(saga));
}

}  // namespace saga

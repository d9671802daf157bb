#include <algorithm>
#include <utility>

#include "base/check.h"
#include "orchestrator/core/decide.h"

namespace saga {
namespace {

StepState StateDuring(Operation operation) {
  switch (operation) {
    case Operation::kAction:
    case Operation::kTry:
    case Operation::kQuery:
      return StepState::kRunning;
    case Operation::kConfirm:
      return StepState::kConfirming;
    case Operation::kUndo:
    case Operation::kCancel:
      return StepState::kUndoing;
  }
  SAGA_UNREACHABLE();
}

PendingCall NewPending(const StepProgress& step, Operation operation, TimePoint at) {
  PendingCall pending;
  pending.operation = operation;
  pending.since = at;
  if (IsForward(operation)) {
    pending.attempts = step.action_attempts;
    pending.doubted = step.effect_possible;
  } else if (operation == Operation::kQuery) {
    pending.doubted = true;
  }
  if (step.pending && (IsForward(operation) || operation == Operation::kQuery)) {
    // The same work goes on, asked for in another way.
    pending.since = step.pending->since;
    pending.until = step.pending->until;
    if (operation == Operation::kQuery) pending.awaited = step.pending->awaited;
  }
  return pending;
}

// The operation becomes outstanding: a new call, or the same one going on with nothing in its way.
void MakeDue(Saga& saga, const DueCall& due, TimePoint at) {
  StepProgress& step = saga.step(due.step);
  const bool forward = IsForward(due.operation) || due.operation == Operation::kQuery;
  if (!forward || step.state == StepState::kWaiting) step.state = StateDuring(due.operation);
  if (!step.pending || step.pending->operation != due.operation) {
    step.pending = NewPending(step, due.operation, at);
  }
  PendingCall& pending = *step.pending;
  if (due.operation != Operation::kQuery) pending.awaited = Awaited::kAnswer;
  pending.next_attempt.reset();
  pending.stuck.reset();
  pending.stuck_since.reset();
}

void MakeAllDue(Saga& saga, const DueCalls& due, TimePoint at) {
  for (const DueCall& call : due) MakeDue(saga, call, at);
}

void Skip(Saga& saga, const std::vector<StepIndex>& skipped) {
  for (const StepIndex index : skipped) {
    saga.step(index).state = StepState::kSkipped;
    saga.step(index).pending.reset();
  }
}

// A timer or a signal begins to wait; an async step learns how long its outcome may take.
void Await(Saga& saga, const StepWaits& waits, TimePoint at) {
  for (const StepWait& wait : waits) {
    StepProgress& step = saga.step(wait.step);
    if (wait.until) step.within = *wait.until - at;
    switch (saga.definition->step(wait.step).kind) {
      case StepKind::kAction:
      case StepKind::kTcc:
        if (step.pending) step.pending->until = wait.until;
        break;
      case StepKind::kTimer:
        step.state = StepState::kRunning;
        step.pending = PendingCall{.awaited = Awaited::kTime, .until = wait.until, .since = at};
        break;
      case StepKind::kSignal:
        step.state = StepState::kRunning;
        step.pending = PendingCall{.awaited = Awaited::kSignal, .until = wait.until, .since = at};
        break;
    }
  }
}

// What a forward record opens.
template <typename R>
void Open(Saga& saga, const R& record, TimePoint at) {
  Skip(saga, record.skipped);
  MakeAllDue(saga, record.due, at);
  Await(saga, record.waits, at);
}

void CloseAction(StepProgress& step, StepState state, std::uint32_t attempts) {
  step.state = state;
  step.action_attempts = std::max(step.action_attempts, attempts);
  step.pending.reset();
}

void CloseUndo(StepProgress& step, std::uint32_t attempts) {
  step.state = StepState::kUndone;
  step.effect_possible = false;
  step.late = false;
  step.undo_attempts = attempts;
  step.pending.reset();
  step.failure = {};
}

void End(Saga& saga, SagaState state, TimePoint at) {
  saga.state = state;
  saga.ended = at;
  saga.paused = false;
  for (StepProgress& step : saga.steps) step.pending.reset();
}

void StartCompensation(Saga& saga, const CompensationStarted& record, TimePoint at) {
  saga.state = SagaState::kCompensating;
  saga.compensation = record;
  for (const StepIndex index : record.resolving) {
    StepProgress& step = saga.step(index);
    step.state = StepState::kResolving;
    step.effect_possible = true;
    if (step.pending) step.pending->failures = 0;
  }
  for (const StepIndex index : record.abandoned) {
    StepProgress& step = saga.step(index);
    const bool called =
        step.state != StepState::kWaiting && !(step.pending && IsWait(step.pending->awaited));
    step.state = called ? StepState::kInDoubt : StepState::kWaiting;
    step.pending.reset();
  }
  MakeAllDue(saga, record.due, at);
}

void GetStuck(Saga& saga, const StepStuck& record, TimePoint at) {
  StepProgress& step = saga.step(record.step);
  if (!step.pending || step.pending->operation != record.operation) {
    PendingCall pending = NewPending(step, record.operation, at);
    if (step.pending) pending.awaited = step.pending->awaited;
    step.pending = pending;
  }
  if (IsUndo(record.operation)) step.state = StepState::kUndoing;
  PendingCall& pending = *step.pending;
  pending.attempts = record.attempts;
  pending.next_attempt.reset();
  pending.doubted = pending.doubted || record.may_have_happened;
  pending.stuck = record.reason;
  pending.stuck_since = at;
  step.failure = record.failure;
}

template <typename Steps>
bool Names(const Steps& steps, StepIndex index) {
  return std::any_of(steps.begin(), steps.end(), [index](const auto& named) {
    if constexpr (requires { named.step; }) {
      return named.step == index;
    } else {
      return named == index;
    }
  });
}

void Recover(Saga& saga, const StepRecovered& record, TimePoint at) {
  StepProgress& step = saga.step(record.step);
  const bool waits = step.pending && IsWait(step.pending->awaited);
  if (step.state == StepState::kWaiting) {
    step.pending.reset();  // Its condition was evaluated again: the lists say what came of it.
  } else if (!waits) {
    MakeDue(saga, {record.step, record.operation}, at);
    step.pending->next_attempt = record.next_attempt;
  }
  Open(saga, record, at);
  if (step.pending) step.pending->failures = 0;
  if (record.key_generation > 0) {
    step.key_generation = record.key_generation;
    step.late = false;
  }
}

void Accept(Saga& saga, const StepAccepted& record) {
  StepProgress& step = saga.step(record.step);
  if (!step.pending) return;
  PendingCall& pending = *step.pending;
  if (IsForward(record.operation)) {
    step.action_attempts = std::max(step.action_attempts, record.attempts);
  }
  pending.awaited = Awaited::kReport;
  pending.attempts = record.attempts;
  pending.failures = 0;
  pending.until = record.until;
  pending.next_attempt.reset();
  if (record.next_query) {
    pending.operation = Operation::kQuery;
    pending.attempts = 0;
    pending.next_attempt = record.next_query;
  }
}

void Receive(Saga& saga, const SignalReceived& record) {
  saga.signals_seen[record.id] = SignalDigest(record.name, record.payload);
  saga.signals.push_back({record.name, record.payload});
}

// A signal's step takes the oldest signal of its name.
void TakeSignal(Saga& saga, StepIndex index) {
  const Step& spec = saga.definition->step(index);
  if (spec.kind != StepKind::kSignal) return;
  const auto taken = std::find_if(saga.signals.begin(), saga.signals.end(),
                                  [&](const KeptSignal& kept) { return kept.name == spec.signal; });
  if (taken != saga.signals.end()) saga.signals.erase(taken);
}

struct Evolver {
  Saga& saga;
  TimePoint at;

  void operator()(const SagaStarted& r) const { Open(saga, r, at); }
  void operator()(const StepSucceeded& r) const {
    StepProgress& step = saga.step(r.step);
    CloseAction(step, StepState::kSucceeded, r.attempts);
    step.effect_possible = true;
    step.output = r.output;
    step.failure = {};
    TakeSignal(saga, r.step);
    Open(saga, r, at);
  }
  void operator()(const StepRejected& r) const {
    StepProgress& step = saga.step(r.step);
    CloseAction(step, StepState::kRejected, r.attempts);
    step.effect_possible = r.may_have_happened;
    step.failure = r.failure;
    MakeAllDue(saga, r.due, at);
  }
  void operator()(const StepInDoubt& r) const {
    StepProgress& step = saga.step(r.step);
    step.effect_possible = true;
    step.failure = r.failure;
    if (r.due.empty()) return CloseAction(step, StepState::kInDoubt, r.attempts);
    step.action_attempts = std::max(step.action_attempts, r.attempts);
    MakeAllDue(saga, r.due, at);
    if (!step.pending) return;
    step.pending->awaited = Awaited::kAnswer;  // Nobody waits for a report any more.
    step.pending->doubted = true;
  }
  void operator()(const StepAccepted& r) const { Accept(saga, r); }
  void operator()(const StepRetrying& r) const { ApplyRetrying(saga, r); }
  void operator()(const StepGivenUp& r) const {
    StepProgress& step = saga.step(r.step);
    CloseAction(step, StepState::kGivenUp, r.attempts);
    step.effect_possible = r.may_have_happened;
    step.failure = r.failure;
    Open(saga, r, at);
  }
  void operator()(const StepLate& r) const {
    StepProgress& step = saga.step(r.step);
    step.late = true;
    if (r.output) step.output = r.output;
    TakeSignal(saga, r.step);
  }
  void operator()(const TimerFired& r) const {
    CloseAction(saga.step(r.step), StepState::kSucceeded, 0);
    Open(saga, r, at);
  }
  void operator()(const StepUndone& r) const {
    CloseUndo(saga.step(r.step), r.attempts);
    MakeAllDue(saga, r.due, at);
  }
  void operator()(const StepCancelled& r) const {
    CloseUndo(saga.step(r.step), r.attempts);
    MakeAllDue(saga, r.due, at);
  }
  void operator()(const StepConfirmed& r) const {
    StepProgress& step = saga.step(r.step);
    step.state = StepState::kConfirmed;
    step.confirm_attempts = r.attempts;
    step.pending.reset();
    step.failure = {};
    Open(saga, r, at);
  }
  void operator()(const StepStuck& r) const { GetStuck(saga, r, at); }
  void operator()(const StepRecovered& r) const { Recover(saga, r, at); }
  void operator()(const CompensationStarted& r) const { StartCompensation(saga, r, at); }
  void operator()(const HoldsDecided& r) const {
    if (saga.holds && *saga.holds != r.decision) {
      saga.unreadable = "its records say CONFIRM and CANCEL";
      return;
    }
    saga.holds = r.decision;
    MakeAllDue(saga, r.due, at);
  }
  void operator()(const SignalReceived& r) const { Receive(saga, r); }
  void operator()(const FollowUpRequested& r) const { FollowUpOf(saga, r.place); }
  void operator()(const FollowUpStarted& r) const {
    FollowUpOf(saga, r.place) = {.place = r.place, .started = true};
  }
  void operator()(const FollowUpStuck& r) const {
    FollowUpOf(saga, r.place) = {.place = r.place, .stuck_since = at, .failure = r.failure};
  }
  void operator()(const FollowUpRecovered& r) const {
    FollowUpOf(saga, r.place) = {.place = r.place};
  }
  void operator()(const SagaPaused&) const {
    saga.paused = true;
    saga.paused_at = at;
  }
  void operator()(const SagaResumed& r) const {
    saga.paused = false;
    saga.paused_at.reset();
    saga.deadline = r.deadline;
  }
  void operator()(const OperatorActed& r) const { saga.last_request_digest = r.request_digest; }
  void operator()(const SagaSucceeded&) const { End(saga, SagaState::kSucceeded, at); }
  void operator()(const SagaCompensated&) const { End(saga, SagaState::kCompensated, at); }
  void operator()(const SagaResolved& r) const {
    saga.resolved = r;
    End(saga, SagaState::kResolved, at);
  }
};

}  // namespace

void Evolve(Saga& saga, const NumberedRecord& record) {
  std::visit(Evolver{saga, record.at}, record.record);
  saga.revision = record.revision;
  saga.updated = record.at;
}

Saga Begin(SagaId id, DefinitionRef definition, const NumberedRecord& started) {
  const auto& record = std::get<SagaStarted>(started.record);
  Saga saga;
  saga.id = std::move(id);
  saga.definition = std::move(definition);
  saga.input = record.input;
  saga.business_key = record.business_key;
  saga.labels = record.labels;
  saga.start_digest = record.start_digest;
  saga.started_by = record.started_by;
  saga.traceparent = record.traceparent;
  saga.created = started.at;
  saga.deadline = record.deadline;
  saga.steps.resize(saga.definition->steps.size());
  Evolve(saga, started);
  return saga;
}

}  // namespace saga

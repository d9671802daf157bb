#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/overloaded.h"
#include "orchestrator/core/decide.h"

namespace saga {
namespace {

// The operation becomes outstanding: a new call, or the same one going on with nothing in its way.
void MakeDue(Saga& saga, const DueCall& due, TimePoint at) {
  StepProgress& step = saga.step(due.step);
  const bool forward = due.operation == Operation::kAction || due.operation == Operation::kTry;
  if (!forward) {
    step.state = StepState::kUndoing;
  } else if (step.state == StepState::kWaiting) {
    step.state = StepState::kRunning;
  }
  if (!step.pending || step.pending->operation != due.operation) {
    PendingCall pending;
    pending.operation = due.operation;
    pending.since = at;
    if (forward) {
      pending.attempts = step.action_attempts;
      pending.doubted = step.effect_possible;
    }
    step.pending = pending;
  }
  step.pending->next_attempt.reset();
  step.pending->stuck.reset();
  step.pending->stuck_since.reset();
}

void MakeAllDue(Saga& saga, const DueCalls& due, TimePoint at) {
  for (const DueCall& call : due) MakeDue(saga, call, at);
}

void CloseAction(StepProgress& step, StepState state, std::uint32_t attempts) {
  step.state = state;
  step.action_attempts = std::max(step.action_attempts, attempts);
  step.pending.reset();
}

void Skip(Saga& saga, const std::vector<StepIndex>& skipped) {
  for (const StepIndex step : skipped) saga.step(step).state = StepState::kSkipped;
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
    step.state = StepState::kInDoubt;
    step.pending.reset();
  }
  MakeAllDue(saga, record.due, at);
}

void GetStuck(Saga& saga, const StepStuck& record, TimePoint at) {
  StepProgress& step = saga.step(record.step);
  if (!step.pending || step.pending->operation != record.operation) {
    step.pending = PendingCall{.operation = record.operation, .since = at};
  }
  if (record.operation == Operation::kUndo) step.state = StepState::kUndoing;
  PendingCall& pending = *step.pending;
  pending.attempts = record.attempts;
  pending.in_flight = false;
  pending.next_attempt.reset();
  pending.doubted = pending.doubted || record.may_have_happened;
  pending.stuck = record.reason;
  pending.stuck_since = at;
  step.failure = record.failure;
}

void Recover(Saga& saga, const StepRecovered& record, TimePoint at) {
  StepProgress& step = saga.step(record.step);
  MakeDue(saga, {record.step, record.operation}, at);
  step.pending->failures = 0;
  step.pending->in_flight = false;
  if (record.key_generation > 0) {
    step.key_generation = record.key_generation;
    step.late = false;
  }
}

struct Evolver {
  Saga& saga;
  TimePoint at;

  void operator()(const SagaStarted& r) const { MakeAllDue(saga, r.due, at); }
  void operator()(const StepSucceeded& r) const {
    StepProgress& step = saga.step(r.step);
    CloseAction(step, StepState::kSucceeded, r.attempts);
    step.effect_possible = true;
    step.output = r.output;
    step.failure = {};
    Skip(saga, r.skipped);
    MakeAllDue(saga, r.due, at);
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
    CloseAction(step, StepState::kInDoubt, r.attempts);
    step.effect_possible = true;
    step.failure = r.failure;
  }
  void operator()(const StepRetrying& r) const { ApplyRetrying(saga, r); }
  void operator()(const StepGivenUp& r) const {
    StepProgress& step = saga.step(r.step);
    CloseAction(step, StepState::kGivenUp, r.attempts);
    step.effect_possible = r.may_have_happened;
    step.failure = r.failure;
    Skip(saga, r.skipped);
    MakeAllDue(saga, r.due, at);
  }
  void operator()(const StepLate& r) const { saga.step(r.step).late = true; }
  void operator()(const StepUndone& r) const {
    StepProgress& step = saga.step(r.step);
    step.state = StepState::kUndone;
    step.effect_possible = false;
    step.late = false;
    step.undo_attempts = r.attempts;
    step.pending.reset();
    step.failure = {};
    MakeAllDue(saga, r.due, at);
  }
  void operator()(const StepStuck& r) const { GetStuck(saga, r, at); }
  void operator()(const StepRecovered& r) const { Recover(saga, r, at); }
  void operator()(const CompensationStarted& r) const { StartCompensation(saga, r, at); }
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

template <typename T>
concept NamesStep = requires(const T& record) {
  { record.step } -> std::convertible_to<StepIndex>;
};
template <typename T>
concept MaybeNamesStep = requires(const T& record) {
  { record.step } -> std::convertible_to<std::optional<StepIndex>>;
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

void ApplyRetrying(Saga& saga, const StepRetrying& note) {
  StepProgress& step = saga.step(note.step);
  if (!step.pending) return;
  PendingCall& pending = *step.pending;
  pending.attempts = note.attempts;
  pending.failures = note.failures;
  pending.next_attempt = note.next_attempt;
  pending.in_flight = false;
  pending.doubted = pending.doubted || note.may_have_happened;
  step.failure = note.failure;
}

void MarkCalled(Saga& saga, const CallParticipant& effect) {
  StepProgress& step = saga.step(effect.step);
  SAGA_CHECK(step.pending && step.pending->operation == effect.operation &&
             !step.pending->in_flight);
  step.pending->attempts = effect.attempt;
  step.pending->in_flight = true;
  step.pending->next_attempt.reset();
}

void MarkRecovered(Saga& saga) {
  for (StepProgress& step : saga.steps) {
    if (step.pending) step.pending->doubted = true;
  }
}

std::vector<NumberedRecord> Apply(Saga& saga, const Decision& decision, TimePoint now) {
  std::vector<NumberedRecord> numbered;
  numbered.reserve(decision.records.size());
  for (const Record& record : decision.records) {
    numbered.push_back({Next(saga.revision), now, record});
    Evolve(saga, numbered.back());
  }
  for (const StepRetrying& note : decision.unjournalled) ApplyRetrying(saga, note);
  for (const Effect& effect : decision.effects) {
    std::visit(Overloaded{[&saga](const CallParticipant& call) { MarkCalled(saga, call); }},
               effect);
  }
  return numbered;
}

bool Fits(const Record& record, const Definition& definition) {
  const std::size_t count = definition.steps.size();
  const auto known = [count](StepIndex step) { return ToSize(step) < count; };
  const auto all_known = [&known](const auto& due) {
    return std::all_of(due.begin(), due.end(),
                       [&known](const DueCall& call) { return known(call.step); });
  };
  return std::visit(
      [&](const auto& r) {
        using R = std::decay_t<decltype(r)>;
        bool fits = true;
        if constexpr (NamesStep<R>) {
          fits = known(r.step);
        } else if constexpr (MaybeNamesStep<R>) {
          fits = !r.step || known(*r.step);
        }
        if constexpr (requires { r.due; }) fits = fits && all_known(r.due);
        if constexpr (requires { r.skipped; })
          fits = fits && std::all_of(r.skipped.begin(), r.skipped.end(), known);
        if constexpr (requires { r.resolving; }) {
          fits = fits && std::all_of(r.resolving.begin(), r.resolving.end(), known) &&
                 std::all_of(r.abandoned.begin(), r.abandoned.end(), known);
        }
        return fits;
      },
      record);
}

}  // namespace saga

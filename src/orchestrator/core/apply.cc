// A decision taken over into memory: its records, its soft notes, and the marks of what it
// releases.
#include <algorithm>
#include <concepts>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/overloaded.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/core/follow_up.h"

namespace saga {
namespace {

template <typename T>
concept NamesStep = requires(const T& record) {
  { record.step } -> std::convertible_to<StepIndex>;
};
template <typename T>
concept MaybeNamesStep = requires(const T& record) {
  { record.step } -> std::convertible_to<std::optional<StepIndex>>;
};

}  // namespace

FollowUpProgress& FollowUpOf(Saga& saga, const FollowUpPlace& place) {
  const auto found = std::find_if(saga.follow_ups.begin(), saga.follow_ups.end(),
                                  [&](const FollowUpProgress& f) { return f.place == place; });
  if (found != saga.follow_ups.end()) return *found;
  return saga.follow_ups.emplace_back(FollowUpProgress{.place = place});
}

void ApplyRetrying(Saga& saga, const StepRetrying& note) {
  StepProgress& step = saga.step(note.step);
  if (!step.pending) return;
  PendingCall& pending = *step.pending;
  pending.attempts = note.attempts;
  pending.failures = note.failures;
  pending.next_attempt = note.next_attempt;
  pending.doubted = pending.doubted || note.may_have_happened;
  if (note.operation != Operation::kQuery) pending.awaited = Awaited::kAnswer;
  if (note.failure.code != StatusCode::kOk) step.failure = note.failure;
}

void ApplyRetrying(Saga& saga, const FollowUpRetrying& note) {
  FollowUpProgress& follow_up = FollowUpOf(saga, note.place);
  follow_up.in_flight = false;
  follow_up.failures = note.failures;
  follow_up.failure = note.failure;
  follow_up.next_attempt = note.next_attempt;
}

void MarkCalled(Saga& saga, const CallParticipant& effect) {
  StepProgress& step = saga.step(effect.step);
  SAGA_CHECK(step.pending && step.pending->operation == effect.operation &&
             !step.pending->in_flight);
  step.pending->attempts = effect.attempt;
  step.pending->in_flight = true;
  step.pending->next_attempt.reset();
}

void MarkReleased(Saga& saga, const Effect& effect) {
  std::visit(Overloaded{[&saga](const CallParticipant& call) { MarkCalled(saga, call); },
                        [&saga](const StartFollowUp& start) {
                          FollowUpProgress& follow_up = FollowUpOf(saga, start.place);
                          follow_up.in_flight = true;
                          follow_up.next_attempt.reset();
                        }},
             effect);
}

void MarkRecovered(Saga& saga) {
  for (StepProgress& step : saga.steps) {
    // An accepted call was answered: only its outcome is open.
    if (step.pending && step.pending->awaited == Awaited::kAnswer) step.pending->doubted = true;
  }
}

std::vector<NumberedRecord> Apply(Saga& saga, const Decision& decision, TimePoint now) {
  std::vector<NumberedRecord> numbered;
  numbered.reserve(decision.records.size());
  if (decision.answered) {
    auto& pending = saga.step(*decision.answered).pending;
    if (pending) pending->in_flight = false;
  }
  for (const Record& record : decision.records) {
    numbered.push_back({Next(saga.revision), now, record});
    Evolve(saga, numbered.back());
  }
  for (const StepRetrying& note : decision.unjournalled) ApplyRetrying(saga, note);
  for (const FollowUpRetrying& note : decision.follow_ups_waiting) ApplyRetrying(saga, note);
  for (const Effect& effect : decision.effects) MarkReleased(saga, effect);
  return numbered;
}

bool Fits(const Record& record, const Definition& definition) {
  const std::size_t count = definition.steps.size();
  const auto known = [count](StepIndex step) { return ToSize(step) < count; };
  const auto all_known = [&known](const auto& due) {
    return std::all_of(due.begin(), due.end(),
                       [&known](const auto& named) { return known(named.step); });
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
          fits =
              fits && std::all_of(r.skipped.begin(), r.skipped.end(), known) && all_known(r.waits);
        if constexpr (requires { r.place; }) fits = fits && Has(definition, r.place);
        if constexpr (requires { r.resolving; }) {
          fits = fits && std::all_of(r.resolving.begin(), r.resolving.end(), known) &&
                 std::all_of(r.abandoned.begin(), r.abandoned.end(), known);
        }
        return fits;
      },
      record);
}

}  // namespace saga

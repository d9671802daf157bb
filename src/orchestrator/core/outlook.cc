#include "orchestrator/core/outlook.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/duration.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

// What comes after it need not wait any longer: it is done, or never will be.
bool IsClosed(StepState state) {
  switch (state) {
    case StepState::kSucceeded:
    case StepState::kSkipped:
    case StepState::kGivenUp:
    case StepState::kConfirming:
    case StepState::kConfirmed:
    case StepState::kUndoing:  // On the way forward: a try that was given up and is cancelled.
    case StepState::kUndone:
      return true;
    case StepState::kWaiting:
    case StepState::kRunning:
    case StepState::kRejected:
    case StepState::kInDoubt:
    case StepState::kResolving:
      return false;
  }
  SAGA_UNREACHABLE();
}

Failure FailureOf(const Status& status) {
  return {status.code(), status.reason().empty() ? "EXPRESSION" : status.reason(), "sagad",
          status.message()};
}

// The delay that bounds a step, if any does.
const Delay* DelayOf(const Step& step) {
  const Delay* delay = nullptr;
  switch (step.kind) {
    case StepKind::kAction:
    case StepKind::kTcc:
      if (step.async) delay = &step.async->within;
      break;
    case StepKind::kTimer:
      return &step.wait;
    case StepKind::kSignal:
      delay = &step.wait;
      break;
  }
  const bool set = delay != nullptr && (delay->fixed.count() > 0 || !delay->expression.empty());
  return set ? delay : nullptr;
}

}  // namespace

Outlook::Outlook(const Saga& saga) : saga_(saga), definition_(*saga.definition) {
  steps_.reserve(saga.steps.size());
  outputs_.reserve(saga.steps.size());
  for (const StepProgress& step : saga.steps) {
    const bool blocked = step.state == StepState::kWaiting && step.pending.has_value();
    steps_.push_back({step.state, step.effect_possible, blocked});
    outputs_.push_back(step.output);
  }
}

void Outlook::Set(StepIndex step, StepState state, bool effect_possible) {
  steps_[ToSize(step)] = {state, effect_possible, false};
}

ConditionScope Outlook::ScopeAt(TimePoint now) const {
  return {saga_.id, definition_, saga_.input, saga_.business_key, outputs_, now};
}

bool Outlook::Ready(std::size_t i) const {
  if (steps_[i].state != StepState::kWaiting || steps_[i].blocked) return false;
  const Step& step = definition_.steps[i];
  return std::all_of(step.after.begin(), step.after.end(), [&](StepIndex before) {
    const StepState state = this->state(before);
    if (!IsClosed(state)) return false;
    // After the pivot a hold is there to be relied on once it is confirmed.
    const bool held = definition_.step(before).kind == StepKind::kTcc &&
                      (state == StepState::kSucceeded || state == StepState::kConfirming);
    return !step.after_pivot || !held;
  });
}

Result<std::optional<TimePoint>> Outlook::WaitOf(std::size_t i, const Conditions& conditions,
                                                 TimePoint now) const {
  const Delay* delay = DelayOf(definition_.steps[i]);
  if (delay == nullptr) return std::optional<TimePoint>();
  std::chrono::milliseconds length = delay->fixed;
  if (!delay->expression.empty()) {
    SAGA_ASSIGN_OR_RETURN(length, conditions.Length(ScopeAt(now), ToStep(i)));
  }
  if (length.count() < 0 || length > kStepWaitMax) {
    return Status(StatusCode::kOutOfRange, "DELAY_OUT_OF_RANGE",
                  fmt::format("a delay of {}; 0 to {} is possible", FormatDuration(length),
                              FormatDuration(kStepWaitMax)));
  }
  return std::optional<TimePoint>(now + length);
}

// True when the step is open or skipped now.
bool Outlook::OpenStep(std::size_t i, const Conditions& conditions, TimePoint now,
                       Opening& opening) {
  const Step& step = definition_.steps[i];
  const auto fail = [&](const Status& status) {
    steps_[i].blocked = true;
    opening.failed.emplace_back(ToStep(i), FailureOf(status));
    return false;
  };
  if (!step.when.empty()) {
    const Result<bool> runs = conditions.When(ScopeAt(now), ToStep(i));
    if (!runs.ok()) return fail(runs.status());
    if (!*runs) {
      Set(ToStep(i), StepState::kSkipped, false);
      opening.skipped.push_back(ToStep(i));
      return true;
    }
  }
  const Result<std::optional<TimePoint>> until = WaitOf(i, conditions, now);
  if (!until.ok()) return fail(until.status());
  Set(ToStep(i), StepState::kRunning, false);
  const bool calls = HasCall(step, ForwardOperation(step));
  if (calls) opening.due.push_back({ToStep(i), ForwardOperation(step)});
  if (!calls || *until) opening.waits.push_back({ToStep(i), *until});
  return true;
}

Opening Outlook::Open(const Conditions& conditions, TimePoint now) {
  Opening opening;
  bool skipped = true;  // A skipped step opens what comes after it.
  while (skipped) {
    const std::size_t before = opening.skipped.size();
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (Ready(i)) OpenStep(i, conditions, now, opening);
    }
    skipped = opening.skipped.size() > before;
  }
  return opening;
}

bool Outlook::AllClosed() const {
  return std::all_of(steps_.begin(), steps_.end(),
                     [](const View& step) { return IsClosed(step.state); });
}

bool Outlook::AllDone() const {
  return AllClosed() && std::none_of(steps_.begin(), steps_.end(), [](const View& step) {
           return step.state == StepState::kConfirming || step.state == StepState::kUndoing;
         });
}

bool Outlook::PivotPassed() const {
  if (!definition_.pivot) return false;
  const StepState pivot = state(*definition_.pivot);
  return pivot == StepState::kSucceeded || pivot == StepState::kSkipped;
}

DueCalls Outlook::ConfirmHolds() {
  DueCalls due;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (definition_.steps[i].kind != StepKind::kTcc) continue;
    if (steps_[i].state == StepState::kSucceeded) {
      steps_[i].state = StepState::kConfirming;
      due.push_back({ToStep(i), Operation::kConfirm});
    } else if (steps_[i].state == StepState::kGivenUp && steps_[i].effect_possible) {
      // Nobody counted on it, and it may hold something.
      steps_[i].state = StepState::kUndoing;
      due.push_back({ToStep(i), Operation::kCancel});
    }
  }
  return due;
}

bool Outlook::MustUndo(std::size_t i) const {
  if (!steps_[i].effect_possible || !definition_.steps[i].undo) return false;
  switch (steps_[i].state) {
    case StepState::kSucceeded:
    case StepState::kRejected:
    case StepState::kInDoubt:
    case StepState::kGivenUp:
      return true;
    case StepState::kWaiting:
    case StepState::kRunning:
    case StepState::kSkipped:
    case StepState::kResolving:
    case StepState::kUndoing:
    case StepState::kUndone:
    case StepState::kConfirming:
    case StepState::kConfirmed:
      return false;
  }
  SAGA_UNREACHABLE();
}

bool Outlook::Blocks(std::size_t i) const {
  return steps_[i].state == StepState::kResolving || steps_[i].state == StepState::kUndoing ||
         MustUndo(i);
}

DueCalls Outlook::UndoDue() const {
  DueCalls due;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (!MustUndo(i)) continue;
    const auto& dependants = definition_.steps[i].descendants;
    const bool blocked = std::any_of(dependants.begin(), dependants.end(),
                                     [this](StepIndex step) { return Blocks(ToSize(step)); });
    if (!blocked) due.push_back({ToStep(i), UndoOperation(definition_.steps[i])});
  }
  return due;
}

bool Outlook::AnythingToUndo() const {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (Blocks(i)) return true;
  }
  return false;
}

}  // namespace saga

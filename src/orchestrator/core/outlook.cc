#include "orchestrator/core/outlook.h"

#include <algorithm>

namespace saga {

Outlook::Outlook(const Saga& saga) : definition_(*saga.definition) {
  steps_.reserve(saga.steps.size());
  for (const StepProgress& step : saga.steps) steps_.push_back({step.state, step.effect_possible});
}

void Outlook::Set(StepIndex step, StepState state, bool effect_possible) {
  steps_[ToSize(step)] = {state, effect_possible};
}

DueCalls Outlook::ForwardDue() const {
  DueCalls due;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].state != StepState::kWaiting) continue;
    const auto& after = definition_.steps[i].after;
    const bool ready = std::all_of(after.begin(), after.end(),
                                   [this](StepIndex step) { return IsClosed(state(step)); });
    if (ready) due.push_back({ToStep(i), Operation::kAction});
  }
  return due;
}

bool Outlook::AllClosed() const {
  return std::all_of(steps_.begin(), steps_.end(),
                     [](const View& step) { return IsClosed(step.state); });
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
    if (!blocked) due.push_back({ToStep(i), Operation::kUndo});
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

#include <algorithm>

#include "orchestrator/core/decide.h"
#include "orchestrator/core/outlook.h"
#include "orchestrator/core/rules.h"

namespace saga {

std::vector<Effect> OutstandingEffects(const Saga& saga) {
  std::vector<Effect> effects;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (!pending || !CallIsDue(*pending)) continue;
    effects.emplace_back(CallParticipant{ToStep(i), pending->operation, pending->attempts + 1});
  }
  for (const FollowUpProgress& follow_up : saga.follow_ups) {
    if (follow_up.started || follow_up.in_flight || follow_up.next_attempt || follow_up.stuck_since)
      continue;
    effects.emplace_back(StartFollowUp{follow_up.place});
  }
  return effects;
}

std::vector<Effect> ResumeEffects(const Saga& saga) {
  if (IsEnded(saga.state) || saga.paused || !saga.unreadable.empty()) return {};
  return OutstandingEffects(saga);
}

namespace {

// The steps whose undo or answer must come before the undo of `step`.
std::vector<StepIndex> UndoneBefore(const Saga& saga, std::size_t step,
                                    const std::vector<bool>& planned) {
  std::vector<StepIndex> after;
  for (const StepIndex next : saga.definition->steps[step].descendants) {
    if (planned[ToSize(next)]) after.push_back(next);
  }
  return after;
}

}  // namespace

std::vector<PlannedCall> PlanOf(const Saga& saga) {
  std::vector<PlannedCall> plan;
  if (IsEnded(saga.state) || !saga.unreadable.empty()) return plan;
  const Definition& definition = *saga.definition;
  std::vector<bool> undone_later(saga.steps.size(), false);
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const StepProgress& step = saga.steps[i];
    if (step.pending) {
      plan.push_back({{ToStep(i), step.pending->operation}, {}});
    }
    if (saga.state != SagaState::kCompensating || !definition.steps[i].undo) continue;
    undone_later[i] = step.effect_possible && step.state != StepState::kUndone;
  }
  // The last steps are undone first.
  for (std::size_t i = saga.steps.size(); i-- > 0;) {
    if (!undone_later[i]) continue;
    if (saga.steps[i].pending && IsUndo(saga.steps[i].pending->operation)) continue;
    plan.push_back(
        {{ToStep(i), UndoOperation(definition.steps[i])}, UndoneBefore(saga, i, undone_later)});
  }
  return plan;
}

}  // namespace saga

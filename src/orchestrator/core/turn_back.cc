// The decision to roll back: what becomes of everything that is not closed.
#include <algorithm>

#include "base/check.h"
#include "orchestrator/core/draft.h"

namespace saga {
namespace {

// What an unanswered action becomes when the saga turns back.
enum class Unanswered : std::uint8_t { kResolve, kUndo, kAbandon };

Unanswered RuleFor(const Step& step, const StepProgress& progress) {
  if (!step.undo) return Unanswered::kAbandon;
  // None is on its way, none was accepted, and every attempt so far proves that nothing was done.
  const auto& pending = progress.pending;
  const bool never =
      pending && !pending->in_flight && !pending->doubted && pending->awaited == Awaited::kAnswer;
  if (never) return Unanswered::kAbandon;
  return step.in_doubt == InDoubtRule::kUndo ? Unanswered::kUndo : Unanswered::kResolve;
}

}  // namespace

// Asks for the answer of an unanswered action, unless it comes by itself.
void Draft::Resolve(StepIndex step, CompensationStarted& record) {
  record.resolving.push_back(step);
  const bool closed = outlook_.state(step) == StepState::kInDoubt;
  outlook_.Set(step, StepState::kResolving, true);
  const auto& pending = progress(step).pending;
  if (!closed && pending->in_flight) return;
  const bool accepted = !closed && pending->awaited == Awaited::kReport;
  if (accepted && !spec(step).query) return;
  record.due.push_back({step, AskingOperation(spec(step))});
}

void Draft::Unwind(StepIndex step, CompensationStarted& record) {
  const auto& pending = progress(step).pending;
  const StepState state = outlook_.state(step);
  const bool waits = state == StepState::kRunning && pending && IsWait(pending->awaited);
  if (waits || outlook_.blocked(step)) {
    record.abandoned.push_back(step);
    outlook_.Set(step, StepState::kWaiting, false);
    return;
  }
  if (state != StepState::kRunning && state != StepState::kInDoubt) return;
  switch (RuleFor(spec(step), progress(step))) {
    case Unanswered::kResolve:
      Resolve(step, record);
      break;
    case Unanswered::kUndo:
      // Nothing that depends on it has run, so its undo is due at once; UndoDue finds it.
      outlook_.Set(step, StepState::kInDoubt, true);
      break;
    case Unanswered::kAbandon:
      record.abandoned.push_back(step);
      outlook_.Set(step, StepState::kInDoubt, false);
      break;
  }
}

void Draft::TurnBack(CompensationOrder order) {
  CompensationStarted record{.cause = order.cause,
                             .step = order.step,
                             .failure = std::move(order.failure),
                             .actor = std::move(order.actor),
                             .reason = std::move(order.reason)};
  for (std::size_t i = 0; i < saga_.steps.size(); ++i) Unwind(ToStep(i), record);
  DueCalls cancels;
  for (const DueCall& undo : outlook_.UndoDue()) {
    (undo.operation == Operation::kCancel ? cancels : record.due).push_back(undo);
    outlook_.Set(undo.step, StepState::kUndoing, true);
  }
  Add(std::move(record));
  compensating_ = true;
  if (definition().has_holds && !holds_) {
    holds_ = HoldDecision::kCancel;
    Add(HoldsDecided{HoldDecision::kCancel, std::move(cancels)});
  }
  AddLateSignals();
  TryEnd();
}

// Signals that came before the saga waited for them, and now it never will.
void Draft::AddLateSignals() {
  for (std::size_t i = 0; i < saga_.steps.size(); ++i) {
    const Step& step = definition().steps[i];
    const StepState state = outlook_.state(ToStep(i));
    const bool gone = state == StepState::kWaiting || state == StepState::kRejected;
    const bool late =
        step.kind == StepKind::kSignal && step.on_late && gone && !progress(ToStep(i)).late;
    if (!late) continue;
    const auto kept = std::find_if(signals_.begin(), signals_.end(),
                                   [&](const KeptSignal& s) { return s.name == step.signal; });
    if (kept == signals_.end()) continue;
    const PayloadRef payload = kept->payload;
    signals_.erase(kept);
    AddLate({.step = ToStep(i), .operation = Operation::kAction, .attempts = 0, .output = payload});
  }
}

}  // namespace saga

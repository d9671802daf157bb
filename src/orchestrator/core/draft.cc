#include "orchestrator/core/draft.h"

#include <algorithm>

#include "base/overloaded.h"

namespace saga {
namespace {

// The calls that a record makes due, with the numbers of their attempts.
void AddCalls(const Saga& saga, const DueCalls& due, std::vector<Effect>& effects) {
  for (const DueCall& call : due) {
    const StepProgress& step = saga.step(call.step);
    std::uint32_t made = 0;
    if (step.pending && step.pending->operation == call.operation) {
      made = step.pending->attempts;
    } else if (IsForward(call.operation)) {
      made = step.action_attempts;
    }
    effects.emplace_back(CallParticipant{call.step, call.operation, made + 1});
  }
}

}  // namespace

Draft::Draft(const Saga& saga, TimePoint now, const Conditions& conditions)
    : saga_(saga),
      now_(now),
      conditions_(conditions),
      outlook_(saga),
      compensating_(saga.state == SagaState::kCompensating),
      holds_(saga.holds),
      signals_(saga.signals) {
  for (const FollowUpProgress& follow_up : saga.follow_ups) {
    requested_.push_back(follow_up.place);
    if (!follow_up.started) ++open_follow_ups_;
  }
}

void Draft::Add(Record record) {
  std::visit(Overloaded{[this](const SignalReceived& r) {
                          signals_.push_back({r.name, r.payload});
                        },
                        [this](const FollowUpRequested& r) {
                          requested_.push_back(r.place);
                          ++open_follow_ups_;
                        },
                        [this](const FollowUpStarted&) { --open_follow_ups_; }, [](const auto&) {}},
             record);
  decision_.records.push_back(std::move(record));
}

void Draft::Release(Effect effect) {
  if (!saga_.paused) decision_.effects.push_back(std::move(effect));
}

bool Draft::TurnsBackByDeadline() const {
  return !compensating_ && DeadlineApplies(saga_) && now_ >= *saga_.deadline &&
         !outlook_.AllClosed() && !outlook_.PivotPassed();
}

void Draft::GoOnAfter(const Opening& opening) {
  for (const auto& [step, failure] : opening.failed) {
    Add(StepStuck{.step = step,
                  .operation = ForwardOperation(spec(step)),
                  .reason = StuckReason::kConditionFailed,
                  .attempts = 0,
                  .failure = failure,
                  .may_have_happened = false});
  }
  if (TakeSignal()) return;
  DecideHolds();
  TryEnd();
}

// A signal that came before its step waited for it. True when one was taken: all that follows from
// that is added.
bool Draft::TakeSignal() {
  for (std::size_t i = 0; i < saga_.steps.size(); ++i) {
    const Step& step = definition().steps[i];
    if (step.kind != StepKind::kSignal || outlook_.state(ToStep(i)) != StepState::kRunning)
      continue;
    const auto kept = std::find_if(signals_.begin(), signals_.end(),
                                   [&](const KeptSignal& s) { return s.name == step.signal; });
    if (kept == signals_.end()) continue;
    const PayloadRef payload = kept->payload;
    signals_.erase(kept);
    outlook_.Set(ToStep(i), StepState::kSucceeded, true);
    outlook_.SetOutput(ToStep(i), payload);
    GoForward(StepSucceeded{.step = ToStep(i), .output = payload});
    return true;
  }
  return false;
}

void Draft::DecideHolds() {
  if (!definition().has_holds || holds_) return;
  const bool due = definition().pivot ? outlook_.PivotPassed() : outlook_.AllClosed();
  if (!due) return;
  holds_ = HoldDecision::kConfirm;
  Add(HoldsDecided{HoldDecision::kConfirm, outlook_.ConfirmHolds()});
}

void Draft::TryEnd() {
  if (compensating_) {
    if (outlook_.AnythingToUndo()) return;
    End(FollowUpKind::kCompensated, definition().then_compensated.size(), SagaCompensated{});
  } else {
    if (!outlook_.AllDone()) return;
    End(FollowUpKind::kSucceeded, definition().then_succeeded.size(), SagaSucceeded{});
  }
}

void Draft::End(FollowUpKind kind, std::size_t follow_ups, Record end) {
  for (std::size_t i = 0; i < follow_ups; ++i) {
    const FollowUpPlace place{kind, static_cast<std::uint16_t>(i)};
    const bool known = std::find(requested_.begin(), requested_.end(), place) != requested_.end();
    if (!known) Add(FollowUpRequested{place});
  }
  if (open_follow_ups_ == 0) Add(std::move(end));
}

void Draft::AddLate(StepLate late) {
  const StepIndex step = late.step;
  Add(std::move(late));
  if (spec(step).on_late) {
    Add(FollowUpRequested{{FollowUpKind::kLate, static_cast<std::uint16_t>(ToSize(step))}});
  } else if (progress(step).state == StepState::kUndone) {
    Add(StepStuck{.step = step,
                  .operation = UndoOperation(spec(step)),
                  .reason = StuckReason::kLateSuccess,
                  .attempts = progress(step).undo_attempts});
  }
}

Decision Draft::Finish() && {
  if (!decision_.refusal.ok()) {
    // A refused request changes nothing.
    Decision refused;
    refused.refusal = std::move(decision_.refusal);
    return refused;
  }
  if (saga_.paused) return std::move(decision_);
  std::vector<Effect> effects;
  for (const Record& record : decision_.records) {
    std::visit(
        [&](const auto& r) {
          if constexpr (requires { r.due; }) AddCalls(saga_, r.due, effects);
        },
        record);
    if (const auto* requested = std::get_if<FollowUpRequested>(&record)) {
      effects.emplace_back(StartFollowUp{requested->place});
    }
  }
  std::move(decision_.effects.begin(), decision_.effects.end(), std::back_inserter(effects));
  decision_.effects = std::move(effects);
  return std::move(decision_);
}

}  // namespace saga

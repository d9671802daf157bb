// A decision in the making: the records so far, and what they make of the saga. Internal to the
// core.
#pragma once

#include <utility>
#include <vector>

#include "orchestrator/core/decide.h"
#include "orchestrator/core/outlook.h"

namespace saga {

// Why and by whom a saga is turned back.
struct CompensationOrder {
  CompensationCause cause = CompensationCause::kStepFailed;
  std::optional<StepIndex> step;
  Failure failure;
  std::string actor;
  std::string reason;
};

// Borrows:   the saga as it was before the decision, and the conditions; both must outlive it.
// Promises:  every way to add a record that closes a step also adds what follows from it: what it
//            opens, the decision about holds, the end of the saga.
class Draft {
 public:
  Draft(const Saga& saga, TimePoint now, const Conditions& conditions);

  const Saga& saga() const { return saga_; }
  const Definition& definition() const { return *saga_.definition; }
  TimePoint now() const { return now_; }
  // Before the decision.
  const StepProgress& progress(StepIndex step) const { return saga_.step(step); }
  const Step& spec(StepIndex step) const { return saga_.definition->step(step); }
  Outlook& outlook() { return outlook_; }
  bool compensating() const { return compensating_; }

  void Add(Record record);
  void Again(StepRetrying note) { decision_.unjournalled.push_back(std::move(note)); }
  void Again(FollowUpRetrying note) { decision_.follow_ups_waiting.push_back(std::move(note)); }
  void Answered(StepIndex step) { decision_.answered = step; }
  // Unless the saga is paused: what is held is released when it is resumed.
  void Release(Effect effect);
  void ReleaseAnyway(std::vector<Effect> effects) { decision_.effects = std::move(effects); }
  void Refuse(Status refusal) { decision_.refusal = std::move(refusal); }
  void Repeated() { decision_.repeated = true; }
  bool refused() const { return !decision_.refusal.ok(); }
  bool empty() const { return decision_.records.empty(); }

  // `record` closes a step on the way forward, as `outlook` has it already: adds it with what it
  // opens. After the deadline the saga turns back instead.
  template <typename R>
  void GoForward(R record);
  // The same on the way back: adds the undos that can start.
  template <typename R>
  void GoBack(R record);
  void TurnBack(CompensationOrder order);
  // The saga ends if nothing is left to do, or asks for what follows its end.
  void TryEnd();

  // Something other than a step has changed: signals are taken, and what follows is added.
  void GoOn() { GoOnAfter({}); }
  // The deadline has passed, and it may still turn the saga back.
  bool TurnsBackByDeadline() const;

  // On the way back: signals for steps that will never wait for them.
  void AddLateSignals();
  // A step succeeded when its saga had given it up.
  void AddLate(StepLate late);

  // With the effects of its records.
  Decision Finish() &&;

 private:
  template <typename R>
  void Give(Opening& opening, R& record);
  void GoOnAfter(const Opening& opening);
  bool TakeSignal();
  void DecideHolds();
  void Unwind(StepIndex step, CompensationStarted& record);
  void Resolve(StepIndex step, CompensationStarted& record);
  void End(FollowUpKind kind, std::size_t follow_ups, Record end);

  const Saga& saga_;
  TimePoint now_;
  const Conditions& conditions_;
  Outlook outlook_;
  Decision decision_;
  bool compensating_;
  std::optional<HoldDecision> holds_;
  std::vector<KeptSignal> signals_;
  std::vector<FollowUpPlace> requested_;  // Follow-ups, in all.
  std::size_t open_follow_ups_ = 0;       // Of them, not started yet.
};

template <typename R>
void Draft::Give(Opening& opening, R& record) {
  record.due = std::move(opening.due);
  record.skipped = std::move(opening.skipped);
  record.waits = std::move(opening.waits);
}

template <typename R>
void Draft::GoForward(R record) {
  if (TurnsBackByDeadline()) {
    Add(std::move(record));
    TurnBack({.cause = CompensationCause::kDeadline, .reason = "the deadline has passed"});
    return;
  }
  Opening opening = outlook_.Open(conditions_, now_);
  Give(opening, record);
  Add(std::move(record));
  GoOnAfter(opening);
}

template <typename R>
void Draft::GoBack(R record) {
  record.due = outlook_.UndoDue();
  for (const DueCall& due : record.due) outlook_.Set(due.step, StepState::kUndoing, true);
  Add(std::move(record));
  TryEnd();
}

}  // namespace saga

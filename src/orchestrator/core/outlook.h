// What the steps of a saga would look like after a decision, and what that makes due. Internal to
// the core: decisions are worked out on this light copy, so that Decide never touches the saga.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "orchestrator/core/conditions.h"
#include "orchestrator/core/saga.h"

namespace saga {

// What a closed step opens.
struct Opening {
  DueCalls due;
  std::vector<StepIndex> skipped;
  StepWaits waits;
  // Steps whose condition or delay could not be evaluated, and why.
  std::vector<std::pair<StepIndex, Failure>> failed;
};

class Outlook {
 public:
  explicit Outlook(const Saga& saga);

  void Set(StepIndex step, StepState state, bool effect_possible);
  void SetOutput(StepIndex step, const PayloadRef& output) { outputs_[ToSize(step)] = output; }
  // Its condition may be evaluated (again).
  void Unblock(StepIndex step) { steps_[ToSize(step)].blocked = false; }
  StepState state(StepIndex step) const { return steps_[ToSize(step)].state; }
  bool blocked(StepIndex step) const { return steps_[ToSize(step)].blocked; }

  // Forward: opens every waiting step whose predecessors are closed. Skipping goes on through what
  // it opens. Each condition is evaluated once.
  Opening Open(const Conditions& conditions, TimePoint now);
  // No step is waiting or outstanding on the way forward.
  bool AllClosed() const;
  // Besides, no hold is left to confirm or to cancel: the saga has succeeded.
  bool AllDone() const;
  bool PivotPassed() const;

  // Confirms and cancels that CONFIRM makes due; marks them.
  DueCalls ConfirmHolds();

  // Steps whose effect must still be undone and whose dependants' undos are done.
  DueCalls UndoDue() const;
  // An effect may be left or an answer is awaited: the saga is not compensated yet.
  bool AnythingToUndo() const;

 private:
  struct View {
    StepState state;
    bool effect_possible;
    bool blocked;  // Its condition failed: a person decides.
  };

  bool Ready(std::size_t i) const;
  bool OpenStep(std::size_t i, const Conditions& conditions, TimePoint now, Opening& opening);
  Result<std::optional<TimePoint>> WaitOf(std::size_t i, const Conditions& conditions,
                                          TimePoint now) const;
  ConditionScope ScopeAt(TimePoint now) const;
  bool MustUndo(std::size_t i) const;
  bool Blocks(std::size_t i) const;

  const Saga& saga_;
  const Definition& definition_;
  std::vector<View> steps_;
  std::vector<PayloadRef> outputs_;
};

}  // namespace saga

// What the steps of a saga would look like after a decision, and what that makes due. Internal to
// the core: decisions are worked out on this light copy, so that Decide never touches the saga.
#pragma once

#include <vector>

#include "orchestrator/core/saga.h"

namespace saga {

class Outlook {
 public:
  explicit Outlook(const Saga& saga);

  void Set(StepIndex step, StepState state, bool effect_possible);
  StepState state(StepIndex step) const { return steps_[ToSize(step)].state; }

  // Waiting steps whose predecessors are all closed: what a forward move makes due.
  DueCalls ForwardDue() const;
  // No step is waiting or outstanding: the saga has succeeded.
  bool AllClosed() const;

  // Steps whose effect must still be undone and whose dependants' undos are done.
  DueCalls UndoDue() const;
  // An effect may be left or an answer is awaited: the saga is not compensated yet.
  bool AnythingToUndo() const;

 private:
  struct View {
    StepState state;
    bool effect_possible;
  };

  bool MustUndo(std::size_t i) const;
  bool Blocks(std::size_t i) const;

  const Definition& definition_;
  std::vector<View> steps_;
};

// True when every step before it in the order of dependencies is done with: succeeded, skipped or
// given up.
constexpr bool IsClosed(StepState state) {
  return state == StepState::kSucceeded || state == StepState::kSkipped ||
         state == StepState::kGivenUp;
}

}  // namespace saga

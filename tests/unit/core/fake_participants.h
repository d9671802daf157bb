// Participants that keep the three rules (docs/semantics.md "What a participant must do"), in
// memory: what really happened, whatever the saga was told.
#pragma once

#include <vector>

#include "orchestrator/core/definition.h"
#include "orchestrator/core/input.h"

namespace saga::testing {

class FakeParticipants {
 public:
  explicit FakeParticipants(const Definition& definition)
      : definition_(definition), works_(definition.steps.size()) {}

  // What the participant answers, after it has done what it is asked.
  CallReplied Deliver(StepIndex step, Operation operation);
  // From now on it says no to the operation, for good.
  void Refuse(StepIndex step, Operation operation) {
    works_[ToSize(step)].refused.push_back(operation);
  }

  // From now on it does the work of the step, and answers that it is no good.
  void Decline(StepIndex step) { works_[ToSize(step)].declines = true; }

  // "none", "there", or of a hold: "held", "confirmed".
  std::string EffectOf(StepIndex step) const;
  bool Contradicts() const { return contradicts_; }  // A hold was confirmed and cancelled.

 private:
  struct Work {
    bool done = false;
    bool taken_back = false;  // Or blocked, when it was not done.
    bool confirmed = false;
    bool declines = false;
    std::vector<Operation> refused;
  };

  const Definition& definition_;
  std::vector<Work> works_;
  bool contradicts_ = false;
};

}  // namespace saga::testing

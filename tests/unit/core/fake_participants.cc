#include "unit/core/fake_participants.h"

#include <algorithm>

#include "base/check.h"

namespace saga::testing {
namespace {

CallReplied Answer(StepIndex step, Operation operation, CallOutcome outcome) {
  CallReplied reply{.step = step, .operation = operation, .outcome = outcome};
  if (outcome == CallOutcome::kSucceeded || outcome == CallOutcome::kDeclined) {
    reply.output = MakePayload({PayloadEncoding::kJson, "", "{}"});
  }
  if (outcome == CallOutcome::kRejected || outcome == CallOutcome::kDeclined) {
    reply.failure = {StatusCode::kFailedPrecondition, "NO", "test", ""};
  }
  return reply;
}

}  // namespace

CallReplied FakeParticipants::Deliver(StepIndex step, Operation operation) {
  Work& work = works_[ToSize(step)];
  const bool refused =
      std::find(work.refused.begin(), work.refused.end(), operation) != work.refused.end();
  if (refused) return Answer(step, operation, CallOutcome::kRejected);
  switch (operation) {
    case Operation::kAction:
    case Operation::kTry:
      if (work.taken_back && !work.done) return Answer(step, operation, CallOutcome::kRejected);
      work.done = true;
      return Answer(step, operation,
                    work.declines ? CallOutcome::kDeclined : CallOutcome::kSucceeded);
    case Operation::kUndo:
    case Operation::kCancel:
      work.taken_back = true;
      contradicts_ = contradicts_ || work.confirmed;
      return Answer(step, operation, CallOutcome::kSucceeded);
    case Operation::kConfirm:
      contradicts_ = contradicts_ || work.taken_back;
      work.confirmed = true;
      return Answer(step, operation, CallOutcome::kSucceeded);
    case Operation::kQuery:
      return Answer(step, operation, work.done ? CallOutcome::kSucceeded : CallOutcome::kUnknown);
  }
  SAGA_UNREACHABLE();
}

std::string FakeParticipants::EffectOf(StepIndex step) const {
  const Work& work = works_[ToSize(step)];
  if (!work.done || work.taken_back) return "none";
  if (definition_.step(step).kind != StepKind::kTcc) return "there";
  return work.confirmed ? "confirmed" : "held";
}

}  // namespace saga::testing

// Records about one step. docs/semantics.md says when each is written.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/payload.h"
#include "orchestrator/core/record_parts.h"

namespace saga {

// The participant executed the action (or a person says so).
struct StepSucceeded {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;
  PayloadRef output;
  bool declined = false;  // Its answer means no: the saga turns back, this step included.
  DueCalls due;
  std::vector<StepIndex> skipped;
  StepWaits waits;
};

// The participant refused the action, or a signal did not come in time.
struct StepRejected {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;
  Failure failure;
  bool may_have_happened =
      false;     // An earlier attempt went unanswered: the step stays in the compensation set.
  DueCalls due;  // Undos that waited for this answer.
};

// The answer of an action cannot be had by calling it again. Its query is due, if it has one;
// otherwise the step is closed, and the saga turns back.
struct StepInDoubt {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;
  Failure failure;
  DueCalls due;
};

// The participant works on it: the outcome is reported later, or asked for.
struct StepAccepted {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;
  std::optional<TimePoint> until;       // When the outcome must be there.
  std::optional<TimePoint> next_query;  // When it is asked for.
};

// A call failed and will be repeated. Journalled at the first failure, then at 2, 4, 8 …; in
// between it is soft state.
struct StepRetrying {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;  // Calls so far.
  std::uint32_t failures = 0;  // Of the budget: a retry by a person starts it anew.
  Failure failure;
  TimePoint next_attempt;
  bool may_have_happened = true;  // False while every attempt so far was dropped before it left.
};

// An optional step failed for good; the saga goes on.
struct StepGivenUp {
  StepIndex step{};
  std::uint32_t attempts = 0;
  Failure failure;
  bool may_have_happened = false;
  DueCalls due;
  std::vector<StepIndex> skipped;
  StepWaits waits;
};

// A step succeeded after its saga had given it up: a participant without a barrier may hold an
// effect nobody undid.
struct StepLate {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempts = 0;
  PayloadRef output;  // Null in records of the first release.
};

// A timer's time has come (or a person says so).
struct TimerFired {
  StepIndex step{};
  DueCalls due;
  std::vector<StepIndex> skipped;
  StepWaits waits;
};

// The undo of a step is done (or a person says so).
struct StepUndone {
  StepIndex step{};
  Operation operation = Operation::kUndo;
  std::uint32_t attempts = 0;
  DueCalls due;
};

// A hold is final.
struct StepConfirmed {
  StepIndex step{};
  Operation operation = Operation::kConfirm;
  std::uint32_t attempts = 0;
  DueCalls due;
  std::vector<StepIndex> skipped;
  StepWaits waits;
};

// A hold is given back.
struct StepCancelled {
  StepIndex step{};
  Operation operation = Operation::kCancel;
  std::uint32_t attempts = 0;
  DueCalls due;
};

// A person is needed.
struct StepStuck {
  StepIndex step{};
  Operation operation = Operation::kAction;
  StuckReason reason = StuckReason::kRetriesExhausted;
  std::uint32_t attempts = 0;
  Failure failure;
  bool may_have_happened = true;  // False when the only answers so far prove that nothing was done.
};

// A stuck or waiting step goes on, with a fresh budget. One whose condition could not be evaluated
// is named in `due`, `skipped` or `waits`, with all that this opens.
struct StepRecovered {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t key_generation = 0;       // > 0: under a new idempotency key.
  std::optional<TimePoint> next_attempt;  // Absent = now.
  DueCalls due;
  std::vector<StepIndex> skipped;
  StepWaits waits;
};

}  // namespace saga

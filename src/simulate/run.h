// One saga from its start until it ends or nothing moves it any more: the rules that sagad runs,
// under a simulated clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/record.h"
#include "orchestrator/core/saga.h"
#include "simulate/fault.h"
#include "simulate/scenario.h"

namespace saga::simulate {

// Where a run came to rest.
enum class Rest : std::uint8_t {
  kSucceeded,
  kCompensated,
  kStuck,     // Waits for a person.
  kRetrying,  // A call that always fails is repeated without limit.
  kWaiting,   // For a signal or an outcome that never comes, without limit.
};
// "SUCCEEDED", …
std::string_view RestName(Rest rest);

// A call and what came of it.
struct MadeCall {
  Duration at{0};  // From the start.
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempt = 0;
  CallOutcome outcome = CallOutcome::kUnknown;
  Failure failure;
  bool acted = false;       // The participant did it, whatever it answered.
  bool unsendable = false;  // Its request could not be built: nobody was called.
  bool endless = false;     // The next attempts are not told: they are like this one.
};

struct StartedFollowUp {
  std::string name;  // "then.1"
  std::string definition;
  std::string input;  // JSON.
};

struct StuckStep {
  StepIndex step{};
  Operation operation = Operation::kAction;
  StuckReason reason = StuckReason::kRetriesExhausted;
  Failure failure;
};

struct RunResult {
  Rest rest = Rest::kSucceeded;
  Duration took{0};
  std::vector<MadeCall> calls;
  std::vector<NumberedRecord> records;
  std::vector<StuckStep> stuck;
  std::vector<StartedFollowUp> follow_ups;
  // Steps whose effect is there although the saga has turned back, or that still hold what nobody
  // confirmed; with `undo: none` it is as its author wants it, and not named.
  std::vector<StepIndex> left;
  // Calls whose request could not be built.
  std::vector<std::pair<StepIndex, Operation>> lacking;
  Failure failure;                    // Why it turned back.
  std::optional<std::string> output;  // JSON, of a saga that succeeded.
  std::string output_problem;         // Why there is none.
  std::vector<FaultPlace> places;     // Where a fault was, or would have been, met; sorted.
};

// Deterministic: the same arguments give the same result.
RunResult RunSaga(const Scenario& scenario, std::vector<Fault> faults);

}  // namespace saga::simulate

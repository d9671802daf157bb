// What goes wrong in a simulated run.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "orchestrator/core/definition.h"

namespace saga::simulate {

// What can go wrong at a step: a call, the report of an accepted call's outcome, or its signal.
enum class Moment : std::uint8_t { kCall, kReport, kSignal };

struct FaultPlace {
  StepIndex step{};
  Moment moment = Moment::kCall;
  Operation operation = Operation::kAction;  // With kCall.

  auto operator<=>(const FaultPlace&) const = default;
};

enum class FaultKind : std::uint8_t {
  kAnswer,    // The participant answers an error. A report: it says no.
  kDeclined,  // The participant acts, and its answer means no (`reject_if`).
  kHappened,  // No answer comes, but the participant has acted.
  kLost,      // No answer comes, and the participant has not acted. A signal: it never comes.
};

struct Fault {
  FaultPlace place;
  FaultKind kind = FaultKind::kAnswer;
  StatusCode code = StatusCode::kUnavailable;  // With kAnswer.
  std::string reason;                          // With kAnswer: of its ErrorInfo.
  std::uint32_t times = 0;                     // The first calls only; 0 = all.

  bool operator==(const Fault&) const = default;
};

// "authorize", "authorize/undo", "ship/report".
std::string PlaceName(const Definition& definition, const FaultPlace& place);
// "UNAVAILABLE*3", "declined", "did", "did-not*1": what stands behind the = of its option.
std::string FaultWord(const Fault& fault);
// As ParseFail and ParseTimeout read it, with the option's name: "--fail
// authorize/undo=UNAVAILABLE*3".
std::string ToOption(const Definition& definition, const Fault& fault);

// Reads STEP[/OP]=CODE[:REASON][*n] or STEP=declined[*n]. Errors: INVALID_ARGUMENT FIELD_INVALID
// (`fail`) that names what there is.
Result<Fault> ParseFail(const Definition& definition, std::string_view text);
// Reads STEP[/OP]=did|did-not[*n]. Errors: as ParseFail (`timeout`).
Result<Fault> ParseTimeout(const Definition& definition, std::string_view text);

// Every fault at every step and operation: refused, not reachable, not allowed, each kind of
// time-out once and always, a "no" by `reject_if`, an outcome or a signal that never comes.
std::vector<Fault> AllFaults(const Definition& definition);

}  // namespace saga::simulate

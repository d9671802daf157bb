// What records name besides steps: calls, waits, follow-ups.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/call.h"
#include "orchestrator/core/ids.h"

namespace saga {

// A call that a record made due.
struct DueCall {
  StepIndex step{};
  Operation operation = Operation::kAction;

  auto operator<=>(const DueCall&) const = default;
};
using DueCalls = std::vector<DueCall>;

// A step that a record made wait: a timer until it fires, a signal at most so long. With an async
// step, whose call is due besides: until its outcome must be there.
struct StepWait {
  StepIndex step{};
  std::optional<TimePoint> until;  // Absent = no limit.

  auto operator<=>(const StepWait&) const = default;
};
using StepWaits = std::vector<StepWait>;

// What becomes of the holds of a saga; decided once. The values are stored.
enum class HoldDecision : std::uint8_t { kConfirm = 1, kCancel = 2 };
std::string_view HoldDecisionName(HoldDecision decision);

// Why another saga is started. The values are stored.
enum class FollowUpKind : std::uint8_t {
  kSucceeded = 1,    // `then`, on succeeded.
  kCompensated = 2,  // `then`, on compensated.
  kLate = 3,         // `on_late` of a step.
};

// Which follow-up of a definition: the position in its list, or the index of the step.
struct FollowUpPlace {
  FollowUpKind kind = FollowUpKind::kSucceeded;
  std::uint16_t index = 0;

  auto operator<=>(const FollowUpPlace&) const = default;
};

}  // namespace saga

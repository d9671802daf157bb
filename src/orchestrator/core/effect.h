// What must happen outside because of a decision; released only below a successful append.
#pragma once

#include <cstdint>
#include <variant>

#include "orchestrator/core/ids.h"
#include "orchestrator/core/record_parts.h"

namespace saga {

// Call the participant of `step`; the attempt number comes back in the reply.
struct CallParticipant {
  StepIndex step{};
  Operation operation = Operation::kAction;
  std::uint32_t attempt = 1;

  bool operator==(const CallParticipant&) const = default;
};

// Start another saga because of this one. Its id (FollowUpId) is derived from the cause, so that
// starting it twice is one. The answer comes back as FollowUpReplied.
struct StartFollowUp {
  FollowUpPlace place;

  bool operator==(const StartFollowUp&) const = default;
};

using Effect = std::variant<CallParticipant, StartFollowUp>;

}  // namespace saga

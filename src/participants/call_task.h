// One attempt of one call on its way: waiting, then in flight.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "base/time.h"
#include "orchestrator/participant_caller.h"
#include "participants/call_plan.h"
#include "participants/transport.h"

namespace saga::participants {

class Caller;

// Owns all that the transport borrows while the call is in flight.
struct CallTask final : UnaryCall {
  CallTask(Caller& by, ParticipantCall made, ReplyPlace answer_place, CallPlanRef made_plan)
      : caller(by),
        call(std::move(made)),
        place(std::move(answer_place)),
        plan(std::move(made_plan)) {}

  // Hands itself back to the caller, which destroys it.
  void OnReply(UnaryReply reply) override;

  Caller& caller;
  ParticipantCall call;
  ReplyPlace place;
  CallPlanRef plan;
  SteadyTime sent;
  std::string attempt_text;
  std::string deadline_text;
  std::array<MetadataEntry, 10> metadata;
};

}  // namespace saga::participants

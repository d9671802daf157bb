#include "orchestrator/shard_input.h"

#include "base/overloaded.h"

namespace saga {

Status NotOwner() {
  return {StatusCode::kUnavailable, "NOT_OWNER",
          "another node owns this shard, or is about to; try again"};
}

void Refuse(const ShardInput& input, const Status& status) {
  const RequestAnswer answer{.status = status, .plan = {}};
  std::visit(Overloaded{
                 [](const ReplyArrived&) {},
                 [](const FollowUpAnswered&) {},
                 [](const ParticipantBack&) {},
                 // Another node counts them; in any other trouble nobody can tell.
                 [&status](const CensusArrived& input) {
                   const Census none;
                   input.answer(status.reason() == NotOwner().reason() ? &none : nullptr);
                 },
                 // Without a saga the caller asks the reader, which says for itself why not.
                 [](const HistoryArrived& input) { input.answer(nullptr, std::string()); },
                 [&answer](const auto& input) { input.answer(answer); },
             },
             input);
}

}  // namespace saga

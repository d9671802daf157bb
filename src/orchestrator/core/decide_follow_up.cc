// The answers to the starts of follow-ups.
#include <algorithm>

#include "base/check.h"
#include "orchestrator/core/rules.h"

namespace saga {
namespace {

// Nothing but our own store is asked, so it is asked until it answers.
constexpr RetryPolicy kPatience{.attempts = 0};

}  // namespace

void OnFollowUpReply(Draft& draft, const FollowUpReplied& reply) {
  const auto& all = draft.saga().follow_ups;
  const auto found = std::find_if(all.begin(), all.end(), [&](const FollowUpProgress& follow_up) {
    return follow_up.place == reply.place;
  });
  if (found == all.end() || found->started) return;
  switch (reply.outcome) {
    case CallOutcome::kSucceeded:
    case CallOutcome::kDeclined:
    case CallOutcome::kAccepted:
      draft.Add(FollowUpStarted{reply.place});
      return draft.TryEnd();
    case CallOutcome::kRejected:
    case CallOutcome::kMisconfigured:
      return draft.Add(FollowUpStuck{reply.place, reply.failure});
    case CallOutcome::kUnknown:
    case CallOutcome::kNotSent: {
      const std::uint32_t failures = found->failures + 1;
      const auto position =
          ToStep(draft.saga().steps.size() + static_cast<std::size_t>(found - all.begin()));
      return draft.Again(FollowUpRetrying{
          .place = reply.place,
          .failures = failures,
          .failure = reply.failure,
          .next_attempt =
              draft.now() + BackoffFor(kPatience, draft.saga().id, position, failures)});
    }
  }
  SAGA_UNREACHABLE();
}

}  // namespace saga

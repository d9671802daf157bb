// What a request may ask for, and the business's own request to roll back.
#include <fmt/format.h>

#include "orchestrator/core/rules.h"

namespace saga {

Status Refusal(const Saga& saga, StatusCode code, std::string reason, std::string message) {
  return Status(code, std::move(reason), std::move(message))
      .WithMetadata("current_etag", fmt::format("r{}", ToNumber(saga.revision)));
}

Status CheckEtag(const Saga& saga, const std::optional<Revision>& etag) {
  if (!etag || *etag == saga.revision) return Status::Ok();
  return Refusal(saga, StatusCode::kAborted, "ETAG_MISMATCH",
                 fmt::format("saga '{}' has changed since you looked: it is at r{}, you named r{}",
                             saga.id.id(), ToNumber(saga.revision), ToNumber(*etag)));
}

Status Ended(const Saga& saga) {
  return Refusal(saga, StatusCode::kFailedPrecondition, "SAGA_ENDED",
                 fmt::format("saga '{}' has ended ({})", saga.id.id(), SagaStateName(saga.state)));
}

Status CanTurnBack(const Saga& saga) {
  const auto& pivot = saga.definition->pivot;
  const std::string past = pivot
                               ? fmt::format("step '{}' is past", saga.definition->step(*pivot).id)
                               : std::string("its end is decided");
  if (PivotPassed(saga)) {
    return Refusal(saga, StatusCode::kFailedPrecondition, "PIVOT_PASSED",
                   fmt::format("{}: saga '{}' can only go forward", past, saga.id.id()));
  }
  if (saga.state == SagaState::kRunning && PivotInDoubt(saga)) {
    return Refusal(
        saga, StatusCode::kFailedPrecondition, "PIVOT_IN_DOUBT",
        fmt::format("step '{}' was sent and its answer is not known yet: try again once it is",
                    saga.definition->step(*pivot).id));
  }
  return Status::Ok();
}

void OnCancel(Draft& draft, const CancelRequest& request) {
  const Saga& saga = draft.saga();
  if (draft.compensating()) return;  // On its way back already: what was asked for.
  if (IsEnded(saga.state)) return draft.Refuse(Ended(saga));
  Status status = CanTurnBack(saga);
  if (status.ok()) status = CheckEtag(saga, request.etag);
  if (!status.ok()) return draft.Refuse(std::move(status));
  draft.TurnBack(
      {.cause = CompensationCause::kCancelled, .actor = request.actor, .reason = request.reason});
}

}  // namespace saga

// Shared by the files that implement Decide; internal to the core.
#pragma once

#include <vector>

#include "orchestrator/core/decide.h"
#include "orchestrator/core/outlook.h"

namespace saga {

// Why and by whom a saga is turned back.
struct CompensationOrder {
  CompensationCause cause = CompensationCause::kStepFailed;
  std::optional<StepIndex> step;
  Failure failure;
  std::string actor;
  std::string reason;
};

// Adds CompensationStarted (and SagaCompensated, if nothing is to be undone) to a decision whose
// earlier records are reflected in `outlook`.
void TurnBack(const Saga& saga, Outlook outlook, CompensationOrder order, Decision& decision);

// Adds the calls that the decision's records make due, unless the saga is held.
void AddEffects(const Saga& saga, Decision& decision);

// As ResumeEffects, for a saga that is about to be resumed.
std::vector<Effect> OutstandingEffects(const Saga& saga);

// What an answer leads to; the answer of a person (SkipStep) takes the same way.
Decision OnReply(const Saga& saga, const CallReplied& reply, TimePoint now);
// Records an answer to the outstanding call of a step. Requires: there is one, for this operation.
void Conclude(const Saga& saga, const CallReplied& reply, TimePoint now, Decision& decision);

Decision OnCancel(const Saga& saga, const CancelRequest& request);
Decision OnOperator(const Saga& saga, const OperatorRequest& request, TimePoint now);

// A refusal with the saga's etag in its metadata.
Status Refusal(const Saga& saga, StatusCode code, std::string reason, std::string message);
// Common to cancel and compensate: OK, or why the saga cannot turn back any more.
Status CanTurnBack(const Saga& saga);
Status CheckEtag(const Saga& saga, const std::optional<Revision>& etag);

}  // namespace saga

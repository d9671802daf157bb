#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "orchestrator/core/rules.h"

namespace saga {
namespace {

bool MentionsOutput(const Mapping& mapping, const std::string& prefix) {
  std::size_t at = mapping.expression.find(prefix);
  while (at != std::string::npos) {
    const std::size_t end = at + prefix.size();
    const bool whole = end >= mapping.expression.size() ||
                       (std::isalnum(static_cast<unsigned char>(mapping.expression[end])) == 0 &&
                        mapping.expression[end] != '_');
    if (whole) return true;
    at = mapping.expression.find(prefix, end);
  }
  return std::any_of(mapping.fields.begin(), mapping.fields.end(),
                     [&](const auto& field) { return MentionsOutput(field.value, prefix); }) ||
         std::any_of(mapping.list.begin(), mapping.list.end(),
                     [&](const Mapping& element) { return MentionsOutput(element, prefix); });
}

// Some call, or the saga's own output, is built from what the step answers.
bool OutputIsRead(const Definition& definition, StepIndex index) {
  const std::string prefix = "steps." + definition.step(index).id;
  if (MentionsOutput(definition.output, prefix)) return true;
  for (const Step& step : definition.steps) {
    if (MentionsOutput(step.action.with, prefix)) return true;
    if (step.undo && MentionsOutput(step.undo->with, prefix)) return true;
  }
  const auto& undo = definition.step(index).undo;
  return undo && MentionsOutput(undo->with, "output");
}

OperatorActed Acted(const OperatorRequest& request) {
  return {.action = request.action,
          .actor = request.actor,
          .client = request.client,
          .reason = request.reason,
          .reference = request.reference,
          .step = request.step,
          .operation = request.operation,
          .request_digest = request.request_digest,
          .follow_up = request.follow_up};
}

bool Matches(const OperatorRequest& request, StepIndex step, Operation operation) {
  return (!request.step || *request.step == step) &&
         (!request.operation || *request.operation == operation);
}

void Recover(const Saga& saga, StepIndex index, Operation operation, std::uint32_t generation,
             Decision& decision) {
  const StepProgress& step = saga.step(index);
  decision.records.emplace_back(
      StepRecovered{.step = index, .operation = operation, .key_generation = generation});
  if (saga.paused) return;
  const bool same = step.pending && step.pending->operation == operation;
  const std::uint32_t made = same ? step.pending->attempts : 0;
  decision.effects.emplace_back(CallParticipant{index, operation, made + 1});
}

// Everything that waits: stuck, or to be repeated later.
Decision OnRetry(const Saga& saga, const OperatorRequest& request) {
  Decision decision;
  decision.records.emplace_back(Acted(request));
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const StepIndex index = ToStep(i);
    const StepProgress& step = saga.steps[i];
    if (!step.pending || step.pending->in_flight ||
        !Matches(request, index, step.pending->operation))
      continue;
    if (!step.pending->stuck && !step.pending->next_attempt) continue;
    const bool late = step.pending->stuck == StuckReason::kLateSuccess;
    if (late && !request.new_key) {
      decision.refusal = Refusal(saga, StatusCode::kFailedPrecondition, "NEW_KEY_REQUIRED",
                                 fmt::format("step '{}' succeeded after its undo; under the old "
                                             "key the participant would repeat its old "
                                             "answer: retry it with a new key",
                                             saga.definition->steps[i].id));
      return decision;
    }
    const bool new_key = request.new_key && step.pending->operation == Operation::kUndo;
    Recover(saga, index, step.pending->operation, new_key ? step.key_generation + 1 : 0, decision);
  }
  if (decision.records.size() == 1) {
    const std::string which =
        request.step ? fmt::format("step '{}'", saga.definition->step(*request.step).id)
                     : std::string("no step");
    decision.refusal = Refusal(saga, StatusCode::kFailedPrecondition, "STEP_NOT_RETRYABLE",
                               fmt::format("{} is {}stuck or waiting to be tried again", which,
                                           request.step ? "not " : ""));
  }
  return decision;
}

Decision OnSettle(const Saga& saga, const OperatorRequest& request, TimePoint now) {
  Decision decision;
  const StepIndex index = *request.step;
  const Step& spec = saga.definition->step(index);
  const StepProgress& step = saga.step(index);
  const bool done = request.action == OperatorAction::kSettleDone;
  if (!step.pending || !Matches(request, index, step.pending->operation)) {
    decision.refusal = Refusal(saga, StatusCode::kFailedPrecondition, "STEP_NOT_SETTLEABLE",
                               fmt::format("step '{}' waits for no answer of that kind (it is {})",
                                           spec.id, StepStateName(step.state)));
    return decision;
  }
  const Operation operation = step.pending->operation;
  if (step.pending->in_flight) {
    decision.refusal =
        Refusal(saga, StatusCode::kFailedPrecondition, "STEP_IN_FLIGHT",
                fmt::format("a call of step '{}' is under way; wait for its answer", spec.id));
    return decision;
  }
  if (!done && (operation == Operation::kUndo || spec.after_pivot)) {
    decision.refusal = Refusal(
        saga, StatusCode::kFailedPrecondition, "STEP_NOT_SETTLEABLE",
        fmt::format("step '{}' cannot be settled as rejected: {}", spec.id,
                    operation == Operation::kUndo ? "an undo has no 'no'"
                                                  : "there is no way back after the pivot"));
    return decision;
  }
  if (done && operation == Operation::kAction && !request.output &&
      OutputIsRead(*saga.definition, index)) {
    decision.refusal =
        Refusal(saga, StatusCode::kFailedPrecondition, "OUTPUT_REQUIRED",
                fmt::format("a later call reads the output of step '{}': give it with the request",
                            spec.id));
    return decision;
  }
  decision.records.emplace_back(Acted(request));
  Conclude(saga,
           CallReplied{.step = index,
                       .operation = operation,
                       .attempt = step.pending->attempts,
                       .outcome = done ? CallOutcome::kSucceeded : CallOutcome::kRejected,
                       .output = request.output,
                       .failure = done ? Failure{}
                                       : Failure{StatusCode::kFailedPrecondition,
                                                 "SETTLED_AS_REJECTED", "sagad", request.reason}},
           now, decision);
  AddEffects(saga, decision);
  return decision;
}

Decision OnCompensate(const Saga& saga, const OperatorRequest& request) {
  Decision decision;
  decision.refusal = CanTurnBack(saga);
  if (decision.refusal.ok() && saga.state == SagaState::kCompensating) {
    decision.refusal = Refusal(saga, StatusCode::kFailedPrecondition, "ALREADY_COMPENSATING",
                               fmt::format("saga '{}' rolls back already", saga.id.id()));
  }
  if (!decision.refusal.ok()) return decision;
  decision.records.emplace_back(Acted(request));
  TurnBack(
      saga, Outlook(saga),
      {.cause = CompensationCause::kOperator, .actor = request.actor, .reason = request.reason},
      decision);
  AddEffects(saga, decision);
  return decision;
}

Decision OnPause(const Saga& saga, const OperatorRequest& request) {
  Decision decision;
  if (saga.paused) {
    decision.refusal = Refusal(saga, StatusCode::kFailedPrecondition, "ALREADY_PAUSED",
                               fmt::format("saga '{}' is paused already", saga.id.id()));
    return decision;
  }
  decision.records.emplace_back(Acted(request));
  decision.records.emplace_back(SagaPaused{});
  return decision;
}

Decision OnResume(const Saga& saga, const OperatorRequest& request, TimePoint now) {
  Decision decision;
  if (!saga.paused) {
    decision.refusal = Refusal(saga, StatusCode::kFailedPrecondition, "NOT_PAUSED",
                               fmt::format("saga '{}' is not paused", saga.id.id()));
    return decision;
  }
  SagaResumed resumed{saga.deadline};
  if (resumed.deadline && saga.paused_at)
    *resumed.deadline += std::max(now - *saga.paused_at, Duration(0));
  decision.records.emplace_back(Acted(request));
  decision.records.emplace_back(resumed);
  decision.effects = OutstandingEffects(saga);
  return decision;
}

Decision OnResolve(const OperatorRequest& request) {
  Decision decision;
  decision.records.emplace_back(Acted(request));
  decision.records.emplace_back(SagaResolved{.as = request.resolve_as,
                                             .actor = request.actor,
                                             .reason = request.reason,
                                             .reference = request.reference});
  return decision;
}

Decision Dispatch(const Saga& saga, const OperatorRequest& request, TimePoint now) {
  switch (request.action) {
    case OperatorAction::kRetry:
      return OnRetry(saga, request);
    case OperatorAction::kSettleDone:
    case OperatorAction::kSettleRejected:
      return OnSettle(saga, request, now);
    case OperatorAction::kCompensate:
      return OnCompensate(saga, request);
    case OperatorAction::kResolve:
      return OnResolve(request);
    case OperatorAction::kPause:
      return OnPause(saga, request);
    case OperatorAction::kResume:
      return OnResume(saga, request, now);
  }
  SAGA_UNREACHABLE();
}

}  // namespace

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

Status CanTurnBack(const Saga& saga) {
  if (PivotPassed(saga)) {
    return Refusal(saga, StatusCode::kFailedPrecondition, "PIVOT_PASSED",
                   fmt::format("step '{}' is past: saga '{}' can only go forward",
                               saga.definition->step(*saga.definition->pivot).id, saga.id.id()));
  }
  if (saga.state == SagaState::kRunning && PivotInDoubt(saga)) {
    return Refusal(
        saga, StatusCode::kFailedPrecondition, "PIVOT_IN_DOUBT",
        fmt::format("step '{}' was sent and its answer is not known yet: try again once it is",
                    saga.definition->step(*saga.definition->pivot).id));
  }
  return Status::Ok();
}

Decision OnCancel(const Saga& saga, const CancelRequest& request) {
  Decision decision;
  if (saga.state == SagaState::kCompensating)
    return decision;  // On its way back already: what was asked for.
  if (IsEnded(saga.state)) {
    decision.refusal =
        Refusal(saga, StatusCode::kFailedPrecondition, "SAGA_ENDED",
                fmt::format("saga '{}' has ended ({})", saga.id.id(), SagaStateName(saga.state)));
    return decision;
  }
  decision.refusal = CanTurnBack(saga);
  if (decision.refusal.ok()) decision.refusal = CheckEtag(saga, request.etag);
  if (!decision.refusal.ok()) return decision;
  TurnBack(
      saga, Outlook(saga),
      {.cause = CompensationCause::kCancelled, .actor = request.actor, .reason = request.reason},
      decision);
  AddEffects(saga, decision);
  return decision;
}

Decision OnOperator(const Saga& saga, const OperatorRequest& request, TimePoint now) {
  Decision decision;
  if (!request.request_digest.empty() && request.request_digest == saga.last_request_digest) {
    decision.repeated = true;
    return decision;
  }
  if (IsEnded(saga.state)) {
    decision.refusal =
        Refusal(saga, StatusCode::kFailedPrecondition, "SAGA_ENDED",
                fmt::format("saga '{}' has ended ({})", saga.id.id(), SagaStateName(saga.state)));
    return decision;
  }
  decision.refusal = CheckEtag(saga, request.etag);
  if (!decision.refusal.ok()) return decision;
  decision = Dispatch(saga, request, now);
  if (!decision.refusal.ok()) {
    // A refused request changes nothing.
    decision.records.clear();
    decision.effects.clear();
  }
  return decision;
}

}  // namespace saga

#include "orchestrator/core/decide.h"

#include <fmt/format.h>

#include <utility>

#include "base/overloaded.h"
#include "orchestrator/core/rules.h"

namespace saga {
namespace {

// What an unanswered action becomes when the saga turns back.
enum class Unanswered : std::uint8_t { kResolve, kUndo, kAbandon };

Unanswered RuleFor(const Step& step, const StepProgress& progress) {
  if (!step.undo) return Unanswered::kAbandon;
  // None is on its way, and every attempt so far proves that nothing was done.
  const auto& pending = progress.pending;
  if (pending && !pending->in_flight && !pending->doubted) return Unanswered::kAbandon;
  return step.in_doubt == InDoubtRule::kUndo ? Unanswered::kUndo : Unanswered::kResolve;
}

Decision OnTimer(const Saga& saga, TimePoint now) {
  Decision decision;
  if (saga.paused) return decision;
  if (DeadlineApplies(saga) && now >= *saga.deadline) {
    TurnBack(saga, Outlook(saga),
             {.cause = CompensationCause::kDeadline, .reason = "the deadline has passed"},
             decision);
    AddEffects(saga, decision);
    return decision;
  }
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (!pending || pending->in_flight || pending->stuck) continue;
    if (!pending->next_attempt || *pending->next_attempt > now) continue;
    decision.effects.emplace_back(
        CallParticipant{ToStep(i), pending->operation, pending->attempts + 1});
  }
  return decision;
}

// What waits because the participant could not be reached need not wait longer.
Decision OnParticipantRecovered(const Saga& saga, const std::string& participant) {
  Decision decision;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const auto& pending = saga.steps[i].pending;
    if (!pending || pending->in_flight) continue;
    const Step& step = saga.definition->steps[i];
    if (saga.definition->call(ToStep(i), pending->operation).participant != participant) continue;
    if (pending->stuck) {
      const bool unreachable = saga.steps[i].failure.code == StatusCode::kUnavailable;
      if (!unreachable || step.wait_for_person || *pending->stuck == StuckReason::kLateSuccess)
        continue;
      decision.records.emplace_back(
          StepRecovered{.step = ToStep(i), .operation = pending->operation});
    } else if (!pending->next_attempt) {
      continue;
    }
    if (saga.paused) continue;
    decision.effects.emplace_back(
        CallParticipant{ToStep(i), pending->operation, pending->attempts + 1});
  }
  return decision;
}

}  // namespace

void TurnBack(const Saga& saga, Outlook outlook, CompensationOrder order, Decision& decision) {
  CompensationStarted record{.cause = order.cause,
                             .step = order.step,
                             .failure = std::move(order.failure),
                             .actor = std::move(order.actor),
                             .reason = std::move(order.reason),
                             .resolving = {},
                             .abandoned = {},
                             .due = {}};
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const StepIndex index = ToStep(i);
    const StepState state = outlook.state(index);
    if (state != StepState::kRunning && state != StepState::kInDoubt) continue;
    switch (RuleFor(saga.definition->steps[i], saga.steps[i])) {
      case Unanswered::kResolve:
        record.resolving.push_back(index);
        outlook.Set(index, StepState::kResolving, true);
        if (state == StepState::kInDoubt || !saga.steps[i].pending->in_flight) {
          record.due.push_back({index, Operation::kAction});
        }
        break;
      case Unanswered::kUndo:
        // Nothing that depends on it has run, so its undo is due at once; UndoDue finds it.
        outlook.Set(index, StepState::kInDoubt, true);
        break;
      case Unanswered::kAbandon:
        record.abandoned.push_back(index);
        outlook.Set(index, StepState::kInDoubt, false);
        break;
    }
  }
  for (const DueCall& undo : outlook.UndoDue()) record.due.push_back(undo);
  decision.records.emplace_back(std::move(record));
  if (!outlook.AnythingToUndo()) decision.records.emplace_back(SagaCompensated{});
}

void AddEffects(const Saga& saga, Decision& decision) {
  if (saga.paused) return;
  for (const Record& record : decision.records) {
    std::visit(
        [&](const auto& r) {
          if constexpr (requires { r.due; }) {
            for (const DueCall& due : r.due) {
              const StepProgress& step = saga.step(due.step);
              const bool forward =
                  due.operation == Operation::kAction || due.operation == Operation::kTry;
              std::uint32_t made = 0;
              if (step.pending && step.pending->operation == due.operation) {
                made = step.pending->attempts;
              } else if (forward) {
                made = step.action_attempts;
              }
              decision.effects.emplace_back(CallParticipant{due.step, due.operation, made + 1});
            }
          }
        },
        record);
  }
}

Decision DecideStart(const StartRequest& request, TimePoint now, const Conditions& /*conditions*/) {
  SagaStarted started{.definition = request.definition->name,
                      .version = request.definition->version,
                      .definition_digest = request.definition->digest,
                      .start_digest = request.start_digest,
                      .input = request.input,
                      .business_key = request.business_key,
                      .labels = request.labels,
                      .deadline = std::nullopt,
                      .started_by = request.started_by,
                      .traceparent = request.traceparent,
                      .due = {},
                      .skipped = {},
                      .waits = {}};
  if (request.deadline.count() > 0) started.deadline = now + request.deadline;
  Decision decision;
  for (std::size_t i = 0; i < request.definition->steps.size(); ++i) {
    if (!request.definition->steps[i].after.empty()) continue;
    started.due.push_back({ToStep(i), Operation::kAction});
    decision.effects.emplace_back(CallParticipant{ToStep(i), Operation::kAction, 1});
  }
  decision.records.emplace_back(std::move(started));
  return decision;
}

namespace {

// A saga that cannot be read takes no input but the request that ends it.
Decision OnUnreadable(const Saga& saga, const Input& input, TimePoint now) {
  const auto* request = std::get_if<OperatorRequest>(&input);
  const bool resolves = request != nullptr && request->action == OperatorAction::kResolve;
  if (resolves) return OnOperator(saga, *request, now);
  Decision decision;
  decision.refusal = Refusal(saga, StatusCode::kFailedPrecondition, "SAGA_UNREADABLE",
                             fmt::format("saga '{}' cannot be read ({}): it can only be resolved",
                                         saga.id.id(), saga.unreadable));
  return decision;
}

}  // namespace

Decision Decide(const Saga& saga, const Input& input, TimePoint now,
                const Conditions& /*conditions*/) {
  if (!saga.unreadable.empty()) return OnUnreadable(saga, input, now);
  return std::visit(
      Overloaded{
          [&](const CallReplied& reply) {
            return IsEnded(saga.state) ? Decision() : OnReply(saga, reply, now);
          },
          [&](const OutcomeReported& report) {
            Decision decision;
            decision.refusal = Refusal(saga, StatusCode::kFailedPrecondition, "STEP_NOT_CALLED",
                                       fmt::format("step '{}' waits for no report",
                                                   saga.definition->step(report.step).id));
            return decision;
          },
          [&](const SignalArrived& signal) {
            Decision decision;
            decision.refusal = Refusal(saga, StatusCode::kInvalidArgument, "SIGNAL_UNKNOWN",
                                       fmt::format("no step of '{}' waits for a signal '{}'",
                                                   saga.definition->NameAtVersion(), signal.name));
            return decision;
          },
          [](const FollowUpReplied&) { return Decision(); },
          [&](const Wake&) { return IsEnded(saga.state) ? Decision() : OnTimer(saga, now); },
          [&](const ParticipantRecovered& recovered) {
            return IsEnded(saga.state) ? Decision()
                                       : OnParticipantRecovered(saga, recovered.participant);
          },
          [&](const CancelRequest& request) { return OnCancel(saga, request); },
          [&](const OperatorRequest& request) { return OnOperator(saga, request, now); },
      },
      input);
}

}  // namespace saga

#include "api/attention.h"

#include <fmt/format.h>

#include "api/convert.h"
#include "base/utf8.h"
#include "orchestrator/core/decide.h"

namespace saga::api {
namespace {

// Why it would be refused; empty = it would not.
std::string Refusal(const Saga& saga, OperatorRequest request) {
  request.actor = "preview";
  request.reason = "what would be possible";
  return Decide(saga, request, saga.updated, NoConditions()).refusal.reason();
}

bool Accepts(const Saga& saga, const OperatorRequest& request) {
  return Refusal(saga, request).empty();
}

std::string Attempts(std::uint32_t made, std::uint32_t budget) {
  // More than the budget: a person has asked for it.
  if (budget > 0 && made == budget) return fmt::format("failed {} of {} times", made, budget);
  return made == 1 ? std::string("failed once") : fmt::format("failed {} times", made);
}

// One sentence: what is wrong and what it means.
std::string SummaryOf(const std::string& place, StuckReason reason, const std::string& tried,
                      const std::string& last) {
  switch (reason) {
    case StuckReason::kRetriesExhausted:
    case StuckReason::kCompensationExhausted:
      return fmt::format("{} {}; last: {}", place, tried, last);
    case StuckReason::kAnswerUnknown:
      return fmt::format(
          "the answer of {} could not be learnt, it may have happened ({}); last: {}", place, tried,
          last);
    case StuckReason::kRejectedAfterPivot:
      return fmt::format("{} was refused, and there is no way back: {}", place, last);
    case StuckReason::kMisconfigured:
      return fmt::format("{} cannot work as it is set up: {}", place, last);
    case StuckReason::kLateSuccess:
      return fmt::format("{} succeeded after its undo: an effect may be left that nobody undid",
                         place);
    case StuckReason::kConditionFailed:
      return fmt::format("a condition of {} could not be evaluated: {}", place, last);
    case StuckReason::kAnswerOverdue:
      return fmt::format("{} was accepted, and its outcome is overdue: {}", place, last);
    case StuckReason::kFollowUpFailed:
      return fmt::format("the follow-up {} was refused: {}", place, last);
  }
  SAGA_UNREACHABLE();
}

}  // namespace

std::string PlaceName(const std::string& step, std::optional<Operation> operation) {
  if (step.empty() || !operation || IsForward(*operation)) return step;
  return fmt::format("{}/{}", step, OperationName(*operation));
}

std::string Describe(const Failure& failure) {
  std::string text(StatusCodeName(failure.code));
  if (!failure.reason.empty()) text += " " + failure.reason;
  if (!failure.message.empty()) text += " " + failure.message;
  return ToValidUtf8(text);
}

std::optional<StepIndex> StuckStep(const Saga& saga) {
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    if (saga.steps[i].pending && saga.steps[i].pending->stuck) return ToStep(i);
  }
  return std::nullopt;
}

std::vector<std::string> AllowedActions(const Saga& saga) {
  std::vector<std::string> actions;
  if (IsEnded(saga.state)) return actions;
  // A late success is retried under a new key only, so ask for both.
  if (Accepts(saga, {.action = OperatorAction::kRetry}) ||
      Accepts(saga, {.action = OperatorAction::kRetry, .new_key = true})) {
    actions.emplace_back("retry");
  }
  const std::optional<StepIndex> step = CurrentStep(saga);
  if (step &&
      Accepts(saga,
              {.action = OperatorAction::kSettleDone, .step = step, .output = EmptyPayload()})) {
    actions.emplace_back("skip");
  }
  if (saga.paused) actions.emplace_back("resume");
  if (Accepts(saga, {.action = OperatorAction::kPause})) actions.emplace_back("pause");
  if (Accepts(saga, {.action = OperatorAction::kCompensate})) actions.emplace_back("compensate");
  if (Accepts(saga, {.action = OperatorAction::kResolve})) actions.emplace_back("resolve");
  return actions;
}

void FillAttention(const Saga& saga, StepIndex index, v1::Attention& attention) {
  const Step& spec = saga.definition->step(index);
  const StepProgress& step = saga.step(index);
  const PendingCall& pending = *step.pending;
  const Call& call = saga.definition->call(index, pending.operation);
  attention.set_reason(std::string(StuckReasonName(*pending.stuck)));
  attention.set_step_id(spec.id);
  attention.set_operation(ToProto(pending.operation));
  if (pending.stuck_since) SetTime(*pending.stuck_since, *attention.mutable_since());
  attention.set_fingerprint(
      StuckFingerprint(*saga.definition, index, pending.operation, step.failure));
  attention.set_summary(SummaryOf(PlaceName(spec.id, pending.operation), *pending.stuck,
                                  Attempts(pending.attempts, call.retry.attempts),
                                  Describe(step.failure)));
  for (std::string& action : AllowedActions(saga)) {
    attention.add_allowed_actions(std::move(action));
  }
  attention.set_skip_needs_output(
      Refusal(saga, {.action = OperatorAction::kSettleDone, .step = index}) == "OUTPUT_REQUIRED");
  attention.set_runbook_url(saga.definition->runbook);
  ToProto(step.failure, *attention.mutable_failure());
  attention.set_attempts(static_cast<std::int32_t>(pending.attempts));
  attention.set_participant(call.participant);
}

void FillAttention(const SagaRow& row, v1::Attention& attention) {
  const RowAttention& from = row.status.attention;
  attention.set_reason(from.reason);
  attention.set_step_id(from.step);
  if (from.operation) attention.set_operation(ToProto(*from.operation));
  if (from.since) SetTime(*from.since, *attention.mutable_since());
  attention.set_fingerprint(from.fingerprint);
  const std::string place =
      from.step.empty() ? std::string("the saga as a whole") : PlaceName(from.step, from.operation);
  attention.set_summary(from.attempts > 0
                            ? fmt::format("{} {}; last: {}", place, Attempts(from.attempts, 0),
                                          Describe(from.failure))
                            : fmt::format("{}: {}", place, Describe(from.failure)));
  ToProto(from.failure, *attention.mutable_failure());
  attention.set_attempts(static_cast<std::int32_t>(from.attempts));
  attention.set_participant(from.participant);
}

}  // namespace saga::api

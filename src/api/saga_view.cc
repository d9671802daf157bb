#include "api/saga_view.h"

#include <fmt/format.h>

#include "api/attention.h"
#include "api/convert.h"
#include "api/names.h"
#include "api/validation.h"
#include "base/overloaded.h"
#include "orchestrator/record_names.h"
#include "orchestrator/row_tracker.h"

namespace saga::api {
namespace {

// "00-4bf92f…-00f067…-01" -> the second part.
std::string TraceId(std::string_view traceparent) {
  if (traceparent.size() < 35 || traceparent[2] != '-') return {};
  return std::string(traceparent.substr(3, 32));
}

std::string StartOfEnd(const Saga& saga) {
  if (!saga.compensation) return {};
  const CompensationStarted& why = *saga.compensation;
  switch (why.cause) {
    case CompensationCause::kStepFailed:
      return fmt::format("rolled back because of {}: {}",
                         why.step ? saga.definition->step(*why.step).id : "a step",
                         Describe(why.failure));
    case CompensationCause::kDeadline:
      return "rolled back because the deadline passed";
    case CompensationCause::kCancelled:
      return fmt::format("cancelled by {}: {}", why.actor, why.reason);
    case CompensationCause::kOperator:
      return fmt::format("rolled back by {}: {}", why.actor, why.reason);
  }
  SAGA_UNREACHABLE();
}

std::string NoteOf(const Saga& saga) {
  if (!saga.resolved) return StartOfEnd(saga);
  return fmt::format("resolved as {} by {}: {}",
                     saga.resolved->as == ResolvedAs::kSucceeded ? "succeeded" : "compensated",
                     saga.resolved->actor, saga.resolved->reason);
}

void FillBasics(const Saga& saga, v1::Saga& proto) {
  const Definition& definition = *saga.definition;
  proto.set_name(SagaName(saga.id));
  proto.set_definition_version(
      DefinitionVersionName(definition.name_space, definition.name, definition.version));
  proto.set_state(ToProto(saga.state));
  proto.set_health(ToProto(HealthOf(saga)));
  if (const auto stuck = StuckStep(saga); !IsEnded(saga.state)) {
    if (!saga.unreadable.empty() || StuckFollowUp(saga) != nullptr) {
      // Its row says the same; no single step does.
      FillAttention(StartRow(saga, ShardId{}), *proto.mutable_attention());
      for (std::string& action : AllowedActions(saga)) {
        proto.mutable_attention()->add_allowed_actions(std::move(action));
      }
    } else if (stuck) {
      FillAttention(saga, *stuck, *proto.mutable_attention());
    }
  }
  proto.set_business_key(saga.business_key);
  for (const auto& [key, value] : saga.labels) (*proto.mutable_labels())[key] = value;
  if (saga.compensation && saga.compensation->failure.code != StatusCode::kOk) {
    ToProto(saga.compensation->failure, *proto.mutable_failure());
  }
  SetTime(saga.created, *proto.mutable_create_time());
  SetTime(saga.updated, *proto.mutable_update_time());
  if (saga.ended) SetTime(*saga.ended, *proto.mutable_end_time());
  if (saga.deadline) SetTime(*saga.deadline, *proto.mutable_deadline());
  proto.set_trace_id(TraceId(saga.traceparent));
  proto.set_revision(static_cast<std::int64_t>(ToNumber(saga.revision)));
  proto.set_etag(FormatEtag(saga.revision));
  proto.set_owner(definition.owner);
  proto.set_pivot_passed(PivotPassed(saga) || saga.state == SagaState::kSucceeded);
  proto.set_started_by(saga.started_by);
  proto.set_note(NoteOf(saga));
  if (saga.resolved) {
    proto.set_resolved_as(saga.resolved->as == ResolvedAs::kSucceeded
                              ? v1::Saga::STATE_SUCCEEDED
                              : v1::Saga::STATE_COMPENSATED);
    proto.set_resolve_reference(saga.resolved->reference);
  }
  if (IsEnded(saga.state)) return;
  if (const std::optional<StepIndex> current = CurrentStep(saga)) {
    const PendingCall& pending = *saga.step(*current).pending;
    proto.set_current_step(PlaceName(definition.step(*current).id, pending.operation));
    proto.set_failed_attempts(static_cast<std::int32_t>(pending.failures));
  }
}

void AddAttempt(const Saga& saga, StepIndex index, Operation operation, std::uint32_t number,
                const ViewContext& context, v1::Step& proto) {
  const StepProgress& step = saga.step(index);
  const Call& call = saga.definition->call(index, operation);
  v1::Attempt& attempt = *proto.add_attempts();
  attempt.set_number(static_cast<std::int32_t>(number));
  attempt.set_operation(ToProto(operation));
  attempt.set_method(call.method);
  if (context.target) attempt.set_endpoint(context.target(saga.id.name_space(), call.participant));
  const std::uint32_t generation = IsUndo(operation) ? step.key_generation : 0;
  attempt.set_idempotency_key(IdempotencyKey(context.cluster, saga.id, saga.definition->step(index),
                                             operation, generation));
  const bool pending = step.pending && step.pending->operation == operation;
  if (pending) SetTime(step.pending->since, *attempt.mutable_start_time());
  const bool refused = IsForward(operation) &&
                       (step.state == StepState::kRejected || step.state == StepState::kInDoubt ||
                        step.state == StepState::kGivenUp);
  const bool failing = pending && (step.pending->failures > 0 || step.pending->stuck);
  if ((refused || failing) && step.failure.code != StatusCode::kOk) {
    ToProto(step.failure, *attempt.mutable_failure());
  }
}

// What a running step waits for, where that is not a call's own answer.
std::optional<v1::Step::State> WaitingState(const PendingCall& pending) {
  switch (pending.awaited) {
    case Awaited::kAnswer:
      return std::nullopt;
    case Awaited::kReport:
      return v1::Step::STATE_ACCEPTED;
    case Awaited::kTime:
    case Awaited::kSignal:
      return v1::Step::STATE_SLEEPING;
  }
  SAGA_UNREACHABLE();
}

// A call that was given up without an answer is in no record; that it became due is.
std::uint32_t UnansweredCalls(const Step& spec, const StepProgress& step) {
  const bool given_up = step.state == StepState::kInDoubt || step.state == StepState::kUndoing ||
                        step.state == StepState::kUndone;
  return given_up && HasCall(spec, ForwardOperation(spec)) ? 1 : 0;
}

void AddStep(const Saga& saga, StepIndex index, View view, const ViewContext& context,
             v1::Saga& proto) {
  const Step& spec = saga.definition->step(index);
  const StepProgress& step = saga.step(index);
  v1::Step& out = *proto.add_steps();
  out.set_step_id(spec.id);
  out.set_state(ToProto(step.state));
  for (const StepIndex before : spec.after) out.add_after(saga.definition->step(before).id);
  out.set_pivot(spec.pivot);
  out.set_optional(spec.optional);
  out.set_undoable(spec.undo.has_value());
  out.set_participant(spec.action.participant);
  const auto made = [&](Operation operation, std::uint32_t so_far) {
    const bool pending = step.pending && step.pending->operation == operation;
    return pending ? std::max(so_far, step.pending->attempts) : so_far;
  };
  const auto add = [&](Operation operation, std::uint32_t so_far) {
    const std::uint32_t calls = made(operation, so_far);
    if (calls > 0) AddAttempt(saga, index, operation, calls, context, out);
  };
  add(ForwardOperation(spec), std::max(step.action_attempts, UnansweredCalls(spec, step)));
  if (spec.query) add(Operation::kQuery, 0);
  if (spec.confirm) add(Operation::kConfirm, step.confirm_attempts);
  if (spec.undo) add(UndoOperation(spec), step.undo_attempts);
  if (step.pending && !IsEnded(saga.state)) {
    out.set_operation(ToProto(step.pending->operation));
    if (const auto state = WaitingState(*step.pending)) out.set_state(*state);
    if (step.pending->next_attempt && !step.pending->stuck) {
      SetTime(*step.pending->next_attempt, *out.mutable_next_attempt_time());
    }
    if (step.pending->stuck)
      out.set_stuck_reason(std::string(StuckReasonName(*step.pending->stuck)));
  }
  if (view == View::kFull && step.output) ToProto(*step.output, *out.mutable_output());
}

void AddOutput(const Saga& saga, const ViewContext& context, v1::Saga& proto) {
  if (saga.state != SagaState::kSucceeded || !context.output) return;
  if (const PayloadRef output = context.output(saga)) ToProto(*output, *proto.mutable_output());
}

// The operation a record answers for good: its calls are over.
bool Concludes(const Record& record) {
  return std::holds_alternative<StepSucceeded>(record) ||
         std::holds_alternative<StepRejected>(record) ||
         std::holds_alternative<StepInDoubt>(record) ||
         std::holds_alternative<StepGivenUp>(record) ||
         std::holds_alternative<StepUndone>(record) ||
         std::holds_alternative<StepConfirmed>(record) ||
         std::holds_alternative<StepCancelled>(record);
}

const DueCalls* DueOf(const Record& record) {
  return std::visit(
      [](const auto& r) -> const DueCalls* {
        if constexpr (requires { r.due; }) return &r.due;
        return nullptr;
      },
      record);
}

}  // namespace

void ToProto(const Saga& saga, View view, const ViewContext& context, v1::Saga& proto) {
  FillBasics(saga, proto);
  if (view == View::kBasic) return;
  if (view == View::kResult || view == View::kFull) AddOutput(saga, context, proto);
  if (view == View::kResult) return;
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    AddStep(saga, ToStep(i), view, context, proto);
  }
  if (view == View::kFull && saga.input) ToProto(*saga.input, *proto.mutable_input());
}

void ToProto(const SagaRow& row, v1::Saga& proto) {
  const RowStatus& status = row.status;
  proto.set_name(SagaName(row.id));
  proto.set_definition_version(
      DefinitionVersionName(row.id.name_space(), row.definition, row.version));
  proto.set_state(ToProto(status.state));
  proto.set_health(ToProto(status.health));
  proto.set_business_key(row.business_key);
  for (const auto& [key, value] : row.labels) (*proto.mutable_labels())[key] = value;
  SetTime(row.created, *proto.mutable_create_time());
  SetTime(status.updated, *proto.mutable_update_time());
  if (status.ended) SetTime(*status.ended, *proto.mutable_end_time());
  proto.set_revision(static_cast<std::int64_t>(ToNumber(status.revision)));
  proto.set_etag(FormatEtag(status.revision));
  proto.set_owner(row.owner);
  proto.set_started_by(row.started_by);
  if (IsEnded(status.state)) return;
  // A reason says that a person is needed; while the saga is only retrying there is none.
  if (!status.attention.reason.empty()) FillAttention(row, *proto.mutable_attention());
  proto.set_current_step(PlaceName(status.attention.step, status.attention.operation));
  proto.set_failed_attempts(static_cast<std::int32_t>(status.attention.attempts));
}

void AddAttemptTimes(const Definition& definition, const std::vector<NumberedRecord>& records,
                     v1::Saga& proto) {
  std::map<DueCall, TimePoint> due;
  std::map<DueCall, TimePoint> answered;
  for (const NumberedRecord& record : records) {
    if (const DueCalls* calls = DueOf(record.record)) {
      for (const DueCall& call : *calls) due.emplace(call, record.at);
    }
    const RecordSubject subject = SubjectOf(record.record);
    if (subject.step && subject.operation && Concludes(record.record)) {
      answered[{*subject.step, *subject.operation}] = record.at;
    }
  }
  for (v1::Step& step : *proto.mutable_steps()) {
    const std::optional<StepIndex> index = definition.Find(step.step_id());
    if (!index) continue;
    for (v1::Attempt& attempt : *step.mutable_attempts()) {
      const std::optional<Operation> operation = FromProto(attempt.operation());
      if (!operation) continue;
      const auto begin = due.find({*index, *operation});
      if (begin == due.end()) continue;
      SetTime(begin->second, *attempt.mutable_start_time());
      const auto end = answered.find({*index, *operation});
      if (end == answered.end()) continue;
      SetDuration(end->second - begin->second, *attempt.mutable_duration());
    }
  }
}

void ToProto(const Saga& saga, const std::vector<PlannedCall>& plan,
             google::protobuf::RepeatedPtrField<v1::PlannedCall>& proto) {
  for (const PlannedCall& planned : plan) {
    const Call& call = saga.definition->call(planned.call.step, planned.call.operation);
    v1::PlannedCall& out = *proto.Add();
    out.set_step_id(saga.definition->step(planned.call.step).id);
    out.set_operation(ToProto(planned.call.operation));
    out.set_method(fmt::format("{}/{}", call.participant, call.method));
    for (const StepIndex before : planned.after) out.add_after(saga.definition->step(before).id);
  }
}

}  // namespace saga::api

#include "api/event_view.h"

#include <fmt/format.h>

#include "api/attention.h"
#include "api/convert.h"
#include "api/names.h"
#include "base/overloaded.h"
#include "base/utf8.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/core/follow_up.h"
#include "orchestrator/history.h"
#include "orchestrator/record_names.h"

namespace saga::api {
namespace {

std::string StepName(const SagaHeader& header, StepIndex step) {
  const bool known = header.definition && ToSize(step) < header.definition->steps.size();
  return known ? header.definition->step(step).id : fmt::format("#{}", ToSize(step));
}

std::string DueName(const SagaHeader& header, const DueCall& call) {
  return PlaceName(StepName(header, call.step), call.operation);
}

// What only some records have: who, why, what went wrong, when again.
struct Extras {
  Failure failure;
  std::string actor = "engine";
  std::string note;
  std::optional<TimePoint> next_attempt;
  DueCalls due;
};

std::string WithReference(const std::string& reason, const std::string& reference) {
  return reference.empty() ? reason : fmt::format("{} ({})", reason, reference);
}

Extras ExtrasOf(const CompensationStarted& r) {
  std::string note(CompensationCauseName(r.cause));
  if (!r.reason.empty()) note += ": " + r.reason;
  return {.failure = r.failure,
          .actor = r.actor.empty() ? "engine" : r.actor,
          .note = std::move(note),
          .due = r.due};
}

Extras ExtrasOf(const OperatorActed& r) {
  std::string note(OperatorActionName(r.action));
  if (r.action == OperatorAction::kSettleRejected) note += " as rejected";
  return {.actor = r.actor,
          .note = fmt::format("{}: {}", note, WithReference(r.reason, r.reference))};
}

Extras ExtrasOf(const SagaResolved& r) {
  return {
      .actor = r.actor,
      .note = fmt::format("as {}: {}", r.as == ResolvedAs::kSucceeded ? "succeeded" : "compensated",
                          WithReference(r.reason, r.reference))};
}

// "then.1 = namespaces/default/sagas/ord-1.then.1"
Extras ExtrasOf(const SagaHeader& header, const FollowUpPlace& place, const Failure& failure) {
  if (!header.definition) return {.failure = failure};
  return {.failure = failure,
          .note = fmt::format("{} = {}", FollowUpName(*header.definition, place),
                              SagaName(FollowUpId(header.id, *header.definition, place)))};
}

Extras ExtrasOf(const SagaHeader& header, const Record& record) {
  return std::visit(
      Overloaded{
          [](const SagaStarted& r) { return Extras{.actor = r.started_by, .due = r.due}; },
          [](const StepSucceeded& r) {
            return Extras{.note = r.declined ? "its answer means no" : "", .due = r.due};
          },
          [](const StepRejected& r) {
            return Extras{.failure = r.failure,
                          .note = r.may_have_happened ? "an earlier attempt may have happened" : "",
                          .due = r.due};
          },
          [](const StepInDoubt& r) { return Extras{.failure = r.failure, .due = r.due}; },
          [](const StepRetrying& r) {
            return Extras{.failure = r.failure, .next_attempt = r.next_attempt};
          },
          [](const StepGivenUp& r) { return Extras{.failure = r.failure, .due = r.due}; },
          [](const StepLate&) { return Extras{.note = "succeeded after its undo"}; },
          [](const StepUndone& r) { return Extras{.due = r.due}; },
          [](const StepStuck& r) {
            return Extras{.failure = r.failure, .note = std::string(StuckReasonName(r.reason))};
          },
          [](const StepRecovered& r) {
            return Extras{.next_attempt = r.next_attempt, .due = r.due};
          },
          [](const CompensationStarted& r) { return ExtrasOf(r); },
          [](const SagaPaused&) { return Extras{}; },
          [](const SagaResumed&) { return Extras{}; },
          [](const OperatorActed& r) { return ExtrasOf(r); },
          [](const SagaSucceeded&) { return Extras{}; },
          [](const SagaCompensated&) { return Extras{}; },
          [](const SagaResolved& r) { return ExtrasOf(r); },
          [](const HoldsDecided& r) {
            return Extras{.note = std::string(HoldDecisionName(r.decision)), .due = r.due};
          },
          [](const StepAccepted& r) {
            return Extras{.note = "the participant works on it", .next_attempt = r.next_query};
          },
          [](const StepConfirmed& r) { return Extras{.due = r.due}; },
          [](const StepCancelled& r) { return Extras{.due = r.due}; },
          [](const TimerFired& r) { return Extras{.due = r.due}; },
          [](const SignalReceived& r) {
            return Extras{.note = fmt::format("signal {} {}", r.name, r.id)};
          },
          [&](const FollowUpRequested& r) { return ExtrasOf(header, r.place, {}); },
          [&](const FollowUpStarted& r) { return ExtrasOf(header, r.place, {}); },
          [&](const FollowUpStuck& r) { return ExtrasOf(header, r.place, r.failure); },
          [&](const FollowUpRecovered& r) { return ExtrasOf(header, r.place, {}); },
      },
      record);
}

}  // namespace

void ToProto(const NumberedRecord& record, const SagaHeader& header, v1::SagaEvent& proto) {
  proto.set_saga(SagaName(header.id));
  proto.set_revision(static_cast<std::int64_t>(ToNumber(record.revision)));
  proto.set_type(std::string(RecordTypeName(record.record)));
  SetTime(record.at, *proto.mutable_time());
  proto.set_business_key(header.business_key);
  proto.set_definition(fmt::format("{}@{}", header.definition_name, header.definition_version));
  const RecordSubject subject = SubjectOf(record.record);
  if (subject.step) proto.set_step_id(StepName(header, *subject.step));
  if (subject.operation) proto.set_operation(ToProto(*subject.operation));
  proto.set_attempt(static_cast<std::int32_t>(subject.attempts));
  const Extras extras = ExtrasOf(header, record.record);
  if (extras.failure.code != StatusCode::kOk) ToProto(extras.failure, *proto.mutable_failure());
  proto.set_actor(ToValidUtf8(extras.actor));
  proto.set_note(ToValidUtf8(extras.note));
  if (extras.next_attempt) SetTime(*extras.next_attempt, *proto.mutable_next_attempt_time());
  for (const DueCall& call : extras.due) proto.add_due(DueName(header, call));
}

Result<std::vector<NumberedRecord>> DecodeHistory(std::string_view history,
                                                  const RecordCodec& codec) {
  SAGA_ASSIGN_OR_RETURN(const std::vector<std::string_view> parts, SplitHistory(history));
  std::vector<NumberedRecord> records;
  records.reserve(parts.size());
  for (const std::string_view part : parts) {
    SAGA_ASSIGN_OR_RETURN(NumberedRecord record, codec.Decode(part));
    records.push_back(std::move(record));
  }
  return records;
}

Result<Saga> Replay(const SagaId& id, const std::vector<NumberedRecord>& records,
                    const DefinitionResolver& definitions) {
  const auto unreadable = [&](std::string_view why) {
    return Status(StatusCode::kDataLoss, "SAGA_UNREADABLE",
                  fmt::format("saga '{}' cannot be read: {}", id.id(), why));
  };
  const auto* started = records.empty() ? nullptr : std::get_if<SagaStarted>(&records[0].record);
  if (started == nullptr) return unreadable("its first record is missing");
  const DefinitionRef definition =
      definitions.Find(std::string(id.name_space()), started->definition, started->version);
  if (!definition) {
    return unreadable(
        fmt::format("definition {}@{} is not known", started->definition, started->version));
  }
  for (const NumberedRecord& record : records) {
    if (!Fits(record.record, *definition)) return unreadable("it names steps that do not exist");
  }
  Saga saga = Begin(id, definition, records[0]);
  for (std::size_t i = 1; i < records.size(); ++i) Evolve(saga, records[i]);
  return saga;
}

SagaHeader HeaderOf(const SagaId& id, const std::vector<NumberedRecord>& records,
                    const DefinitionResolver& definitions) {
  SagaHeader header{.id = id};
  const auto* started = records.empty() ? nullptr : std::get_if<SagaStarted>(&records[0].record);
  if (started == nullptr) return header;
  header.definition =
      definitions.Find(std::string(id.name_space()), started->definition, started->version);
  header.definition_name = started->definition;
  header.definition_version = started->version;
  header.business_key = started->business_key;
  header.labels = started->labels;
  return header;
}

}  // namespace saga::api

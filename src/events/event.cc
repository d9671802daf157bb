#include "events/event.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/duration.h"
#include "base/overloaded.h"
#include "orchestrator/core/follow_up.h"
#include "orchestrator/record_names.h"

namespace saga {
namespace {

using Json = nlohmann::ordered_json;

void Put(Json& data, const char* name, std::string_view value) {
  if (!value.empty()) data[name] = value;
}

void Put(Json& data, const char* name, std::uint32_t value) {
  if (value != 0) data[name] = value;
}

void PutCode(Json& data, const Failure& failure) {
  if (failure.code != StatusCode::kOk) data["code"] = StatusCodeName(failure.code);
}

void PutPayload(Json& data, const SagaHeader& header, const PayloadRef& payload) {
  if (!payload || !header.definition || !header.definition->publish_payloads) return;
  switch (payload->encoding) {
    case PayloadEncoding::kNone:
      return;
    case PayloadEncoding::kProtobuf:
      data["payload"] = Base64(payload->bytes);
      return;
    case PayloadEncoding::kJson:
      data["payload"] = payload->bytes;
      return;
  }
  SAGA_UNREACHABLE();
}

// What all events say of their saga.
Json Common(const SagaHeader& header) {
  Json data;
  data["saga"] = fmt::format("namespaces/{}/sagas/{}", header.id.name_space(), header.id.id());
  data["definition"] = header.definition_name;
  data["definitionVersion"] =
      fmt::format("{}@{}", header.definition_name, header.definition_version);
  return data;
}

Json SagaData(const SagaHeader& header) {
  Json data = Common(header);
  Put(data, "businessKey", header.business_key);
  if (!header.labels.empty()) data["labels"] = header.labels;
  return data;
}

std::string StepName(const SagaHeader& header, StepIndex step) {
  if (header.definition && ToSize(step) < header.definition->steps.size())
    return header.definition->step(step).id;
  return fmt::format("#{}", ToSize(step));
}

void PutDue(Json& data, const SagaHeader& header, const DueCalls& due) {
  if (due.empty() || !header.definition) return;
  Json names = Json::array();
  for (const DueCall& call : due) {
    if (ToSize(call.step) < header.definition->steps.size())
      names.push_back(DueCallName(*header.definition, call));
  }
  data["due"] = std::move(names);
}

// What a forward record opens: calls, steps that wait, steps that are skipped.
template <typename R>
void PutOpened(Json& data, const SagaHeader& header, const R& record) {
  PutDue(data, header, record.due);
  for (const StepIndex step : record.skipped) data["skipped"].push_back(StepName(header, step));
  for (const StepWait& wait : record.waits) {
    Json waits = {{"stepId", StepName(header, wait.step)}};
    if (wait.until) waits["until"] = FormatTime(*wait.until);
    data["waits"].push_back(std::move(waits));
  }
}

Operation ForwardOf(const SagaHeader& header, StepIndex step) {
  const bool known = header.definition && ToSize(step) < header.definition->steps.size();
  return known ? ForwardOperation(header.definition->step(step)) : Operation::kAction;
}

Json StepData(const SagaHeader& header, StepIndex step, Operation operation,
              std::uint32_t attempts) {
  Json data = Common(header);
  data["stepId"] = StepName(header, step);
  data["operation"] = OperationName(operation);
  Put(data, "attempt", attempts);
  if (header.definition && ToSize(step) < header.definition->steps.size()) {
    const Step& spec = header.definition->step(step);
    if (HasCall(spec, operation)) {
      const Call& call = header.definition->call(step, operation);
      data["participant"] = call.participant;
      data["method"] = call.method;
    }
  }
  return data;
}

void PutFailure(Json& data, const Failure& failure) {
  PutCode(data, failure);
  Put(data, "reason", failure.reason);
  Put(data, "message", failure.message);
}

void PutTime(Json& data, const char* name, const std::optional<TimePoint>& time) {
  if (time) data[name] = FormatTime(*time);
}

// The data of one record.
struct DataOf {
  const SagaHeader& header;

  Json operator()(const SagaStarted& r) const {
    Json data = SagaData(header);
    data["state"] = "RUNNING";
    Put(data, "actor", r.started_by);
    PutTime(data, "deadline", r.deadline);
    PutOpened(data, header, r);
    PutPayload(data, header, r.input);
    return data;
  }
  Json operator()(const StepSucceeded& r) const {
    Json data = StepData(header, r.step, r.operation, r.attempts);
    PutOpened(data, header, r);
    PutPayload(data, header, r.output);
    return data;
  }
  Json operator()(const StepRejected& r) const {
    Json data = StepData(header, r.step, r.operation, r.attempts);
    PutFailure(data, r.failure);
    PutDue(data, header, r.due);
    if (r.may_have_happened) data["mayHaveHappened"] = true;
    return data;
  }
  Json operator()(const StepInDoubt& r) const {
    Json data = StepData(header, r.step, r.operation, r.attempts);
    PutFailure(data, r.failure);
    PutDue(data, header, r.due);
    data["mayHaveHappened"] = true;
    return data;
  }
  Json operator()(const StepRetrying& r) const {
    Json data = StepData(header, r.step, r.operation, r.attempts);
    PutFailure(data, r.failure);
    PutTime(data, "nextAttemptTime", r.next_attempt);
    return data;
  }
  Json operator()(const StepGivenUp& r) const {
    Json data = StepData(header, r.step, ForwardOf(header, r.step), r.attempts);
    PutFailure(data, r.failure);
    PutOpened(data, header, r);
    if (r.may_have_happened) data["mayHaveHappened"] = true;
    return data;
  }
  Json operator()(const StepLate& r) const {
    Json data = StepData(header, r.step, r.operation, r.attempts);
    PutPayload(data, header, r.output);
    return data;
  }
  Json operator()(const StepUndone& r) const {
    Json data = StepData(header, r.step, r.operation, r.attempts);
    PutDue(data, header, r.due);
    return data;
  }
  Json operator()(const StepStuck& r) const {
    Json data = SagaData(header);
    data["stepId"] = StepName(header, r.step);
    data["operation"] = OperationName(r.operation);
    data["reason"] = StuckReasonName(r.reason);
    PutCode(data, r.failure);
    Put(data, "message", r.failure.message);
    Put(data, "attempt", r.attempts);
    return data;
  }
  Json operator()(const StepRecovered& r) const {
    Json data = SagaData(header);
    data["stepId"] = StepName(header, r.step);
    data["operation"] = OperationName(r.operation);
    PutOpened(data, header, r);
    return data;
  }
  Json operator()(const CompensationStarted& r) const {
    Json data = SagaData(header);
    data["state"] = "COMPENSATING";
    data["reason"] = CompensationCauseName(r.cause);
    if (r.step) data["stepId"] = StepName(header, *r.step);
    PutCode(data, r.failure);
    Put(data, "message", r.failure.message);
    Put(data, "actor", r.actor);
    Put(data, "note", r.reason);
    PutDue(data, header, r.due);
    return data;
  }
  Json operator()(const SagaPaused&) const { return SagaData(header); }
  Json operator()(const SagaResumed& r) const {
    Json data = SagaData(header);
    PutTime(data, "deadline", r.deadline);
    return data;
  }
  Json operator()(const OperatorActed& r) const {
    Json data = r.follow_up ? FollowUpData(*r.follow_up) : SagaData(header);
    data["action"] = OperatorActionName(r.action);
    Put(data, "actor", r.actor);
    Put(data, "note", r.reason);
    Put(data, "reference", r.reference);
    if (r.step) data["stepId"] = StepName(header, *r.step);
    if (r.operation) data["operation"] = OperationName(*r.operation);
    return data;
  }
  Json operator()(const SagaSucceeded&) const { return Ended("SUCCEEDED"); }
  Json operator()(const SagaCompensated&) const { return Ended("COMPENSATED"); }
  Json operator()(const SagaResolved& r) const {
    Json data = Ended("RESOLVED");
    data["reason"] = r.as == ResolvedAs::kSucceeded ? "SUCCEEDED" : "COMPENSATED";
    Put(data, "actor", r.actor);
    Put(data, "note", r.reason);
    Put(data, "reference", r.reference);
    return data;
  }

  Json operator()(const HoldsDecided& r) const {
    Json data = SagaData(header);
    data["decision"] = HoldDecisionName(r.decision);
    PutDue(data, header, r.due);
    return data;
  }
  Json operator()(const StepAccepted& r) const {
    Json data = StepData(header, r.step, r.operation, r.attempts);
    PutTime(data, "until", r.until);
    PutTime(data, "nextAttemptTime", r.next_query);
    return data;
  }
  Json operator()(const StepConfirmed& r) const {
    Json data = StepData(header, r.step, r.operation, r.attempts);
    PutOpened(data, header, r);
    return data;
  }
  Json operator()(const StepCancelled& r) const {
    Json data = StepData(header, r.step, r.operation, r.attempts);
    PutDue(data, header, r.due);
    return data;
  }
  Json operator()(const TimerFired& r) const {
    Json data = Common(header);
    data["stepId"] = StepName(header, r.step);
    PutOpened(data, header, r);
    return data;
  }
  Json operator()(const SignalReceived& r) const {
    Json data = SagaData(header);
    data["signal"] = r.name;
    data["signalId"] = r.id;
    PutPayload(data, header, r.payload);
    return data;
  }
  Json operator()(const FollowUpRequested& r) const { return FollowUpData(r.place); }
  Json operator()(const FollowUpStarted& r) const { return FollowUpData(r.place); }
  Json operator()(const FollowUpStuck& r) const {
    Json data = FollowUpData(r.place);
    data["reason"] = StuckReasonName(StuckReason::kFollowUpFailed);
    PutCode(data, r.failure);
    Put(data, "message", r.failure.message);
    return data;
  }
  Json operator()(const FollowUpRecovered& r) const { return FollowUpData(r.place); }

  Json FollowUpData(const FollowUpPlace& place) const {
    Json data = SagaData(header);
    if (!header.definition || !Has(*header.definition, place)) return data;
    const SagaId id = FollowUpId(header.id, *header.definition, place);
    data["followUp"] = FollowUpName(*header.definition, place);
    data["followUpSaga"] = fmt::format("namespaces/{}/sagas/{}", id.name_space(), id.id());
    return data;
  }

  Json Ended(const char* state) const {
    Json data = SagaData(header);
    data["state"] = state;
    return data;
  }
};

bool NeedsAttention(const Record& record) {
  return std::holds_alternative<StepStuck>(record) ||
         std::holds_alternative<StepRecovered>(record) ||
         std::holds_alternative<SagaResolved>(record) ||
         std::holds_alternative<FollowUpStuck>(record) ||
         std::holds_alternative<FollowUpRecovered>(record);
}

std::string Subject(const SagaHeader& header, const Record& record) {
  const RecordSubject subject = SubjectOf(record);
  if (!subject.step) return "";
  const std::string step = StepName(header, *subject.step);
  if (!subject.operation || IsForward(*subject.operation)) return step;
  return fmt::format("{}/{}", step, OperationName(*subject.operation));
}

}  // namespace

EventMessage MakeEvent(std::string_view cluster, const CommittedRecord& committed) {
  const SagaHeader& header = *committed.header;
  const NumberedRecord& record = *committed.record;
  const std::uint64_t sequence = ToNumber(record.revision);
  const std::string id(header.id.id());
  EventMessage event;
  event.key = id;
  event.attention = NeedsAttention(record.record);
  auto& headers = event.headers;
  headers.reserve(14);
  headers.emplace_back("content-type", "application/json");
  headers.emplace_back("ce_specversion", "1.0");
  headers.emplace_back("ce_type", fmt::format("sagad.{}", RecordTypeName(record.record)));
  headers.emplace_back("ce_source", fmt::format("/sagad/{}/namespaces/{}/sagas/{}", cluster,
                                                header.id.name_space(), id));
  headers.emplace_back("ce_id", fmt::format("{}-{:012}", id, sequence));
  headers.emplace_back("ce_time", FormatTime(record.at));
  const std::string subject = Subject(header, record.record);
  if (!subject.empty()) headers.emplace_back("ce_subject", subject);
  headers.emplace_back("ce_partitionkey", id);
  headers.emplace_back("ce_sequence", fmt::format("{:012}", sequence));
  if (!header.business_key.empty()) headers.emplace_back("ce_correlationid", header.business_key);
  if (sequence > 1)
    headers.emplace_back("ce_causationid", fmt::format("{}-{:012}", id, sequence - 1));
  headers.emplace_back("ce_sagadefinition",
                       fmt::format("{}@{}", header.definition_name, header.definition_version));
  // Invalid UTF-8 in a participant's words must not stop the stream.
  event.value = std::visit(DataOf{header}, record.record)
                    .dump(-1, ' ', false, Json::error_handler_t::replace);
  return event;
}

}  // namespace saga

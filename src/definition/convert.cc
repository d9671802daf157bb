// The stored document as the engine uses it.
#include <fmt/format.h>

#include <map>
#include <utility>

#include "definition/loader.h"

namespace saga {

namespace pb = saga::v1;

Mapping ToMapping(const pb::MappingValue& value) {
  Mapping mapping;
  switch (value.kind_case()) {
    case pb::MappingValue::kExpression:
      mapping.kind = Mapping::Kind::kExpression;
      mapping.expression = value.expression();
      break;
    case pb::MappingValue::kFields:
      mapping.kind = Mapping::Kind::kFields;
      for (const auto& field : value.fields().fields())
        mapping.fields.push_back({field.name(), ToMapping(field.value())});
      break;
    case pb::MappingValue::kList:
      mapping.kind = Mapping::Kind::kList;
      for (const auto& element : value.list().values()) mapping.list.push_back(ToMapping(element));
      break;
    case pb::MappingValue::KIND_NOT_SET:
      break;
  }
  return mapping;
}

namespace {

Mapping ToExpression(const std::string& expression) {
  Mapping mapping;
  if (expression.empty()) return mapping;
  mapping.kind = Mapping::Kind::kExpression;
  mapping.expression = expression;
  return mapping;
}

Result<ErrorRule> ToRule(pb::ErrorRule rule) {
  if (rule == pb::ERROR_RULE_COMPENSATE) return ErrorRule::kCompensate;
  if (rule == pb::ERROR_RULE_RETRY) return ErrorRule::kRetry;
  if (rule == pb::ERROR_RULE_DONE) return ErrorRule::kDone;
  if (rule == pb::ERROR_RULE_STUCK) return ErrorRule::kStuck;
  return Status(StatusCode::kInvalidArgument, "DEFINITION_INVALID",
                fmt::format("error rule {} is not known to this release", static_cast<int>(rule)));
}

Result<Call> ToCall(const pb::DefinitionCall& stored) {
  Call call;
  call.participant = stored.participant();
  call.method = stored.method();
  call.with = ToMapping(stored.with());
  call.timeout = std::chrono::milliseconds(stored.timeout_ms());
  call.retry.attempts = static_cast<std::uint32_t>(stored.retry().attempts());
  call.retry.backoff = std::chrono::milliseconds(stored.retry().backoff_ms());
  call.retry.factor_permille = static_cast<std::uint32_t>(stored.retry().factor_permille());
  call.retry.max = std::chrono::milliseconds(stored.retry().max_ms());
  call.retry.jitter = stored.retry().jitter();
  for (const auto& [reason, rule] : stored.errors()) {
    SAGA_ASSIGN_OR_RETURN(call.errors[reason], ToRule(rule));
  }
  call.reject_if = stored.reject_if();
  return call;
}

Delay ToDelay(const pb::DefinitionDelay& stored) {
  return {.fixed = std::chrono::milliseconds(stored.fixed_ms()), .expression = stored.expression()};
}

FollowUp ToFollowUp(const pb::DefinitionFollowUp& stored) {
  return {.definition = stored.start(),
          .with = ToMapping(stored.with()),
          .business_key = ToExpression(stored.business_key())};
}

Result<StepKind> ToKind(pb::DefinitionStepKind kind) {
  if (kind == pb::DEFINITION_STEP_KIND_UNSPECIFIED) return StepKind::kAction;
  if (kind == pb::DEFINITION_STEP_KIND_TCC) return StepKind::kTcc;
  if (kind == pb::DEFINITION_STEP_KIND_TIMER) return StepKind::kTimer;
  if (kind == pb::DEFINITION_STEP_KIND_SIGNAL) return StepKind::kSignal;
  return Status(StatusCode::kInvalidArgument, "DEFINITION_INVALID",
                fmt::format("step kind {} is not known to this release", static_cast<int>(kind)));
}

Result<QueryRule> ToQuery(const pb::DefinitionQuery& stored) {
  QueryRule query;
  SAGA_ASSIGN_OR_RETURN(query.call, ToCall(stored.call()));
  query.done_if = stored.done_if();
  query.rejected_if = stored.rejected_if();
  query.output = ToMapping(stored.output());
  query.every = std::chrono::milliseconds(stored.every_ms());
  return query;
}

Result<Step> ToStepSpec(const pb::DefinitionStep& stored,
                        const std::map<std::string, StepIndex>& by_id) {
  Step step;
  step.id = stored.id();
  for (const std::string& before : stored.after()) {
    const auto found = by_id.find(before);
    if (found == by_id.end()) {
      return Status(
          StatusCode::kInvalidArgument, "DEFINITION_INVALID",
          fmt::format("step '{}' comes after '{}', which is no step", stored.id(), before));
    }
    step.after.push_back(found->second);
  }
  SAGA_ASSIGN_OR_RETURN(step.action, ToCall(stored.action()));
  if (stored.has_undo()) {
    SAGA_ASSIGN_OR_RETURN(step.undo, ToCall(stored.undo()));
  }
  if (stored.has_confirm()) {
    SAGA_ASSIGN_OR_RETURN(step.confirm, ToCall(stored.confirm()));
  }
  if (stored.has_query()) {
    SAGA_ASSIGN_OR_RETURN(step.query, ToQuery(stored.query()));
  }
  if (stored.has_async()) step.async = AsyncRule{ToDelay(stored.async().within())};
  if (stored.has_on_late()) step.on_late = ToFollowUp(stored.on_late());
  SAGA_ASSIGN_OR_RETURN(step.kind, ToKind(stored.kind()));
  step.when = stored.when();
  step.expires = std::chrono::milliseconds(stored.expires_ms());
  step.wait = ToDelay(stored.wait());
  step.signal = stored.signal();
  step.pivot = stored.pivot();
  step.optional = stored.optional();
  step.hold_when_stuck = stored.hold_when_stuck();
  step.wait_for_person = stored.wait_for_person();
  step.in_doubt =
      stored.in_doubt() == pb::IN_DOUBT_RULE_UNDO ? InDoubtRule::kUndo : InDoubtRule::kResolve;
  return step;
}

}  // namespace

Result<DefinitionRef> ToDefinition(const saga::v1::SagaDefinition& document,
                                   const std::string& name_space, std::uint32_t version) {
  Definition definition;
  definition.name_space = name_space;
  definition.name = document.saga();
  definition.version = version;
  definition.digest = DigestOf(document);
  definition.owner = document.owner();
  definition.runbook = document.runbook();
  definition.input_type = document.input();
  definition.business_key = ToExpression(document.business_key());
  // In the order of their keys: the document's map has none.
  const std::map<std::string, std::string> labels(document.labels().begin(),
                                                  document.labels().end());
  for (const auto& [key, expression] : labels)
    definition.labels.push_back({key, ToExpression(expression)});
  definition.output = ToMapping(document.output());
  for (const auto& stored : document.then_succeeded())
    definition.then_succeeded.push_back(ToFollowUp(stored));
  for (const auto& stored : document.then_compensated())
    definition.then_compensated.push_back(ToFollowUp(stored));
  definition.deadline = std::chrono::milliseconds(document.deadline_ms());
  definition.publish_payloads = document.publish() == "full";
  std::map<std::string, StepIndex> by_id;
  for (int i = 0; i < document.steps_size(); ++i)
    by_id[document.steps(i).id()] = ToStep(static_cast<std::size_t>(i));
  for (const auto& stored : document.steps()) {
    SAGA_ASSIGN_OR_RETURN(Step step, ToStepSpec(stored, by_id));
    definition.steps.push_back(std::move(step));
  }
  return Definition::Make(std::move(definition));
}

}  // namespace saga

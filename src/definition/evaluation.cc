// Evaluating compiled expressions on the payloads of a saga.
#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "definition/compiled_expression.h"

namespace saga {
namespace {

using google::protobuf::Message;

// Where the payload of a name is kept open.
std::size_t SlotOf(const Name& name) {
  if (name.kind == NameKind::kInput) return 0;
  return name.kind == NameKind::kOutput ? 1 : ToSize(name.step) + 2;
}

expr::Timestamp TimestampOf(TimePoint time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {.seconds = seconds.count(),
          .nanos = static_cast<std::int32_t>(
              std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count())};
}

Result<Found> InMessage(const Message& root, const expr::Reference& path) {
  if (path.fields.empty()) return Found(&root);
  const Message* message = &root;
  for (std::size_t i = 0; i + 1 < path.fields.size(); ++i) {
    message = &message->GetReflection()->GetMessage(*message, path.fields[i]);
  }
  return Found(FieldOf{message, path.fields.back()});
}

Result<Found> InJson(const nlohmann::json& root, const CompiledExpression& compiled) {
  const nlohmann::json* json = &root;
  for (const std::string& name : compiled.path().names) {
    const auto found = json->is_object() ? json->find(name) : json->end();
    if (!json->is_object() || found == json->end()) {
      return MappingFailed(compiled.text(), fmt::format("there is no '{}'", name));
    }
    json = &*found;
  }
  return Found(json);
}

}  // namespace

Evaluation::Evaluation(const MappingScope& scope, const Names& names)
    : scope_(scope), names_(names), open_(names.types().steps.size() + 2) {}

Result<Found> Evaluation::Evaluate(const CompiledExpression& compiled) const {
  if (const expr::Value* literal = compiled.program().Literal()) return Found(*literal);
  if (compiled.root()) return FollowPath(compiled);
  auto value = compiled.program().Evaluate(*this);
  if (value.ok()) return Found(*std::move(value));
  if (value.status().reason() == "MAPPING_FAILED") return value.status();
  return MappingFailed(compiled.text(), value.status().message());
}

Result<expr::Value> Evaluation::ValueOf(const CompiledExpression& compiled) const {
  auto value = compiled.program().Evaluate(*this);
  if (value.ok() || value.status().reason() == "MAPPING_FAILED") return value;
  return MappingFailed(compiled.text(), value.status().message());
}

Result<Found> Evaluation::FollowPath(const CompiledExpression& compiled) const {
  const Name& name = *compiled.root();
  if (names_.TypeOf(name) == nullptr) {
    SAGA_ASSIGN_OR_RETURN(expr::Value value, OfContext(name, compiled.text()));
    return Found(std::move(value));
  }
  SAGA_ASSIGN_OR_RETURN(const OpenPayload* payload, Open(name));
  if (payload->message() != nullptr) return InMessage(*payload->message(), compiled.path());
  return InJson(*payload->json(), compiled);
}

bool Evaluation::ReadsUnanswered(const CompiledExpression& compiled) const {
  for (const expr::Reference& read : compiled.program().References()) {
    const Name& name = names_.of(read.variable);
    if (name.kind == NameKind::kStep && PayloadOf(name) == nullptr) return true;
  }
  return false;
}

Result<std::optional<expr::Value>> Evaluation::Find(std::size_t variable) const {
  const Name& name = names_.of(variable);
  if (names_.TypeOf(name) == nullptr) {
    SAGA_ASSIGN_OR_RETURN(expr::Value value,
                          OfContext(name, names_.environment().variables()[variable].name));
    return std::optional(std::move(value));
  }
  if (PayloadOf(name) == nullptr) return std::optional<expr::Value>();
  SAGA_ASSIGN_OR_RETURN(const OpenPayload* payload, Open(name));
  return std::optional(payload->message() != nullptr ? expr::Value::Message(*payload->message())
                                                     : expr::Value::Json(*payload->json()));
}

Result<expr::Value> Evaluation::OfContext(const Name& name, const std::string& text) const {
  const auto unknown = [&text](const char* why) { return MappingFailed(text, why); };
  const bool of_failure = name.kind == NameKind::kFailureCode ||
                          name.kind == NameKind::kFailureReason ||
                          name.kind == NameKind::kFailureMessage;
  if (of_failure && scope_.failure == nullptr) return unknown("nothing has failed");
  switch (name.kind) {
    case NameKind::kFailureCode:
      return expr::Value::StringView(StatusCodeName(scope_.failure->code));
    case NameKind::kFailureReason:
      return expr::Value::StringView(scope_.failure->reason);
    case NameKind::kFailureMessage:
      return expr::Value::StringView(scope_.failure->message);
    case NameKind::kSagaId:
      if (scope_.saga == nullptr) return unknown("it is not known here");
      return expr::Value::StringView(scope_.saga->id());
    case NameKind::kSagaKey:
      if (scope_.business_key == nullptr) return unknown("it is not known here");
      return expr::Value::StringView(*scope_.business_key);
    case NameKind::kSagaNow:
      if (!scope_.now) return unknown("it is not known here");
      return expr::Value::Of(TimestampOf(*scope_.now));
    case NameKind::kInput:
    case NameKind::kOutput:
    case NameKind::kStep:
      break;
  }
  SAGA_UNREACHABLE();
}

const PayloadRef& Evaluation::PayloadOf(const Name& name) const {
  static const PayloadRef kNone;
  if (name.kind == NameKind::kInput) return scope_.input;
  if (name.kind == NameKind::kOutput && scope_.output != nullptr) return scope_.output;
  const bool known = scope_.outputs != nullptr && ToSize(name.step) < scope_.outputs->size();
  return known ? (*scope_.outputs)[ToSize(name.step)] : kNone;
}

Result<const OpenPayload*> Evaluation::Open(const Name& name) const {
  auto& slot = open_[SlotOf(name)];
  if (!slot) {
    const bool own = name.kind == NameKind::kOutput && names_.types().output;
    const std::string text = name.kind == NameKind::kInput ? "input"
                             : own                         ? "output"
                                   : "steps." + names_.types().definition->step(name.step).id;
    SAGA_ASSIGN_OR_RETURN(OpenPayload opened,
                          OpenPayload::Open(PayloadOf(name), *names_.TypeOf(name), text));
    slot.emplace(std::move(opened));
  }
  return &*slot;
}

}  // namespace saga

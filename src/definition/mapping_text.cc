// Outputs of sagas, business keys and labels; and whether an input is what a definition takes.
#include <fmt/format.h>

#include "base/check.h"
#include "definition/assign.h"
#include "definition/compiled_expression.h"
#include "definition/mapping.h"

namespace saga {
namespace {

Result<nlohmann::ordered_json> ExpressionToJson(const CompiledExpression& compiled,
                                                const Evaluation& evaluation) {
  const auto found = evaluation.Evaluate(compiled);
  // One step that was given up or skipped must not take the whole output with it.
  if (!found.ok() && evaluation.ReadsUnanswered(compiled)) return nlohmann::ordered_json();
  if (!found.ok()) return found.status();
  return ToJson(*found, {.text = compiled.text(), .type = &compiled.type()});
}

Result<nlohmann::ordered_json> JsonOf(const Mapping& mapping, const Names& names,
                                      const Evaluation& evaluation, const std::string& where) {
  switch (mapping.kind) {
    case Mapping::Kind::kNone:
      return nlohmann::ordered_json();
    case Mapping::Kind::kExpression: {
      SAGA_ASSIGN_OR_RETURN(const CompiledExpression compiled,
                            CompileExpression(mapping.expression, names, where));
      return ExpressionToJson(compiled, evaluation);
    }
    case Mapping::Kind::kFields: {
      auto object = nlohmann::ordered_json::object();
      for (const auto& [name, value] : mapping.fields) {
        SAGA_ASSIGN_OR_RETURN(object[name], JsonOf(value, names, evaluation, name));
      }
      return object;
    }
    case Mapping::Kind::kList: {
      auto array = nlohmann::ordered_json::array();
      for (const Mapping& element : mapping.list) {
        SAGA_ASSIGN_OR_RETURN(nlohmann::ordered_json json,
                              JsonOf(element, names, evaluation, where));
        array.push_back(std::move(json));
      }
      return array;
    }
  }
  SAGA_UNREACHABLE();
}

}  // namespace

Result<std::string> BuildJson(const Mapping& mapping, const MappingTypes& types,
                              const MappingScope& scope, std::optional<StepIndex> own) {
  if (mapping.kind == Mapping::Kind::kNone) return std::string();
  const Names names(types, own);
  const Evaluation evaluation(scope, names);
  SAGA_ASSIGN_OR_RETURN(const nlohmann::ordered_json json, JsonOf(mapping, names, evaluation, ""));
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<std::string> BuildText(const Mapping& mapping, const MappingTypes& types,
                              const MappingScope& scope, std::optional<StepIndex> own) {
  if (mapping.kind == Mapping::Kind::kNone) return std::string();
  if (mapping.kind != Mapping::Kind::kExpression)
    return InvalidMapping("", "a text is one expression");
  const Names names(types, own);
  SAGA_ASSIGN_OR_RETURN(const CompiledExpression compiled,
                        CompileExpression(mapping.expression, names, ""));
  const Evaluation evaluation(scope, names);
  SAGA_ASSIGN_OR_RETURN(const Found found, evaluation.Evaluate(compiled));
  return ToText(found, {.text = compiled.text(), .type = &compiled.type()});
}

Status CheckInput(const Payload& payload, const std::string& input_type, const TypeHandle& type) {
  if (input_type.empty()) {
    if (payload.encoding == PayloadEncoding::kProtobuf) {
      return InvalidField(
          "input",
          "the definition names no input type; send JSON, or let the definition say `input: " +
              payload.type + "`");
    }
  } else if (!payload.type.empty() && payload.type != input_type) {
    return InvalidField("input.type",
                        fmt::format("the definition takes {}, not {}", input_type, payload.type));
  }
  if (!input_type.empty() && type.prototype == nullptr)
    return Status::Ok();  // Its participants are not known yet.
  const auto opened = OpenPayload::Open(std::make_shared<const Payload>(payload), type, "input");
  if (opened.ok()) return Status::Ok();
  const std::string& why = opened.status().message();  // It names the input.
  return Status(StatusCode::kInvalidArgument, "FIELD_INVALID", why).WithField("input", why);
}

}  // namespace saga

// Outputs of sagas, business keys and labels; and whether an input is what a definition takes.
#include <fmt/format.h>

#include "base/check.h"
#include "definition/mapping.h"
#include "definition/path_value.h"

namespace saga {
namespace {

Result<nlohmann::ordered_json> JsonOf(const Mapping& mapping, const MappingTypes& types,
                                      OpenedPayloads& opened, const std::string& where) {
  switch (mapping.kind) {
    case Mapping::Kind::kNone:
      return nlohmann::ordered_json();
    case Mapping::Kind::kExpression: {
      SAGA_ASSIGN_OR_RETURN(const CompiledExpression compiled,
                            CompileExpression(mapping.expression, types, std::nullopt, where));
      // One step that was given up must not take the whole output with it.
      if (opened.IsUnanswered(compiled)) return nlohmann::ordered_json();
      SAGA_ASSIGN_OR_RETURN(const Value value, opened.Evaluate(compiled));
      return ToJson(value);
    }
    case Mapping::Kind::kFields: {
      auto object = nlohmann::ordered_json::object();
      for (const auto& [name, value] : mapping.fields) {
        SAGA_ASSIGN_OR_RETURN(object[name], JsonOf(value, types, opened, name));
      }
      return object;
    }
    case Mapping::Kind::kList: {
      auto array = nlohmann::ordered_json::array();
      for (const Mapping& element : mapping.list) {
        SAGA_ASSIGN_OR_RETURN(nlohmann::ordered_json json, JsonOf(element, types, opened, where));
        array.push_back(std::move(json));
      }
      return array;
    }
  }
  SAGA_UNREACHABLE();
}

}  // namespace

Result<std::string> BuildJson(const Mapping& mapping, const MappingTypes& types,
                              const MappingScope& scope) {
  if (mapping.kind == Mapping::Kind::kNone) return std::string();
  OpenedPayloads opened(scope, types);
  SAGA_ASSIGN_OR_RETURN(const nlohmann::ordered_json json, JsonOf(mapping, types, opened, ""));
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<std::string> BuildText(const Mapping& mapping, const MappingTypes& types,
                              const MappingScope& scope) {
  if (mapping.kind == Mapping::Kind::kNone) return std::string();
  if (mapping.kind != Mapping::Kind::kExpression)
    return InvalidMapping("", "a text is one expression");
  OpenedPayloads opened(scope, types);
  SAGA_ASSIGN_OR_RETURN(const CompiledExpression compiled,
                        CompileExpression(mapping.expression, types, std::nullopt, ""));
  SAGA_ASSIGN_OR_RETURN(const Value value, opened.Evaluate(compiled));
  return ToText(value, mapping.expression);
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
  return opened.ok() ? Status::Ok() : InvalidField("input", opened.status().message());
}

}  // namespace saga

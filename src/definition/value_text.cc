// Values as JSON and as plain text.
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <optional>

#include "base/overloaded.h"
#include "definition/field_reader.h"
#include "definition/value.h"

namespace saga {
namespace {

using google::protobuf::Message;
using Json = nlohmann::ordered_json;

Result<nlohmann::ordered_json> MessageToJson(const Message& message) {
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok())
    return MappingFailed(message.GetDescriptor()->full_name(), std::string(status.message()));
  return nlohmann::ordered_json::parse(text, nullptr, false);
}

// A scalar by the rules of proto3 JSON: 64-bit numbers as text, enums by name. Absent = its message
// must print it.
std::optional<Json> ScalarToJson(const FieldOf& source) {
  using google::protobuf::FieldDescriptor;
  const FieldDescriptor& field = *source.field;
  if (field.is_repeated() || field.message_type() != nullptr || IsBytes(field)) return std::nullopt;
  const Value value = ReadField(source, -1);
  if (field.enum_type() != nullptr) return Json(EnumName(field, std::get<std::int64_t>(value)));
  const bool wide = field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
                    field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  return std::visit(
      Overloaded{
          [](bool v) { return std::optional(Json(v)); },
          [](const std::string& v) { return std::optional(Json(v)); },
          [&](std::int64_t v) { return std::optional(wide ? Json(std::to_string(v)) : Json(v)); },
          [&](std::uint64_t v) { return std::optional(wide ? Json(std::to_string(v)) : Json(v)); },
          [](const auto&) { return std::optional<Json>(); },
      },
      value);
}

Result<Json> FieldToJson(const FieldOf& source) {
  if (source.field->has_presence() &&
      !source.message->GetReflection()->HasField(*source.message, source.field)) {
    return Json();
  }
  if (std::optional<Json> scalar = ScalarToJson(source)) return *std::move(scalar);
  SAGA_ASSIGN_OR_RETURN(const Json all, MessageToJson(*source.message));
  const auto found = all.find(source.field->name());
  return found == all.end() ? Json() : Json(*found);
}

}  // namespace

Result<nlohmann::ordered_json> ToJson(const Value& value) {
  using Json = nlohmann::ordered_json;
  return std::visit(Overloaded{
                        [](bool v) { return Result<Json>(Json(v)); },
                        [](std::int64_t v) { return Result<Json>(Json(v)); },
                        [](std::uint64_t v) { return Result<Json>(Json(v)); },
                        [](double v) { return Result<Json>(Json(v)); },
                        [](const std::string& v) { return Result<Json>(Json(v)); },
                        [](const Message* v) { return MessageToJson(*v); },
                        [](const FieldOf& v) { return FieldToJson(v); },
                        [](const nlohmann::json* v) {
                          return Result<Json>(Json::parse(v->dump(), nullptr, false));
                        },
                    },
                    value);
}

Result<std::string> ToText(const Value& value, const std::string& text) {
  const auto no = [&text] {
    return Result<std::string>(MappingFailed(text, "it is no single value that could be text"));
  };
  return std::visit(
      Overloaded{
          [](bool v) { return Result<std::string>(v ? "true" : "false"); },
          [](std::int64_t v) { return Result<std::string>(std::to_string(v)); },
          [](std::uint64_t v) { return Result<std::string>(std::to_string(v)); },
          [](double v) { return Result<std::string>(fmt::format("{}", v)); },
          [](const std::string& v) { return Result<std::string>(v); },
          [&](const Message*) { return no(); },
          [&](const FieldOf& v) {
            if (v.field->is_repeated() || IsBytes(*v.field)) return no();
            const Value read = ReadField(v, -1);
            if (v.field->enum_type() != nullptr) {
              return Result<std::string>(EnumName(*v.field, std::get<std::int64_t>(read)));
            }
            return ToText(read, text);
          },
          [&](const nlohmann::json* v) {
            if (v->is_string()) return Result<std::string>(v->get<std::string>());
            if (v->is_null()) return Result<std::string>(std::string());
            return v->is_primitive() ? Result<std::string>(v->dump()) : no();
          },
      },
      value);
}

}  // namespace saga

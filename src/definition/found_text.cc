// What expressions give as JSON and as plain text.
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <optional>

#include "base/base64.h"
#include "base/check.h"
#include "base/overloaded.h"
#include "definition/assign.h"
#include "definition/field_reader.h"

namespace saga {
namespace {

using expr::Value;
using expr::ValueKind;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Json = nlohmann::ordered_json;

Result<Json> MessageToJson(const Message& message) {
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok()) {
    return MappingFailed(message.GetDescriptor()->full_name(), std::string(status.message()));
  }
  return Json::parse(text, nullptr, false);
}

// A scalar by the rules of proto3 JSON: 64-bit numbers as text, enums by name. Absent = its message
// must print it.
std::optional<Json> ScalarToJson(const FieldOf& source) {
  const FieldDescriptor& field = *source.field;
  if (field.is_repeated() || field.message_type() != nullptr || IsBytes(field)) return std::nullopt;
  const Value value = ReadScalar(source, -1);
  if (field.enum_type() != nullptr) return Json(EnumName(*field.enum_type(), value.AsInt()));
  const bool wide = field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
                    field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  if (value.Is(ValueKind::kBool)) return Json(value.AsBool());
  if (value.Is(ValueKind::kString)) return Json(std::string(value.AsString()));
  if (value.Is(ValueKind::kInt)) {
    return wide ? Json(std::to_string(value.AsInt())) : Json(value.AsInt());
  }
  if (value.Is(ValueKind::kUint)) {
    return wide ? Json(std::to_string(value.AsUint())) : Json(value.AsUint());
  }
  return std::nullopt;
}

Result<Json> FieldToJson(const FieldOf& source) {
  if (IsUnset(source)) return Json();
  if (std::optional<Json> scalar = ScalarToJson(source)) return *std::move(scalar);
  SAGA_ASSIGN_OR_RETURN(const Json all, MessageToJson(*source.message));
  const auto found = all.find(source.field->name());
  return found == all.end() ? Json() : Json(*found);
}

std::string TimeText(expr::Timestamp time) {
  google::protobuf::Timestamp message;
  message.set_seconds(time.seconds);
  message.set_nanos(time.nanos);
  return google::protobuf::util::TimeUtil::ToString(message);
}

std::string DurationText(std::chrono::nanoseconds duration) {
  return google::protobuf::util::TimeUtil::ToString(
      google::protobuf::util::TimeUtil::NanosecondsToDuration(duration.count()));
}

Result<Json> ValueToJson(const Value& value, const expr::Type* type, const std::string& text);

Result<Json> ListToJson(const expr::List& list, const expr::Type* type, const std::string& text) {
  Json array = Json::array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    SAGA_ASSIGN_OR_RETURN(Json element, ValueToJson(list.At(i), type, text));
    array.push_back(std::move(element));
  }
  return array;
}

Result<Json> MapToJson(const expr::Map& map, const expr::Type* type, const std::string& text) {
  Json object = Json::object();
  for (const Value& key : map.Keys()) {
    SAGA_ASSIGN_OR_RETURN(const std::string name, ToText(Found(key), {.text = text}));
    SAGA_ASSIGN_OR_RETURN(object[name], ValueToJson(*map.Find(key), type, text));
  }
  return object;
}

Result<Json> ValueToJson(const Value& value, const expr::Type* type, const std::string& text) {
  const bool has_elements =
      type != nullptr && (type->Is(expr::TypeKind::kList) || type->Is(expr::TypeKind::kMap));
  const expr::Type* inner = has_elements ? &type->element() : nullptr;
  switch (value.kind()) {
    case ValueKind::kNull:
      return Json();
    case ValueKind::kBool:
      return Json(value.AsBool());
    case ValueKind::kInt:
      if (type != nullptr && type->enumeration() != nullptr) {
        return Json(EnumName(*type->enumeration(), value.AsInt()));
      }
      return Json(value.AsInt());
    case ValueKind::kUint:
      return Json(value.AsUint());
    case ValueKind::kDouble:
      return Json(value.AsDouble());
    case ValueKind::kString:
      return Json(std::string(value.AsString()));
    case ValueKind::kBytes:
      return Json(Base64(value.AsBytes()));
    case ValueKind::kTimestamp:
      return Json(TimeText(value.AsTimestamp()));
    case ValueKind::kDuration:
      return Json(DurationText(value.AsDuration()));
    case ValueKind::kList:
      return ListToJson(value.AsList(), inner, text);
    case ValueKind::kMap:
      return MapToJson(value.AsMap(), inner, text);
    case ValueKind::kMessage:
      return MessageToJson(value.AsMessage());
  }
  SAGA_UNREACHABLE();
}

Status NoText(const std::string& text) {
  return MappingFailed(text, "it is no single value that could be text");
}

Result<std::string> ValueToText(const Value& value, const Assignment& what) {
  switch (value.kind()) {
    case ValueKind::kBool:
      return std::string(value.AsBool() ? "true" : "false");
    case ValueKind::kInt:
      if (what.type != nullptr && what.type->enumeration() != nullptr) {
        return EnumName(*what.type->enumeration(), value.AsInt());
      }
      return std::to_string(value.AsInt());
    case ValueKind::kUint:
      return std::to_string(value.AsUint());
    case ValueKind::kDouble:
      return fmt::format("{}", value.AsDouble());
    case ValueKind::kString:
      return std::string(value.AsString());
    case ValueKind::kTimestamp:
      return TimeText(value.AsTimestamp());
    case ValueKind::kDuration:
      return DurationText(value.AsDuration());
    case ValueKind::kNull:
    case ValueKind::kBytes:
    case ValueKind::kList:
    case ValueKind::kMap:
    case ValueKind::kMessage:
      return NoText(what.text);
  }
  SAGA_UNREACHABLE();
}

Result<std::string> FieldToText(const FieldOf& source, const Assignment& what) {
  const FieldDescriptor& field = *source.field;
  if (field.is_repeated() || IsBytes(field)) return NoText(what.text);
  if (field.message_type() != nullptr) {
    return ValueToText(Value::Field(*source.message, field), what);
  }
  const Value value = ReadScalar(source, -1);
  if (field.enum_type() != nullptr) return EnumName(*field.enum_type(), value.AsInt());
  return ValueToText(value, what);
}

Result<std::string> JsonToText(const nlohmann::json& json, const Assignment& what) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_null()) return std::string();
  return json.is_primitive() ? Result<std::string>(json.dump()) : NoText(what.text);
}

}  // namespace

Result<Json> ToJson(const Found& found, const Assignment& what) {
  return std::visit(
      Overloaded{
          [&](const Value& value) { return ValueToJson(value, what.type, what.text); },
          [](const FieldOf& source) { return FieldToJson(source); },
          [](const Message* message) { return MessageToJson(*message); },
          [](const nlohmann::json* json) {
            return Result<Json>(Json::parse(json->dump(), nullptr, false));
          },
      },
      found);
}

Result<std::string> ToText(const Found& found, const Assignment& what) {
  return std::visit(Overloaded{
                        [&](const Value& value) { return ValueToText(value, what); },
                        [&](const FieldOf& source) { return FieldToText(source, what); },
                        [&](const Message*) { return Result<std::string>(NoText(what.text)); },
                        [&](const nlohmann::json* json) { return JsonToText(*json, what); },
                    },
                    found);
}

}  // namespace saga

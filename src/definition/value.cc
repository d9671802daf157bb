#include "definition/value.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <utility>

#include "definition/field_reader.h"
#include "definition/limits.h"

namespace saga {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Status MappingFailed(const std::string& text, const std::string& why) {
  return {StatusCode::kFailedPrecondition, "MAPPING_FAILED", fmt::format("{}: {}", text, why)};
}

std::string KindOf(const FieldDescriptor& field) {
  if (field.is_map()) return "map";
  const std::string type = field.message_type() != nullptr ? field.message_type()->full_name()
                           : field.enum_type() != nullptr  ? field.enum_type()->full_name()
                                                           : std::string(field.type_name());
  return field.is_repeated() ? "repeated " + type : type;
}

Value ReadField(const FieldOf& source, int index) {
  const Message& m = *source.message;
  const FieldDescriptor* f = source.field;
  const auto* r = m.GetReflection();
  const bool element = index >= 0;
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return std::int64_t{element ? r->GetRepeatedInt32(m, f, index) : r->GetInt32(m, f)};
    case FieldDescriptor::CPPTYPE_INT64:
      return element ? r->GetRepeatedInt64(m, f, index) : r->GetInt64(m, f);
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::uint64_t{element ? r->GetRepeatedUInt32(m, f, index) : r->GetUInt32(m, f)};
    case FieldDescriptor::CPPTYPE_UINT64:
      return element ? r->GetRepeatedUInt64(m, f, index) : r->GetUInt64(m, f);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return element ? r->GetRepeatedDouble(m, f, index) : r->GetDouble(m, f);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return static_cast<double>(element ? r->GetRepeatedFloat(m, f, index) : r->GetFloat(m, f));
    case FieldDescriptor::CPPTYPE_BOOL:
      return element ? r->GetRepeatedBool(m, f, index) : r->GetBool(m, f);
    case FieldDescriptor::CPPTYPE_ENUM:
      return std::int64_t{element ? r->GetRepeatedEnumValue(m, f, index) : r->GetEnumValue(m, f)};
    case FieldDescriptor::CPPTYPE_STRING:
      return element ? r->GetRepeatedString(m, f, index) : r->GetString(m, f);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return element ? &r->GetRepeatedMessage(m, f, index) : &r->GetMessage(m, f);
  }
  SAGA_UNREACHABLE();
}

std::string EnumName(const FieldDescriptor& field, std::int64_t number) {
  const auto* value = field.enum_type()->FindValueByNumber(static_cast<int>(number));
  return value != nullptr ? value->name() : std::to_string(number);
}

Result<OpenPayload> OpenPayload::Open(const PayloadRef& payload, const TypeHandle& type,
                                      const std::string& name) {
  OpenPayload open;
  if (payload == nullptr)
    return MappingFailed(name, "there is no such value: the step has not answered");
  if (type.prototype == nullptr) {
    if (payload->encoding == PayloadEncoding::kProtobuf)
      return MappingFailed(name, "its protobuf type is not known");
    const std::string& text = payload->bytes;
    int depth = 0;
    bool too_deep = false;
    const auto limit = [&](int, nlohmann::json::parse_event_t event, nlohmann::json&) {
      if (event == nlohmann::json::parse_event_t::object_start ||
          event == nlohmann::json::parse_event_t::array_start)
        ++depth;
      if (event == nlohmann::json::parse_event_t::object_end ||
          event == nlohmann::json::parse_event_t::array_end)
        --depth;
      too_deep = too_deep || depth > static_cast<int>(kJsonDepthMax);
      return !too_deep;
    };
    auto json = text.empty() ? nlohmann::json::object() : nlohmann::json::parse(text, limit, false);
    if (json.is_discarded() || too_deep) return MappingFailed(name, "it is not valid JSON");
    open.json_ = std::make_shared<const nlohmann::json>(std::move(json));
    return open;
  }
  open.message_.reset(type.prototype->New());
  if (payload->encoding == PayloadEncoding::kJson) {
    google::protobuf::util::JsonParseOptions options;
    const auto status =
        google::protobuf::util::JsonStringToMessage(payload->bytes, open.message_.get(), options);
    if (!status.ok())
      return MappingFailed(name, fmt::format("it is no {}: {}", type.type->full_name(),
                                             std::string(status.message())));
  } else if (!open.message_->ParsePartialFromString(payload->bytes)) {
    return MappingFailed(name, fmt::format("its bytes are no {}", type.type->full_name()));
  }
  return open;
}

Result<Value> OpenPayload::At(const std::vector<std::string>& fields,
                              const std::vector<const FieldDescriptor*>& chain,
                              const std::string& text) const {
  if (message_ != nullptr) {
    const Message* message = message_.get();
    if (chain.empty()) return Value(message);
    for (std::size_t i = 0; i + 1 < chain.size(); ++i)
      message = &message->GetReflection()->GetMessage(*message, chain[i]);
    return Value(FieldOf{message, chain.back()});
  }
  const nlohmann::json* json = json_.get();
  for (const std::string& field : fields) {
    const auto found = json->is_object() ? json->find(field) : json->end();
    if (!json->is_object() || found == json->end())
      return MappingFailed(text, fmt::format("there is no '{}'", field));
    json = &*found;
  }
  return Value(json);
}

}  // namespace saga

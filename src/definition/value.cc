#include "definition/value.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <limits>
#include <utility>

#include "base/overloaded.h"
#include "definition/limits.h"

namespace saga {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Status Failed(const std::string& text, const std::string& why) {
  return {StatusCode::kFailedPrecondition, "MAPPING_FAILED", fmt::format("{}: {}", text, why)};
}

std::string KindOf(const FieldDescriptor& field) {
  if (field.is_map()) return "map";
  const std::string type = field.message_type() != nullptr ? field.message_type()->full_name()
                           : field.enum_type() != nullptr  ? field.enum_type()->full_name()
                                                           : std::string(field.type_name());
  return field.is_repeated() ? "repeated " + type : type;
}

Status Unfit(const std::string& text, const FieldDescriptor& field, const std::string& what) {
  return Failed(
      text, fmt::format("{} does not fit into {} ({})", what, field.full_name(), KindOf(field)));
}

// A singular scalar or message field as a value; `index` for elements of a repeated field, -1
// otherwise.
Value Read(const FieldOf& source, int index) {
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

// The name of an enum's number, or the number where it has none.
std::string EnumName(const FieldDescriptor& field, std::int64_t number) {
  const auto* value = field.enum_type()->FindValueByNumber(static_cast<int>(number));
  return value != nullptr ? value->name() : std::to_string(number);
}

std::optional<std::int64_t> AsInt64(const Value& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return *i;
  const auto* u = std::get_if<std::uint64_t>(&value);
  if (u != nullptr && *u <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return static_cast<std::int64_t>(*u);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> AsUint64(const Value& value) {
  if (const auto* u = std::get_if<std::uint64_t>(&value)) return *u;
  const auto* i = std::get_if<std::int64_t>(&value);
  if (i != nullptr && *i >= 0) return static_cast<std::uint64_t>(*i);
  return std::nullopt;
}

std::optional<double> AsDouble(const Value& value) {
  if (const auto* d = std::get_if<double>(&value)) return *d;
  constexpr std::int64_t kExact = 1LL << 53;
  const auto integer = AsInt64(value);
  if (integer && *integer <= kExact && *integer >= -kExact) return static_cast<double>(*integer);
  return std::nullopt;
}

// Sets a singular field, or adds to a repeated one.
class Slot {
 public:
  Slot(Message& target, const FieldDescriptor& field)
      : m_(target), f_(&field), r_(target.GetReflection()) {}

  // False = the value does not fit without loss.
  bool Put(const Value& value) {
    switch (f_->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return PutInteger<std::int32_t>(AsInt64(value), [this](auto v) {
          f_->is_repeated() ? r_->AddInt32(&m_, f_, v) : r_->SetInt32(&m_, f_, v);
        });
      case FieldDescriptor::CPPTYPE_INT64:
        return PutInteger<std::int64_t>(AsInt64(value), [this](auto v) {
          f_->is_repeated() ? r_->AddInt64(&m_, f_, v) : r_->SetInt64(&m_, f_, v);
        });
      case FieldDescriptor::CPPTYPE_UINT32:
        return PutInteger<std::uint32_t>(AsUint64(value), [this](auto v) {
          f_->is_repeated() ? r_->AddUInt32(&m_, f_, v) : r_->SetUInt32(&m_, f_, v);
        });
      case FieldDescriptor::CPPTYPE_UINT64:
        return PutInteger<std::uint64_t>(AsUint64(value), [this](auto v) {
          f_->is_repeated() ? r_->AddUInt64(&m_, f_, v) : r_->SetUInt64(&m_, f_, v);
        });
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        return PutReal(AsDouble(value));
      case FieldDescriptor::CPPTYPE_BOOL:
        return PutBool(value);
      case FieldDescriptor::CPPTYPE_ENUM:
        return PutEnum(value);
      case FieldDescriptor::CPPTYPE_STRING:
        return PutString(value);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return PutMessage(value);
    }
    SAGA_UNREACHABLE();
  }

 private:
  template <typename T, typename Wide, typename Set>
  static bool PutInteger(const std::optional<Wide>& value, Set set) {
    if (!value || !std::in_range<T>(*value)) return false;
    set(static_cast<T>(*value));
    return true;
  }

  bool PutReal(const std::optional<double>& value) {
    if (!value) return false;
    if (f_->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      f_->is_repeated() ? r_->AddDouble(&m_, f_, *value) : r_->SetDouble(&m_, f_, *value);
      return true;
    }
    const auto narrow = static_cast<float>(*value);
    if (!std::isnan(*value) && static_cast<double>(narrow) != *value) return false;
    f_->is_repeated() ? r_->AddFloat(&m_, f_, narrow) : r_->SetFloat(&m_, f_, narrow);
    return true;
  }

  bool PutBool(const Value& value) {
    const auto* flag = std::get_if<bool>(&value);
    if (flag == nullptr) return false;
    f_->is_repeated() ? r_->AddBool(&m_, f_, *flag) : r_->SetBool(&m_, f_, *flag);
    return true;
  }

  bool PutEnum(const Value& value) {
    std::optional<std::int64_t> number = AsInt64(value);
    if (const auto* name = std::get_if<std::string>(&value)) {
      const auto* known = f_->enum_type()->FindValueByName(*name);
      if (known == nullptr) return false;
      number = known->number();
    }
    return PutInteger<std::int32_t>(number, [this](auto v) {
      f_->is_repeated() ? r_->AddEnumValue(&m_, f_, v) : r_->SetEnumValue(&m_, f_, v);
    });
  }

  bool PutString(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return false;
    f_->is_repeated() ? r_->AddString(&m_, f_, *text) : r_->SetString(&m_, f_, *text);
    return true;
  }

  bool PutMessage(const Value& value) {
    const auto* source = std::get_if<const Message*>(&value);
    if (source == nullptr) return false;
    const auto* from = (*source)->GetDescriptor();
    if (from->full_name() != f_->message_type()->full_name()) return false;
    Message* to = f_->is_repeated() ? r_->AddMessage(&m_, f_) : r_->MutableMessage(&m_, f_);
    if (from == to->GetDescriptor()) {
      to->CopyFrom(**source);
      return true;
    }
    // The same type from another participant's descriptors: by its bytes.
    return to->ParsePartialFromString((*source)->SerializePartialAsString());
  }

  Message& m_;
  const FieldDescriptor* f_;
  const google::protobuf::Reflection* r_;
};

Status PutJson(const nlohmann::json& json, bool element, Message& target,
               const FieldDescriptor& field, const std::string& text) {
  if (json.is_null()) return Status::Ok();
  nlohmann::json object;
  object[field.name()] = element ? nlohmann::json::array({json}) : json;
  const std::unique_ptr<Message> parsed(target.New());
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  const auto status =
      google::protobuf::util::JsonStringToMessage(object.dump(), parsed.get(), options);
  if (!status.ok())
    return Failed(text, fmt::format("does not fit into {}: {}", field.full_name(),
                                    std::string(status.message())));
  target.MergeFrom(*parsed);
  return Status::Ok();
}

// Entries of a map field are messages with the fields key and value; their types have different
// names on each side.
Status CopyEntry(const Message& entry, Message& target, const FieldDescriptor& field,
                 const std::string& text) {
  Message* to = target.GetReflection()->AddMessage(&target, &field);
  for (int i = 0; i < 2; ++i) {
    const FieldDescriptor* from_field = entry.GetDescriptor()->field(i);
    const FieldDescriptor* to_field = to->GetDescriptor()->field(i);
    SAGA_RETURN_IF_ERROR(Assign(FieldOf{&entry, from_field}, *to, *to_field, text));
  }
  return Status::Ok();
}

Status CopyRepeated(const FieldOf& source, Message& target, const FieldDescriptor& field,
                    const std::string& text) {
  if (!field.is_repeated() || field.is_map() != source.field->is_map())
    return Unfit(text, field, "a " + KindOf(*source.field));
  const int count = source.message->GetReflection()->FieldSize(*source.message, source.field);
  for (int i = 0; i < count; ++i) {
    const Value element = Read(source, i);
    if (field.is_map()) {
      SAGA_RETURN_IF_ERROR(CopyEntry(*std::get<const Message*>(element), target, field, text));
      continue;
    }
    if (!Slot(target, field).Put(element))
      return Unfit(text, field, "an element of " + KindOf(*source.field));
  }
  return Status::Ok();
}

bool IsBytes(const FieldDescriptor& field) { return field.type() == FieldDescriptor::TYPE_BYTES; }

// A singular field; enums by name into texts, bytes never into texts.
Status CopySingular(const FieldOf& source, Message& target, const FieldDescriptor& field,
                    const std::string& text) {
  const bool from_enum = source.field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  if (source.field->message_type() != nullptr && source.field->has_presence() &&
      !source.message->GetReflection()->HasField(*source.message, source.field)) {
    return Status::Ok();  // Unset stays unset.
  }
  Value value = Read(source, -1);
  const bool to_text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  if (from_enum && to_text) value = EnumName(*source.field, std::get<std::int64_t>(value));
  const bool bytes_to_text = to_text && IsBytes(*source.field) && !IsBytes(field);
  if (bytes_to_text || field.is_repeated() || !Slot(target, field).Put(value)) {
    return Unfit(text, field, "a " + KindOf(*source.field));
  }
  return Status::Ok();
}

}  // namespace

Result<OpenPayload> OpenPayload::Open(const PayloadRef& payload, const TypeHandle& type,
                                      const std::string& name) {
  OpenPayload open;
  if (payload == nullptr) return Failed(name, "there is no such value: the step has not answered");
  if (type.prototype == nullptr) {
    if (payload->encoding == PayloadEncoding::kProtobuf)
      return Failed(name, "its protobuf type is not known");
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
    if (json.is_discarded() || too_deep) return Failed(name, "it is not valid JSON");
    open.json_ = std::make_shared<const nlohmann::json>(std::move(json));
    return open;
  }
  open.message_.reset(type.prototype->New());
  if (payload->encoding == PayloadEncoding::kJson) {
    google::protobuf::util::JsonParseOptions options;
    const auto status =
        google::protobuf::util::JsonStringToMessage(payload->bytes, open.message_.get(), options);
    if (!status.ok())
      return Failed(name, fmt::format("it is no {}: {}", type.type->full_name(),
                                      std::string(status.message())));
  } else if (!open.message_->ParsePartialFromString(payload->bytes)) {
    return Failed(name, fmt::format("its bytes are no {}", type.type->full_name()));
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
      return Failed(text, fmt::format("there is no '{}'", field));
    json = &*found;
  }
  return Value(json);
}

Status Assign(const Value& value, Message& target, const FieldDescriptor& field,
              const std::string& text) {
  if (const auto* json = std::get_if<const nlohmann::json*>(&value))
    return PutJson(**json, false, target, field, text);
  if (const auto* source = std::get_if<FieldOf>(&value)) {
    return source->field->is_repeated() ? CopyRepeated(*source, target, field, text)
                                        : CopySingular(*source, target, field, text);
  }
  if (field.is_repeated() || !Slot(target, field).Put(value)) return Unfit(text, field, "it");
  return Status::Ok();
}

Status AppendTo(const Value& value, Message& target, const FieldDescriptor& field,
                const std::string& text) {
  if (const auto* json = std::get_if<const nlohmann::json*>(&value))
    return PutJson(**json, true, target, field, text);
  if (const auto* source = std::get_if<FieldOf>(&value)) {
    if (source->field->is_repeated() || !Slot(target, field).Put(Read(*source, -1))) {
      return Unfit(text, field, "a " + KindOf(*source->field));
    }
    return Status::Ok();
  }
  if (!Slot(target, field).Put(value)) return Unfit(text, field, "it");
  return Status::Ok();
}

namespace {

Result<nlohmann::ordered_json> MessageToJson(const Message& message) {
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok())
    return Failed(message.GetDescriptor()->full_name(), std::string(status.message()));
  return nlohmann::ordered_json::parse(text, nullptr, false);
}

// The field alone, printed as its message prints it, so that every rule of proto3 JSON holds.
Result<nlohmann::ordered_json> FieldToJson(const FieldOf& source) {
  SAGA_ASSIGN_OR_RETURN(const nlohmann::ordered_json all, MessageToJson(*source.message));
  const auto found = all.find(source.field->name());
  return found == all.end() ? nlohmann::ordered_json() : nlohmann::ordered_json(*found);
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
    return Result<std::string>(Failed(text, "it is no single value that could be text"));
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
            const Value read = Read(v, -1);
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

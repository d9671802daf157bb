// Putting values into fields.
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "definition/field_reader.h"
#include "definition/value.h"

namespace saga {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Status Unfit(const std::string& text, const FieldDescriptor& field, const std::string& what) {
  return MappingFailed(
      text, fmt::format("{} does not fit into {} ({})", what, field.full_name(), KindOf(field)));
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
        return PutReal(value);
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

  // Integers must be exact; a real number is rounded to a float as it is anywhere else.
  bool PutReal(const Value& value) {
    const std::optional<double> real = AsDouble(value);
    if (!real) return false;
    if (f_->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      f_->is_repeated() ? r_->AddDouble(&m_, f_, *real) : r_->SetDouble(&m_, f_, *real);
      return true;
    }
    const bool too_large =
        std::isfinite(*real) && std::abs(*real) > std::numeric_limits<float>::max();
    if (too_large) return false;
    const auto narrow = static_cast<float>(*real);
    const bool exact = static_cast<double>(narrow) == *real;
    if (!exact && !std::holds_alternative<double>(value)) return false;
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

// By proto3 JSON's own rules, so that what a client of the participant could send also comes
// through here.
Status PutJson(const nlohmann::json& json, FieldPart part, Message& target,
               const FieldDescriptor& field, const std::string& text) {
  if (json.is_null()) {
    // Absent in an object; an element cannot be absent.
    return part == FieldPart::kAll ? Status::Ok() : Unfit(text, field, "null");
  }
  nlohmann::json object;
  object[field.name()] = part == FieldPart::kElement ? nlohmann::json::array({json}) : json;
  const std::unique_ptr<Message> parsed(target.New());
  const auto status = google::protobuf::util::JsonStringToMessage(object.dump(), parsed.get(), {});
  if (!status.ok()) {
    return MappingFailed(text, fmt::format("does not fit into {}: {}", field.full_name(),
                                           std::string(status.message())));
  }
  target.MergeFrom(*parsed);
  return Status::Ok();
}

// Scalars into google.protobuf.*: wrappers take what they wrap, the others what JSON writes for
// them.
Status PutWellKnown(const Value& value, FieldPart part, Message& target,
                    const FieldDescriptor& field, const std::string& text) {
  if (const FieldDescriptor* wrapped = WrappedField(field)) {
    const auto* reflection = target.GetReflection();
    Message* wrapper = part == FieldPart::kElement ? reflection->AddMessage(&target, &field)
                                                   : reflection->MutableMessage(&target, &field);
    return Assign(value, *wrapper, *wrapped, text);
  }
  SAGA_ASSIGN_OR_RETURN(const nlohmann::ordered_json json, ToJson(value));
  const std::string valid =
      json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return PutJson(nlohmann::json::parse(valid, nullptr, false), part, target, field, text);
}

bool IsWellKnown(const FieldDescriptor& field) {
  return field.message_type() != nullptr && !field.is_map() &&
         field.message_type()->file()->package() == "google.protobuf";
}

bool IsMessage(const Value& value) { return std::holds_alternative<const Message*>(value); }

// A plain value as the whole of a singular field, or as one more element.
Status PutOne(const Value& value, FieldPart part, Message& target, const FieldDescriptor& field,
              const std::string& text, const std::string& what) {
  if (field.is_repeated() != (part == FieldPart::kElement)) return Unfit(text, field, what);
  if (IsWellKnown(field) && !IsMessage(value)) {
    return PutWellKnown(value, part, target, field, text);
  }
  return Slot(target, field).Put(value) ? Status::Ok() : Unfit(text, field, what);
}

// One value of `source.field`, as `to` takes it: enums by name into texts and into other enums,
// bytes never into texts.
Result<Value> ReadFor(const FieldOf& source, int index, const FieldDescriptor& to,
                      const std::string& text) {
  if (IsBytes(*source.field) && to.type() == FieldDescriptor::TYPE_STRING) {
    return Unfit(text, to, "a " + KindOf(*source.field));
  }
  Value value = ReadField(source, index);
  const auto* from_enum = source.field->enum_type();
  const bool by_name =
      from_enum != nullptr &&
      (to.cpp_type() == FieldDescriptor::CPPTYPE_STRING ||
       (to.enum_type() != nullptr && to.enum_type()->full_name() != from_enum->full_name()));
  if (!by_name) return value;
  return Value(EnumName(*source.field, std::get<std::int64_t>(value)));
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
  if (!field.is_repeated() || field.is_map() != source.field->is_map()) {
    return Unfit(text, field, "a " + KindOf(*source.field));
  }
  const int count = source.message->GetReflection()->FieldSize(*source.message, source.field);
  for (int i = 0; i < count; ++i) {
    if (field.is_map()) {
      const Value entry = ReadField(source, i);
      SAGA_RETURN_IF_ERROR(CopyEntry(*std::get<const Message*>(entry), target, field, text));
      continue;
    }
    SAGA_ASSIGN_OR_RETURN(const Value element, ReadFor(source, i, field, text));
    SAGA_RETURN_IF_ERROR(PutOne(element, FieldPart::kElement, target, field, text,
                                "an element of " + KindOf(*source.field)));
  }
  return Status::Ok();
}

bool IsUnset(const FieldOf& source) {
  return source.field->has_presence() &&
         !source.message->GetReflection()->HasField(*source.message, source.field);
}

}  // namespace

Status Assign(const Value& value, Message& target, const FieldDescriptor& field,
              const std::string& text) {
  if (const auto* json = std::get_if<const nlohmann::json*>(&value)) {
    return PutJson(**json, FieldPart::kAll, target, field, text);
  }
  const auto* source = std::get_if<FieldOf>(&value);
  if (source == nullptr) return PutOne(value, FieldPart::kAll, target, field, text, "it");
  if (source->field->is_repeated()) return CopyRepeated(*source, target, field, text);
  if (IsUnset(*source)) return Status::Ok();  // Unset stays unset.
  SAGA_ASSIGN_OR_RETURN(const Value read, ReadFor(*source, -1, field, text));
  return PutOne(read, FieldPart::kAll, target, field, text, "a " + KindOf(*source->field));
}

Status AppendTo(const Value& value, Message& target, const FieldDescriptor& field,
                const std::string& text) {
  if (const auto* json = std::get_if<const nlohmann::json*>(&value)) {
    return PutJson(**json, FieldPart::kElement, target, field, text);
  }
  const auto* source = std::get_if<FieldOf>(&value);
  if (source == nullptr) return PutOne(value, FieldPart::kElement, target, field, text, "it");
  const std::string what = "a " + KindOf(*source->field);
  if (source->field->is_repeated()) return Unfit(text, field, what);
  SAGA_ASSIGN_OR_RETURN(const Value read, ReadFor(*source, -1, field, text));
  return PutOne(read, FieldPart::kElement, target, field, text, what);
}

const FieldDescriptor* WrappedField(const FieldDescriptor& field) {
  const auto* type = field.message_type();
  const bool wrapper = type != nullptr && type->file()->name() == "google/protobuf/wrappers.proto";
  return wrapper ? type->FindFieldByName("value") : nullptr;
}

}  // namespace saga

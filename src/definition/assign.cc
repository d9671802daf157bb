#include "definition/assign.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <utility>

#include "base/overloaded.h"
#include "base/suggest.h"
#include "definition/field_reader.h"
#include "definition/slot.h"

namespace saga {
namespace {

using expr::Value;
using expr::ValueKind;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Status Unfit(const Assignment& what, const FieldDescriptor& field, const std::string& it) {
  return MappingFailed(
      what.text, fmt::format("{} does not fit into {} ({})", it, field.full_name(), KindOf(field)));
}

// A singular message, or one more element.
Message& NewMessage(const FieldTarget& target) {
  const auto* reflection = target.message.GetReflection();
  return target.part == FieldPart::kElement
             ? *reflection->AddMessage(&target.message, &target.field)
             : *reflection->MutableMessage(&target.message, &target.field);
}

// By proto3 JSON's own rules, so that what a client of the participant could send also comes
// through here.
Status PutJson(const nlohmann::json& json, const FieldTarget& target, const Assignment& what) {
  const FieldDescriptor& field = target.field;
  if (json.is_null()) {
    // Absent in an object; an element cannot be absent.
    return target.part == FieldPart::kAll ? Status::Ok() : Unfit(what, field, "null");
  }
  nlohmann::json object;
  object[field.name()] = target.part == FieldPart::kElement ? nlohmann::json::array({json}) : json;
  const std::unique_ptr<Message> parsed(target.message.New());
  const auto status = google::protobuf::util::JsonStringToMessage(object.dump(), parsed.get(), {});
  if (!status.ok()) {
    return MappingFailed(what.text, fmt::format("does not fit into {}: {}", field.full_name(),
                                                std::string(status.message())));
  }
  target.message.MergeFrom(*parsed);
  return Status::Ok();
}

Status CopyMessage(const Message& source, const FieldTarget& target, const Assignment& what,
                   const std::string& it) {
  const Descriptor* from = source.GetDescriptor();
  const Descriptor* type = target.field.message_type();
  if (type == nullptr || from->full_name() != type->full_name()) {
    return Unfit(what, target.field, it);
  }
  Message& to = NewMessage(target);
  if (from == to.GetDescriptor()) {
    to.CopyFrom(source);
    return Status::Ok();
  }
  // The same type from another participant's descriptors: by its bytes.
  return to.ParsePartialFromString(source.SerializePartialAsString())
             ? Status::Ok()
             : Unfit(what, target.field, it);
}

// Scalars and structures into google.protobuf.*: wrappers take what they wrap, the others what
// JSON writes for them.
Status PutWellKnown(const Value& value, const FieldTarget& target, const Assignment& what) {
  if (const FieldDescriptor* wrapped = WrappedField(target.field)) {
    return Assign(Found(value), {NewMessage(target), *wrapped}, what);
  }
  SAGA_ASSIGN_OR_RETURN(const nlohmann::ordered_json json, ToJson(Found(value), what));
  const std::string valid =
      json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return PutJson(nlohmann::json::parse(valid, nullptr, false), target, what);
}

// Elements of a list have the list's element type, and so on.
const expr::Type* ElementType(const expr::Type* type) {
  const bool has_elements =
      type != nullptr && (type->Is(expr::TypeKind::kList) || type->Is(expr::TypeKind::kMap));
  return has_elements ? &type->element() : nullptr;
}

Status PutList(const expr::List& list, const FieldTarget& target, const Assignment& what) {
  const Assignment element{.text = what.text, .type = ElementType(what.type)};
  for (std::size_t i = 0; i < list.size(); ++i) {
    SAGA_RETURN_IF_ERROR(
        Assign(Found(list.At(i)), {target.message, target.field, FieldPart::kElement}, element));
  }
  return Status::Ok();
}

Status PutEntries(const expr::Map& map, const FieldTarget& target, const Assignment& what) {
  const Assignment inner{.text = what.text, .type = ElementType(what.type)};
  for (const Value& key : map.Keys()) {
    Message* entry = target.message.GetReflection()->AddMessage(&target.message, &target.field);
    const Descriptor& type = *entry->GetDescriptor();
    SAGA_RETURN_IF_ERROR(Assign(Found(key), {*entry, *type.map_key()}, {.text = what.text}));
    SAGA_RETURN_IF_ERROR(Assign(Found(*map.Find(key)), {*entry, *type.map_value()}, inner));
  }
  return Status::Ok();
}

Status NoSuchKey(const std::string& key, const Descriptor& type, const Assignment& what) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return MappingFailed(what.text, fmt::format("{} has no field {}{}", type.full_name(), key,
                                              DidYouMean(key, names)))
      .WithMetadata("lint", "SAGA007");
}

// A map literal with the names of the fields.
Status FillFromMap(const expr::Map& map, Message& target, const Assignment& what) {
  const Descriptor& type = *target.GetDescriptor();
  const Assignment inner{.text = what.text, .type = ElementType(what.type)};
  for (const Value& key : map.Keys()) {
    if (!key.Is(ValueKind::kString)) return MappingFailed(what.text, "a field's name is a text");
    const std::string name(key.AsString());
    const FieldDescriptor* field = type.FindFieldByName(name);
    if (field == nullptr) return NoSuchKey(name, type, what);
    SAGA_RETURN_IF_ERROR(Assign(Found(*map.Find(key)), {target, *field}, inner));
  }
  return Status::Ok();
}

// An enum's number by its name, where it goes into a text or into another enum.
bool GoesByName(const google::protobuf::EnumDescriptor* from, const FieldDescriptor& to) {
  if (from == nullptr) return false;
  const FieldDescriptor* wrapped = WrappedField(to);
  const FieldDescriptor& scalar = wrapped != nullptr ? *wrapped : to;
  return scalar.cpp_type() == FieldDescriptor::CPPTYPE_STRING ||
         (scalar.enum_type() != nullptr && scalar.enum_type()->full_name() != from->full_name());
}

Status PutPlain(const Value& value, const FieldTarget& target, const Assignment& what,
                const std::string& it) {
  const FieldDescriptor& field = target.field;
  if (field.is_repeated() != (target.part == FieldPart::kElement)) return Unfit(what, field, it);
  if (IsWellKnown(field)) return PutWellKnown(value, target, what);
  const bool fits = field.message_type() == nullptr && PutScalar(value, target.message, field);
  return fits ? Status::Ok() : Unfit(what, field, it);
}

// A value of the language. Null leaves a field unset.
Status PutValue(const Value& value, const FieldTarget& target, const Assignment& what) {
  const FieldDescriptor& field = target.field;
  const bool all = target.part == FieldPart::kAll;
  const bool json = IsWellKnown(field) && WrappedField(field) == nullptr;
  if (value.Is(ValueKind::kNull) && all) return Status::Ok();
  if (value.Is(ValueKind::kList) && all && field.is_repeated() && !field.is_map()) {
    return PutList(value.AsList(), target, what);
  }
  if (value.Is(ValueKind::kMap) && all && field.is_map()) {
    return PutEntries(value.AsMap(), target, what);
  }
  const bool singular = !field.is_repeated() || !all;
  if (value.Is(ValueKind::kMap) && singular && field.message_type() != nullptr && !json) {
    return FillFromMap(value.AsMap(), NewMessage(target), what);
  }
  if (value.Is(ValueKind::kMessage) && singular && !json) {
    return CopyMessage(value.AsMessage(), target, what, "it");
  }
  const auto* from = what.type != nullptr ? what.type->enumeration() : nullptr;
  if (value.Is(ValueKind::kInt) && GoesByName(from, field)) {
    return PutPlain(Value::String(EnumName(*from, value.AsInt())), target, what, "it");
  }
  return PutPlain(value, target, what, "it");
}

// One value of `source.field`: enums by name into texts and into other enums, bytes never into
// texts.
Status CopyOne(const FieldOf& source, int index, const FieldTarget& target,
               const Assignment& what) {
  const std::string it = (index >= 0 ? "an element of " : "a ") + KindOf(*source.field);
  if (source.field->message_type() != nullptr) {
    const bool fits = target.field.is_repeated() == (target.part == FieldPart::kElement);
    if (!fits) return Unfit(what, target.field, it);
    const Message& message = ReadMessage(source, index);
    const Descriptor* wanted = target.field.message_type();
    const bool same =
        wanted != nullptr && wanted->full_name() == source.field->message_type()->full_name();
    if (same || !IsWellKnown(*source.field)) return CopyMessage(message, target, what, it);
    return PutValue(Value::Message(message), target, what);  // A wrapper is what it holds.
  }
  const Value value = ReadScalar(source, index);
  const auto* from = source.field->enum_type();
  if (!GoesByName(from, target.field)) return PutPlain(value, target, what, it);
  return PutPlain(Value::String(EnumName(*from, value.AsInt())), target, what, it);
}

// Entries of a map field are messages with the fields key and value; their types have different
// names on each side.
Status CopyEntry(const Message& entry, const FieldTarget& target, const Assignment& what) {
  Message* to = target.message.GetReflection()->AddMessage(&target.message, &target.field);
  for (int i = 0; i < 2; ++i) {
    const FieldOf from{&entry, entry.GetDescriptor()->field(i)};
    SAGA_RETURN_IF_ERROR(Assign(Found(from), {*to, *to->GetDescriptor()->field(i)}, what));
  }
  return Status::Ok();
}

Status CopyRepeated(const FieldOf& source, const FieldTarget& target, const Assignment& what) {
  const bool fits = target.field.is_repeated() && target.part == FieldPart::kAll &&
                    target.field.is_map() == source.field->is_map();
  if (!fits) return Unfit(what, target.field, "a " + KindOf(*source.field));
  const int count = source.message->GetReflection()->FieldSize(*source.message, source.field);
  for (int i = 0; i < count; ++i) {
    if (source.field->is_map()) {
      SAGA_RETURN_IF_ERROR(CopyEntry(ReadMessage(source, i), target, what));
    } else {
      SAGA_RETURN_IF_ERROR(
          CopyOne(source, i, {target.message, target.field, FieldPart::kElement}, what));
    }
  }
  return Status::Ok();
}

Status CopyField(const FieldOf& source, const FieldTarget& target, const Assignment& what) {
  if (source.field->is_repeated()) return CopyRepeated(source, target, what);
  const bool unset = IsUnset(source) && target.part == FieldPart::kAll;
  return unset ? Status::Ok() : CopyOne(source, -1, target, what);  // Unset stays unset.
}

}  // namespace

Status Assign(const Found& found, const FieldTarget& target, const Assignment& what) {
  return std::visit(
      Overloaded{
          [&](const Value& value) { return PutValue(value, target, what); },
          [&](const FieldOf& source) { return CopyField(source, target, what); },
          [&](const Message* message) { return CopyMessage(*message, target, what, "it"); },
          [&](const nlohmann::json* json) { return PutJson(*json, target, what); },
      },
      found);
}

Status AssignMessage(const Found& found, Message& target, const Assignment& what) {
  const auto copy = [&](const Message& source) {
    const bool same = source.GetDescriptor()->full_name() == target.GetDescriptor()->full_name();
    const bool read = same && target.ParsePartialFromString(source.SerializePartialAsString());
    return read ? Status::Ok()
                : MappingFailed(what.text,
                                fmt::format("it is no {}", target.GetDescriptor()->full_name()));
  };
  const auto from_json = [&](const nlohmann::json& json) {
    const auto read = google::protobuf::util::JsonStringToMessage(json.dump(), &target);
    return read.ok() ? Status::Ok()
                     : MappingFailed(what.text, fmt::format("it is no {}: {}",
                                                            target.GetDescriptor()->full_name(),
                                                            std::string(read.message())));
  };
  return std::visit(Overloaded{
                        [&](const Value& value) {
                          if (value.Is(ValueKind::kMessage)) return copy(value.AsMessage());
                          if (value.Is(ValueKind::kMap))
                            return FillFromMap(value.AsMap(), target, what);
                          return MappingFailed(
                              what.text,
                              fmt::format("it is no {}", target.GetDescriptor()->full_name()));
                        },
                        [&](const FieldOf& source) { return copy(ReadMessage(source, -1)); },
                        [&](const Message* message) { return copy(*message); },
                        [&](const nlohmann::json* json) { return from_json(*json); },
                    },
                    found);
}

const FieldDescriptor* WrappedField(const FieldDescriptor& field) {
  const auto* type = field.message_type();
  const bool wrapper = type != nullptr && type->file()->name() == "google/protobuf/wrappers.proto";
  return wrapper ? type->FindFieldByName("value") : nullptr;
}

bool IsWellKnown(const FieldDescriptor& field) {
  return field.message_type() != nullptr && !field.is_map() &&
         field.message_type()->file()->package() == "google.protobuf";
}

}  // namespace saga

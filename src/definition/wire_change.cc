#include "definition/wire_change.h"

#include <fmt/format.h>

#include <set>

namespace saga {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

std::string TypeText(const FieldDescriptor& field) {
  const std::string repeated = field.is_repeated() ? "repeated " : "";
  if (field.message_type() != nullptr) return repeated + field.message_type()->full_name();
  if (field.enum_type() != nullptr) return repeated + field.enum_type()->full_name();
  return repeated + field.type_name();
}

// Every value of `before` reads the same as `after`.
bool Widens(FieldDescriptor::Type before, FieldDescriptor::Type after) {
  using F = FieldDescriptor;
  return before == after || (before == F::TYPE_INT32 && after == F::TYPE_INT64) ||
         (before == F::TYPE_SINT32 && after == F::TYPE_SINT64) ||
         (before == F::TYPE_UINT32 && after == F::TYPE_UINT64) ||
         (before == F::TYPE_STRING && after == F::TYPE_BYTES);
}

std::string EnumChange(const EnumDescriptor& before, const EnumDescriptor& after) {
  for (int i = 0; i < before.value_count(); ++i) {
    const auto& value = *before.value(i);
    const auto* same = after.FindValueByNumber(value.number());
    if (same == nullptr || same->name() == value.name()) continue;
    if (before.FindValueByName(same->name()) != nullptr &&
        before.FindValueByName(same->name())->number() == value.number()) {
      continue;  // Another name of the same number.
    }
    return fmt::format("{} of {} is {} instead of {}", value.number(), before.full_name(),
                       same->name(), value.name());
  }
  return {};
}

// Of the field itself, whatever it holds.
std::string FieldChange(const FieldDescriptor& field, const Descriptor& after) {
  const FieldDescriptor* named = after.FindFieldByName(field.name());
  const FieldDescriptor* numbered = after.FindFieldByNumber(field.number());
  if (named != nullptr && named->number() != field.number()) {
    return fmt::format("{} has the number {} instead of {}", field.full_name(), named->number(),
                       field.number());
  }
  if (numbered == nullptr) return {};
  if (named == nullptr) {
    return fmt::format("number {} of {} is {} instead of {}", field.number(),
                       field.containing_type()->full_name(), numbered->name(), field.name());
  }
  if (named->is_repeated() != field.is_repeated() || !Widens(field.type(), named->type())) {
    return fmt::format("{} is {} instead of {}", field.full_name(), TypeText(*named),
                       TypeText(field));
  }
  if (field.enum_type() == nullptr) return {};
  return EnumChange(*field.enum_type(), *named->enum_type());
}

std::string AnyChange(const Descriptor& before, const Descriptor& after,
                      std::set<const Descriptor*>& seen) {
  if (!seen.insert(&before).second) return {};
  for (int i = 0; i < before.field_count(); ++i) {
    const FieldDescriptor& field = *before.field(i);
    std::string change = FieldChange(field, after);
    if (!change.empty()) return change;
    const FieldDescriptor* same = after.FindFieldByName(field.name());
    if (same == nullptr || field.message_type() == nullptr) continue;
    change = AnyChange(*field.message_type(), *same->message_type(), seen);
    if (!change.empty()) return change;
  }
  return {};
}

std::string ListChange(const Descriptor& before, const Descriptor& after,
                       const v1::MappingList& list) {
  for (const v1::MappingValue& value : list.values()) {
    std::string change = WireChangeIn(before, after, value);
    if (!change.empty()) return change;
  }
  return {};
}

}  // namespace

std::string WireChangeAt(const Descriptor& before, const Descriptor& after,
                         std::span<const std::string> path) {
  const FieldDescriptor* field = path.empty() ? nullptr : before.FindFieldByName(path.front());
  if (field == nullptr) {  // The end, or the key of a map.
    std::set<const Descriptor*> seen;
    return AnyChange(before, after, seen);
  }
  std::string change = FieldChange(*field, after);
  const FieldDescriptor* same = after.FindFieldByName(field->name());
  if (!change.empty() || same == nullptr || field->message_type() == nullptr) return change;
  return WireChangeAt(*field->message_type(), *same->message_type(),
                      field->is_map() ? std::span<const std::string>() : path.subspan(1));
}

std::string WireChangeIn(const Descriptor& before, const Descriptor& after,
                         const v1::MappingValue& built) {
  if (built.has_list()) return ListChange(before, after, built.list());
  if (!built.has_fields()) {
    // Nothing is built, or whatever the expression gives.
    return built.expression().empty() ? std::string() : WireChangeAt(before, after, {});
  }
  for (const v1::MappingFields::Field& filled : built.fields().fields()) {
    const FieldDescriptor* field = before.FindFieldByName(filled.name());
    if (field == nullptr) continue;
    std::string change = FieldChange(*field, after);
    const FieldDescriptor* same = after.FindFieldByName(filled.name());
    if (change.empty() && same != nullptr && field->message_type() != nullptr) {
      change = field->is_map()
                   ? WireChangeAt(*field->message_type(), *same->message_type(), {})
                   : WireChangeIn(*field->message_type(), *same->message_type(), filled.value());
    }
    if (!change.empty()) return change;
  }
  return {};
}

}  // namespace saga

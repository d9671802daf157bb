#include "definition/expr/well_known.h"

namespace saga::expr {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool IsSingular(const FieldDescriptor& field, FieldDescriptor::CppType type) {
  return !field.is_repeated() && field.cpp_type() == type;
}

bool HasSecondsAndNanos(const Descriptor& type) {
  return type.field_count() == 2 && IsSingular(*type.field(0), FieldDescriptor::CPPTYPE_INT64) &&
         IsSingular(*type.field(1), FieldDescriptor::CPPTYPE_INT32);
}

bool HasOneScalar(const Descriptor& type) {
  return type.field_count() == 1 && !type.field(0)->is_repeated() &&
         type.field(0)->message_type() == nullptr;
}

bool HasMapFirst(const Descriptor& type) {
  return type.field_count() == 1 && type.field(0)->is_map() &&
         type.field(0)->message_type()->map_key()->type() == FieldDescriptor::TYPE_STRING;
}

}  // namespace

WellKnown WellKnownOf(const Descriptor& type) {
  const auto known = type.well_known_type();
  if (known == Descriptor::WELLKNOWNTYPE_UNSPECIFIED) return WellKnown::kNone;
  if (known >= Descriptor::WELLKNOWNTYPE_DOUBLEVALUE &&
      known <= Descriptor::WELLKNOWNTYPE_BOOLVALUE) {
    return HasOneScalar(type) ? WellKnown::kWrapper : WellKnown::kNone;
  }
  if (known == Descriptor::WELLKNOWNTYPE_TIMESTAMP) {
    return HasSecondsAndNanos(type) ? WellKnown::kTimestamp : WellKnown::kNone;
  }
  if (known == Descriptor::WELLKNOWNTYPE_DURATION) {
    return HasSecondsAndNanos(type) ? WellKnown::kDuration : WellKnown::kNone;
  }
  if (known == Descriptor::WELLKNOWNTYPE_VALUE) {
    return type.real_oneof_decl_count() == 1 ? WellKnown::kValue : WellKnown::kNone;
  }
  if (known == Descriptor::WELLKNOWNTYPE_STRUCT) {
    return HasMapFirst(type) ? WellKnown::kStruct : WellKnown::kNone;
  }
  if (known == Descriptor::WELLKNOWNTYPE_LISTVALUE) {
    const bool fits =
        type.field_count() == 1 && type.field(0)->is_repeated() && !type.field(0)->is_map();
    return fits ? WellKnown::kListValue : WellKnown::kNone;
  }
  return WellKnown::kNone;
}

bool IsNullEnum(const google::protobuf::EnumDescriptor& type) {
  return type.value_count() == 1 && type.full_name() == "google.protobuf.NullValue";
}

}  // namespace saga::expr

#include "definition/expr/type.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "definition/expr/well_known.h"

namespace saga::expr {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

Type ScalarOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return Type(TypeKind::kInt);
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Type(TypeKind::kUint);
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Type(TypeKind::kDouble);
    case FieldDescriptor::CPPTYPE_BOOL:
      return Type(TypeKind::kBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return Type::EnumOf(*field.enum_type());
    case FieldDescriptor::CPPTYPE_STRING:
      return Type(field.type() == FieldDescriptor::TYPE_BYTES ? TypeKind::kBytes
                                                              : TypeKind::kString);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Type::MessageOf(*field.message_type());
  }
  SAGA_UNREACHABLE();
}

bool IsNullable(const Type& type) {
  return type.Is(TypeKind::kMessage) || type.Is(TypeKind::kWrapper) ||
         type.Is(TypeKind::kTimestamp) || type.Is(TypeKind::kDuration) || type.Is(TypeKind::kNull);
}

}  // namespace

Type Type::ListOf(Type element) {
  Type type(TypeKind::kList);
  type.element_ = std::make_shared<const Type>(std::move(element));
  return type;
}

Type Type::MapOf(Type key, Type value) {
  Type type(TypeKind::kMap);
  type.key_ = std::make_shared<const Type>(std::move(key));
  type.element_ = std::make_shared<const Type>(std::move(value));
  return type;
}

Type Type::WrapperOf(Type wrapped) {
  Type type(TypeKind::kWrapper);
  type.element_ = std::make_shared<const Type>(std::move(wrapped));
  return type;
}

Type Type::EnumOf(const google::protobuf::EnumDescriptor& enumeration) {
  // google.protobuf.NullValue has one value, which is null.
  if (IsNullEnum(enumeration)) return Type(TypeKind::kNull);
  Type type(TypeKind::kInt);
  type.enum_ = &enumeration;
  return type;
}

Type Type::MessageOf(const Descriptor& message) {
  switch (WellKnownOf(message)) {
    case WellKnown::kWrapper:
      return WrapperOf(ScalarOf(*message.field(0)));
    case WellKnown::kTimestamp:
      return Type(TypeKind::kTimestamp);
    case WellKnown::kDuration:
      return Type(TypeKind::kDuration);
    case WellKnown::kValue:
      return Dyn();
    case WellKnown::kStruct:
      return MapOf(Type(TypeKind::kString), Dyn());
    case WellKnown::kListValue:
      return ListOf(Dyn());
    case WellKnown::kNone:
      break;
  }
  Type type(TypeKind::kMessage);
  type.message_ = &message;
  return type;
}

Type Type::ElementOf(const FieldDescriptor& field) { return ScalarOf(field); }

Type Type::FieldOf(const FieldDescriptor& field) {
  if (field.is_map()) {
    return MapOf(ScalarOf(*field.message_type()->map_key()),
                 ScalarOf(*field.message_type()->map_value()));
  }
  return field.is_repeated() ? ListOf(ScalarOf(field)) : ScalarOf(field);
}

const Type& Type::element() const {
  SAGA_CHECK(element_ != nullptr);
  return *element_;
}

const Type& Type::key() const {
  SAGA_CHECK(key_ != nullptr);
  return *key_;
}

std::string Type::ToString() const {
  switch (kind_) {
    case TypeKind::kNever:
    case TypeKind::kDyn:
      return "dyn";
    case TypeKind::kNull:
      return "null";
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kInt:
      return enum_ != nullptr ? enum_->full_name() : "int";
    case TypeKind::kUint:
      return "uint";
    case TypeKind::kDouble:
      return "double";
    case TypeKind::kString:
      return "string";
    case TypeKind::kBytes:
      return "bytes";
    case TypeKind::kTimestamp:
      return "timestamp";
    case TypeKind::kDuration:
      return "duration";
    case TypeKind::kList:
      return fmt::format("list({})", element_->ToString());
    case TypeKind::kMap:
      return fmt::format("map({}, {})", key_->ToString(), element_->ToString());
    case TypeKind::kMessage:
      return message_->full_name();
    case TypeKind::kWrapper:
      return fmt::format("wrapper({})", element_->ToString());
  }
  SAGA_UNREACHABLE();
}

bool IsAssignable(const Type& from, const Type& to) {
  if (from.Is(TypeKind::kDyn) || to.Is(TypeKind::kDyn)) return true;
  if (from.Is(TypeKind::kNever) || to.Is(TypeKind::kNever)) return true;
  if (from.Is(TypeKind::kNull)) return IsNullable(to);
  if (from.Is(TypeKind::kWrapper) && !to.Is(TypeKind::kWrapper)) {
    return IsAssignable(from.element(), to);
  }
  if (to.Is(TypeKind::kWrapper) && !from.Is(TypeKind::kWrapper)) {
    return IsAssignable(from, to.element());
  }
  if (from.kind() != to.kind()) return false;
  if (from.Is(TypeKind::kMessage)) return from.message()->full_name() == to.message()->full_name();
  if (from.Is(TypeKind::kMap) && !IsAssignable(from.key(), to.key())) return false;
  if (from.Is(TypeKind::kMap) || from.Is(TypeKind::kList) || from.Is(TypeKind::kWrapper)) {
    return IsAssignable(from.element(), to.element());
  }
  return true;
}

bool IsSame(const Type& a, const Type& b) {
  if (a.kind() != b.kind()) return false;
  if (a.Is(TypeKind::kMessage)) return a.message()->full_name() == b.message()->full_name();
  if (a.Is(TypeKind::kMap) && !IsSame(a.key(), b.key())) return false;
  if (a.Is(TypeKind::kMap) || a.Is(TypeKind::kList) || a.Is(TypeKind::kWrapper)) {
    return IsSame(a.element(), b.element());
  }
  return true;
}

std::unique_ptr<Type> Join(const Type& a, const Type& b) {
  if (a.Is(TypeKind::kNever)) return std::make_unique<Type>(b);
  if (b.Is(TypeKind::kNever)) return std::make_unique<Type>(a);
  if (a.Is(TypeKind::kDyn) || b.Is(TypeKind::kDyn)) return std::make_unique<Type>(Type::Dyn());
  if (a.Is(TypeKind::kInt) && b.Is(TypeKind::kInt)) {
    // Two enums have only their being numbers in common.
    return std::make_unique<Type>(a.enumeration() == b.enumeration() ? a : Type(TypeKind::kInt));
  }
  if (a.kind() == b.kind() && (a.Is(TypeKind::kList) || a.Is(TypeKind::kMap))) {
    const auto element = Join(a.element(), b.element());
    if (element == nullptr) return nullptr;
    if (a.Is(TypeKind::kList)) return std::make_unique<Type>(Type::ListOf(*element));
    const auto key = Join(a.key(), b.key());
    if (key == nullptr) return nullptr;
    return std::make_unique<Type>(Type::MapOf(*key, *element));
  }
  // The wider of the two: a wrapper rather than what it wraps, a message rather than null.
  if (a.Is(TypeKind::kWrapper) || b.Is(TypeKind::kNull)) {
    return IsAssignable(b, a) ? std::make_unique<Type>(a) : nullptr;
  }
  return IsAssignable(a, b) ? std::make_unique<Type>(b) : nullptr;
}

}  // namespace saga::expr

// The static types of expressions.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <memory>
#include <string>

namespace saga::expr {

enum class TypeKind : std::uint8_t {
  kNever,  // Of the elements of `[]`: fits everything.
  kDyn,    // Known only when the value is there: JSON without a schema, google.protobuf.Value.
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kList,
  kMap,
  kMessage,
  kWrapper,  // google.protobuf.Int64Value and so on: the value, or null.
};

// An immutable type. Threads: any. Borrows descriptors; their pool must outlive it.
class Type {
 public:
  explicit Type(TypeKind kind) : kind_(kind) {}  // Requires: a kind without parameters.

  static Type Dyn() { return Type(TypeKind::kDyn); }
  static Type ListOf(Type element);
  static Type MapOf(Type key, Type value);
  static Type WrapperOf(Type wrapped);
  static Type EnumOf(const google::protobuf::EnumDescriptor& type);  // An int that knows its names.
  // Well-known types become what they stand for: Timestamp, Duration, wrappers, Struct, Value.
  static Type MessageOf(const google::protobuf::Descriptor& type);
  // Of a field's value, repeated and map fields included.
  static Type FieldOf(const google::protobuf::FieldDescriptor& field);
  // Of one element of a repeated field.
  static Type ElementOf(const google::protobuf::FieldDescriptor& field);

  TypeKind kind() const { return kind_; }
  bool Is(TypeKind kind) const { return kind_ == kind; }
  // kList: of its elements; kMap: of its values; kWrapper: what it wraps.
  const Type& element() const;
  const Type& key() const;                                                       // Requires: kMap.
  const google::protobuf::Descriptor* message() const { return message_; }       // kMessage.
  const google::protobuf::EnumDescriptor* enumeration() const { return enum_; }  // kInt, or null.

  // "list(int)", "map(string, dyn)", "shop.Order".
  std::string ToString() const;

 private:
  TypeKind kind_;
  std::shared_ptr<const Type> key_;
  std::shared_ptr<const Type> element_;
  const google::protobuf::Descriptor* message_ = nullptr;
  const google::protobuf::EnumDescriptor* enum_ = nullptr;
};

// Whether a value of `from` may be used where `to` is wanted; dyn goes both ways. Messages are
// compared by full name: two participants may carry a file each.
bool IsAssignable(const Type& from, const Type& to);
// Whether the two are the same type, parameters included; an enum is an int.
bool IsSame(const Type& a, const Type& b);
// The type of something that is either an `a` or a `b`, e.g. both branches of `?:`; null = none
// but dyn.
std::unique_ptr<Type> Join(const Type& a, const Type& b);

}  // namespace saga::expr

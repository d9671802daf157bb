#include "definition/fit.h"

#include <fmt/format.h>

#include <memory>

#include "base/check.h"
#include "definition/field_reader.h"

namespace saga {
namespace {

using expr::Type;
using expr::TypeKind;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsInteger(const FieldDescriptor& field) {
  const auto type = field.cpp_type();
  return type == FieldDescriptor::CPPTYPE_INT32 || type == FieldDescriptor::CPPTYPE_INT64 ||
         type == FieldDescriptor::CPPTYPE_UINT32 || type == FieldDescriptor::CPPTYPE_UINT64;
}

bool IsReal(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT;
}

bool IsEnum(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
}

bool IsText(const FieldDescriptor& field) { return field.type() == FieldDescriptor::TYPE_STRING; }

bool ScalarMayFit(const FieldDescriptor& from, const FieldDescriptor& to) {
  if (IsEnum(from)) return IsEnum(to) || IsInteger(to) || IsText(to);
  if (IsInteger(from)) return IsInteger(to) || IsReal(to) || IsEnum(to);
  if (IsReal(from)) {
    // A double into a float would lose digits of most values.
    return to.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE || from.cpp_type() == to.cpp_type();
  }
  if (from.type() == FieldDescriptor::TYPE_BYTES) return to.type() == FieldDescriptor::TYPE_BYTES;
  if (IsText(from)) return to.cpp_type() == FieldDescriptor::CPPTYPE_STRING || IsEnum(to);
  return from.cpp_type() == to.cpp_type();
}

bool TypeMayFit(const Type& type, const FieldDescriptor& to, FieldPart part);

// Of one value: repetition is compared by the caller.
bool MayFit(const FieldDescriptor& from, const FieldDescriptor& to) {
  if (from.is_map() || to.is_map()) {
    return from.is_map() && to.is_map() &&
           ScalarMayFit(*from.message_type()->map_key(), *to.message_type()->map_key()) &&
           MayFit(*from.message_type()->map_value(), *to.message_type()->map_value());
  }
  if (from.message_type() != nullptr) {
    const bool same = to.message_type() != nullptr &&
                      from.message_type()->full_name() == to.message_type()->full_name();
    if (same || !IsWellKnown(from)) return same;
    return TypeMayFit(Type::MessageOf(*from.message_type()), to, FieldPart::kElement);
  }
  if (const FieldDescriptor* wrapped = WrappedField(to)) return ScalarMayFit(from, *wrapped);
  return to.message_type() == nullptr && ScalarMayFit(from, to);
}

// Into google.protobuf.Value, Struct and so on whatever JSON allows; into others what they are.
bool MayFitWellKnown(const Type& type, const FieldDescriptor& to) {
  const std::string& name = to.message_type()->full_name();
  if (type.Is(TypeKind::kMessage)) return type.message()->full_name() == name;
  if (name == "google.protobuf.Timestamp") {
    return type.Is(TypeKind::kTimestamp) || type.Is(TypeKind::kString);
  }
  if (name == "google.protobuf.Duration") {
    return type.Is(TypeKind::kDuration) || type.Is(TypeKind::kString);
  }
  return true;
}

bool ScalarTypeMayFit(const Type& type, const FieldDescriptor& to) {
  switch (type.kind()) {
    case TypeKind::kBool:
      return to.cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
    case TypeKind::kInt:
      if (type.enumeration() != nullptr && IsText(to)) return true;
      return IsInteger(to) || IsReal(to) || IsEnum(to);
    case TypeKind::kUint:
      return IsInteger(to) || IsReal(to) || IsEnum(to);
    case TypeKind::kDouble:
      return IsReal(to);
    case TypeKind::kString:
      return to.cpp_type() == FieldDescriptor::CPPTYPE_STRING || IsEnum(to);
    case TypeKind::kBytes:
      return to.type() == FieldDescriptor::TYPE_BYTES;
    case TypeKind::kNever:
    case TypeKind::kDyn:
    case TypeKind::kNull:
      return true;
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
    case TypeKind::kList:
    case TypeKind::kMap:
    case TypeKind::kMessage:
    case TypeKind::kWrapper:
      return false;
  }
  SAGA_UNREACHABLE();
}

bool TypeMayFit(const Type& type, const FieldDescriptor& to, FieldPart part) {
  if (type.Is(TypeKind::kDyn) || type.Is(TypeKind::kNever)) return true;
  const bool many = to.is_repeated() && part == FieldPart::kAll;
  if (type.Is(TypeKind::kNull)) return part == FieldPart::kAll;
  if (type.Is(TypeKind::kWrapper)) return TypeMayFit(type.element(), to, part);
  if (many && to.is_map()) {
    return type.Is(TypeKind::kMap) &&
           TypeMayFit(type.key(), *to.message_type()->map_key(), FieldPart::kAll) &&
           TypeMayFit(type.element(), *to.message_type()->map_value(), FieldPart::kAll);
  }
  if (many) {
    return type.Is(TypeKind::kList) && TypeMayFit(type.element(), to, FieldPart::kElement);
  }
  if (const FieldDescriptor* wrapped = WrappedField(to)) {
    return TypeMayFit(type, *wrapped, FieldPart::kAll);
  }
  if (IsWellKnown(to)) return MayFitWellKnown(type, to);
  if (to.message_type() == nullptr) return ScalarTypeMayFit(type, to);
  if (type.Is(TypeKind::kMap)) {
    return type.key().Is(TypeKind::kString) || type.key().Is(TypeKind::kNever);
  }
  return type.Is(TypeKind::kMessage) &&
         type.message()->full_name() == to.message_type()->full_name();
}

std::string TypeName(const FieldDescriptor& field, FieldPart part) {
  const std::string name = field.message_type() != nullptr ? field.message_type()->full_name()
                           : field.enum_type() != nullptr  ? field.enum_type()->full_name()
                                                           : std::string(field.type_name());
  if (field.is_map()) return "a map";
  return field.is_repeated() && part == FieldPart::kAll ? "repeated " + name : name;
}

class FitChecker {
 public:
  FitChecker(const CompiledExpression& compiled, const FieldDescriptor& to, FieldPart part,
             const std::string& where)
      : compiled_(compiled), to_(to), part_(part), where_(where) {}

  Status Check(google::protobuf::MessageFactory& factory) const {
    if (const expr::Value* literal = compiled_.program().Literal()) {
      if (TryOut(*literal, factory)) return Status::Ok();
      const bool wants_text = IsText(to_) && !literal->Is(expr::ValueKind::kString);
      return Unfit(wants_text ? "a literal that is no text (write '\"…\"' or {literal: …})"
                              : "this literal");
    }
    if (!compiled_.root()) return CheckType();
    return IsContext() ? CheckContext(factory) : CheckPath();
  }

 private:
  Status Unfit(const std::string& what) const {
    return InvalidMapping(where_, fmt::format("{} does not fit into {} ({})", what, to_.full_name(),
                                              TypeName(to_, part_)));
  }

  bool IsContext() const {
    const NameKind kind = compiled_.root()->kind;
    return kind != NameKind::kInput && kind != NameKind::kOutput && kind != NameKind::kStep;
  }

  bool TryOut(const expr::Value& value, google::protobuf::MessageFactory& factory) const {
    const std::unique_ptr<Message> scratch(factory.GetPrototype(to_.containing_type())->New());
    return Assign(Found(value), {*scratch, to_, part_}, {.text = where_}).ok();
  }

  // failure.reason and the like: a text is as good as any other, but for enums, which take only
  // their names.
  Status CheckContext(google::protobuf::MessageFactory& factory) const {
    if (!compiled_.type().Is(TypeKind::kString)) return CheckType();
    return TryOut(expr::Value::StringView(""), factory) ? Status::Ok()
                                                        : Unfit(compiled_.text() + " (string)");
  }

  Status CheckPath() const {
    if (compiled_.root_type() == nullptr) return Status::Ok();  // Seen when the value comes.
    const bool many = to_.is_repeated() && part_ == FieldPart::kAll;
    const auto& fields = compiled_.path().fields;
    if (fields.empty()) {
      const std::string& name = compiled_.root_type()->full_name();
      const bool same = to_.message_type() != nullptr && to_.message_type()->full_name() == name;
      return same && !many ? Status::Ok() : Unfit(fmt::format("{} ({})", compiled_.text(), name));
    }
    const FieldDescriptor& from = *fields.back();
    if (from.is_repeated() == many && MayFit(from, to_)) return Status::Ok();
    return Unfit(fmt::format("{} ({})", compiled_.text(), TypeName(from, FieldPart::kAll)));
  }

  Status CheckType() const {
    if (TypeMayFit(compiled_.type(), to_, part_)) return Status::Ok();
    return Unfit(fmt::format("{} ({})", compiled_.text(), compiled_.type().ToString()));
  }

  const CompiledExpression& compiled_;
  const FieldDescriptor& to_;
  const FieldPart part_;
  const std::string& where_;
};

}  // namespace

Status CheckFit(const CompiledExpression& compiled, const FieldDescriptor& to, FieldPart part,
                google::protobuf::MessageFactory& factory, const std::string& where) {
  return FitChecker(compiled, to, part, where).Check(factory);
}

Status CheckFitWhole(const CompiledExpression& compiled, const Descriptor& type) {
  const Type& from = compiled.type();
  const bool fits =
      from.Is(TypeKind::kDyn) || from.Is(TypeKind::kMap) ||
      (from.Is(TypeKind::kMessage) && from.message()->full_name() == type.full_name());
  if (fits) return Status::Ok();
  return InvalidMapping("", fmt::format("{} is no {}; write the fields of the request one by one",
                                        compiled.text(), type.full_name()));
}

}  // namespace saga

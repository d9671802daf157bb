#include "definition/fit.h"

#include <fmt/format.h>

#include <memory>

namespace saga {
namespace {

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

bool ScalarMayFit(const FieldDescriptor& from, const FieldDescriptor& to) {
  const bool to_enum = to.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  if (from.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return to_enum || IsInteger(to) || to.type() == FieldDescriptor::TYPE_STRING;
  }
  if (IsInteger(from)) return IsInteger(to) || IsReal(to) || to_enum;
  if (IsReal(from)) {
    // A double into a float would lose digits of most values.
    return to.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE || from.cpp_type() == to.cpp_type();
  }
  if (from.type() == FieldDescriptor::TYPE_BYTES) return to.type() == FieldDescriptor::TYPE_BYTES;
  if (from.type() == FieldDescriptor::TYPE_STRING) {
    return to.cpp_type() == FieldDescriptor::CPPTYPE_STRING || to_enum;
  }
  return from.cpp_type() == to.cpp_type();
}

// Of one value: repetition is compared by the caller.
bool MayFit(const FieldDescriptor& from, const FieldDescriptor& to) {
  if (from.is_map() || to.is_map()) {
    return from.is_map() && to.is_map() &&
           ScalarMayFit(*from.message_type()->map_key(), *to.message_type()->map_key()) &&
           MayFit(*from.message_type()->map_value(), *to.message_type()->map_value());
  }
  if (from.message_type() != nullptr) {
    return to.message_type() != nullptr &&
           from.message_type()->full_name() == to.message_type()->full_name();
  }
  if (const FieldDescriptor* wrapped = WrappedField(to)) return ScalarMayFit(from, *wrapped);
  return to.message_type() == nullptr && ScalarMayFit(from, to);
}

std::string TypeName(const FieldDescriptor& field, FieldPart part) {
  const std::string name = field.message_type() != nullptr ? field.message_type()->full_name()
                           : field.enum_type() != nullptr  ? field.enum_type()->full_name()
                                                           : std::string(field.type_name());
  if (field.is_map()) return "a map";
  return field.is_repeated() && part == FieldPart::kAll ? "repeated " + name : name;
}

}  // namespace

Status CheckFit(const CompiledExpression& compiled, const FieldDescriptor& to, FieldPart part,
                google::protobuf::MessageFactory& factory, const std::string& where) {
  const auto unfit = [&](const std::string& what) {
    return InvalidMapping(where, fmt::format("{} does not fit into {} ({})", what, to.full_name(),
                                             TypeName(to, part)));
  };
  const PathExpression* path = compiled.path();
  if (path == nullptr || path->root == PathRoot::kFailure || path->root == PathRoot::kSaga) {
    // A text is as good as any other here, but for enums, which take only their names.
    const Value sample = path == nullptr
                             ? std::visit([](const auto& v) { return Value(v); },
                                          std::get<LiteralExpression>(compiled.expression))
                             : Value(std::string());
    const std::unique_ptr<Message> scratch(factory.GetPrototype(to.containing_type())->New());
    const Status fits = part == FieldPart::kElement ? AppendTo(sample, *scratch, to, where)
                                                    : Assign(sample, *scratch, to, where);
    if (fits.ok()) return fits;
    if (path != nullptr) return unfit(path->text + " (string)");
    const bool wants_text = to.type() == FieldDescriptor::TYPE_STRING;
    return unfit(wants_text ? "a literal that is no text (write '\"…\"' or {literal: …})"
                            : "this literal");
  }
  if (compiled.root_type() == nullptr) return Status::Ok();  // Seen when the value comes.
  const bool many = to.is_repeated() && part == FieldPart::kAll;
  if (compiled.chain.empty()) {
    const std::string& name = compiled.root_type()->full_name();
    const bool same = to.message_type() != nullptr && to.message_type()->full_name() == name;
    return same && !many ? Status::Ok() : unfit(fmt::format("{} ({})", path->text, name));
  }
  const FieldDescriptor& from = *compiled.chain.back();
  if (from.is_repeated() == many && MayFit(from, to)) return Status::Ok();
  return unfit(fmt::format("{} ({})", path->text, TypeName(from, FieldPart::kAll)));
}

}  // namespace saga

#include "definition/mapping_node.h"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <memory>

#include "base/check.h"
#include "definition/fit.h"

namespace saga {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The key of a map field from its name in the mapping. Absent = it is no such key.
std::optional<expr::Value> MapKey(const std::string& name, const FieldDescriptor& key) {
  using expr::Value;
  if (key.type() == FieldDescriptor::TYPE_STRING) return Value::String(name);
  if (key.type() == FieldDescriptor::TYPE_BOOL) {
    if (name != "true" && name != "false") return std::nullopt;
    return Value::Bool(name == "true");
  }
  const char* const end = name.data() + name.size();
  std::int64_t number = 0;
  const auto read = std::from_chars(name.data(), end, number);
  if (read.ec == std::errc() && read.ptr == end) return Value::Int(number);
  std::uint64_t large = 0;
  const auto again = std::from_chars(name.data(), end, large);
  if (again.ec == std::errc() && again.ptr == end) return Value::Uint(large);
  return std::nullopt;
}

Status PutNode(const MappingNode& node, Message& message, const FieldDescriptor& field,
               FieldPart part, const Evaluation& evaluation);

Status PutElements(const MappingNode& node, Message& message, const FieldDescriptor& field,
                   const Evaluation& evaluation) {
  for (const MappingNode& element : node.list) {
    SAGA_RETURN_IF_ERROR(PutNode(element, message, field, FieldPart::kElement, evaluation));
  }
  for (const auto& [key, value] : node.entries) {
    Message* entry = message.GetReflection()->AddMessage(&message, &field);
    const Descriptor& type = *entry->GetDescriptor();
    SAGA_RETURN_IF_ERROR(Assign(Found(key), {*entry, *type.map_key()}, {.text = field.name()}));
    SAGA_RETURN_IF_ERROR(PutNode(value, *entry, *type.map_value(), FieldPart::kAll, evaluation));
  }
  return Status::Ok();
}

Status PutNode(const MappingNode& node, Message& message, const FieldDescriptor& field,
               FieldPart part, const Evaluation& evaluation) {
  if (node.expression) {
    SAGA_ASSIGN_OR_RETURN(const Found found, evaluation.Evaluate(*node.expression));
    return Assign(found, {message, field, part},
                  {.text = node.expression->text(), .type = &node.expression->type()});
  }
  if (node.repeats) return PutElements(node, message, field, evaluation);
  const auto* reflection = message.GetReflection();
  Message* inner = part == FieldPart::kElement ? reflection->AddMessage(&message, &field)
                                               : reflection->MutableMessage(&message, &field);
  return FillMessage(node, *inner, evaluation);
}

}  // namespace

Result<MappingNode> MappingCompiler::CompileRoot(const Mapping& mapping,
                                                 const Descriptor& type) const {
  switch (mapping.kind) {
    case Mapping::Kind::kNone:
      return MappingNode{};
    case Mapping::Kind::kFields:
      return Fields(mapping, type, "");
    case Mapping::Kind::kExpression:
      return Whole(mapping, type);
    case Mapping::Kind::kList:
      return InvalidMapping("", "a request is a message, not a list");
  }
  SAGA_UNREACHABLE();
}

// A whole message handed on, e.g. `with: input`.
Result<MappingNode> MappingCompiler::Whole(const Mapping& mapping, const Descriptor& type) const {
  SAGA_ASSIGN_OR_RETURN(CompiledExpression compiled,
                        CompileExpression(mapping.expression, names_, ""));
  SAGA_RETURN_IF_ERROR(CheckFitWhole(compiled, type));
  MappingNode node;
  node.expression.emplace(std::move(compiled));
  return node;
}

Result<MappingNode> MappingCompiler::Compile(const Mapping& mapping, const FieldDescriptor& target,
                                             FieldPart part, const std::string& where) const {
  const bool many = target.is_repeated() && part == FieldPart::kAll;
  switch (mapping.kind) {
    case Mapping::Kind::kNone:
      return InvalidMapping(where, "it has no value");
    case Mapping::Kind::kExpression:
      return Expression(mapping, target, part, where);
    case Mapping::Kind::kFields:
      if (target.is_map()) return Entries(mapping, target, where);
      if (target.message_type() != nullptr && !many) {
        return Fields(mapping, *target.message_type(), where);
      }
      return InvalidMapping(
          where,
          fmt::format("{} is no message, it cannot be built field by field", target.full_name()));
    case Mapping::Kind::kList:
      if (many && !target.is_map()) return List(mapping, target, where);
      return InvalidMapping(
          where, fmt::format("{} is not repeated, it cannot take a list", target.full_name()));
  }
  SAGA_UNREACHABLE();
}

Result<MappingNode> MappingCompiler::Expression(const Mapping& mapping,
                                                const FieldDescriptor& target, FieldPart part,
                                                const std::string& where) const {
  SAGA_ASSIGN_OR_RETURN(CompiledExpression compiled,
                        CompileExpression(mapping.expression, names_, where));
  SAGA_RETURN_IF_ERROR(CheckFit(compiled, target, part, factory_, where));
  MappingNode node;
  node.expression.emplace(std::move(compiled));
  return node;
}

Result<MappingNode> MappingCompiler::Fields(const Mapping& mapping, const Descriptor& type,
                                            const std::string& where) const {
  MappingNode node;
  std::map<const google::protobuf::OneofDescriptor*, std::string> taken;
  for (const auto& [name, value] : mapping.fields) {
    const std::string inner = where.empty() ? name : where + "." + name;
    const FieldDescriptor* field = type.FindFieldByName(name);
    if (field == nullptr) return NoSuchField(inner, type, name);
    if (const auto* oneof = field->real_containing_oneof()) {
      const auto [other, first] = taken.emplace(oneof, name);
      if (!first) {
        return InvalidMapping(inner, fmt::format("only one of {} and {} can be set (oneof {})",
                                                 other->second, name, oneof->full_name()));
      }
    }
    SAGA_ASSIGN_OR_RETURN(MappingNode child, Compile(value, *field, FieldPart::kAll, inner));
    node.fields.push_back({field, std::move(child)});
  }
  return node;
}

Result<MappingNode> MappingCompiler::Entries(const Mapping& mapping, const FieldDescriptor& target,
                                             const std::string& where) const {
  MappingNode node;
  node.repeats = true;
  const Descriptor& entry = *target.message_type();
  const std::unique_ptr<Message> scratch(factory_.GetPrototype(&entry)->New());
  for (const auto& [name, value] : mapping.fields) {
    const std::string inner = where + "." + name;
    const std::optional<expr::Value> key = MapKey(name, *entry.map_key());
    if (!key || !Assign(Found(*key), {*scratch, *entry.map_key()}, {.text = name}).ok()) {
      return InvalidMapping(inner, fmt::format("'{}' is no key of {} ({})", name,
                                               target.full_name(), entry.map_key()->type_name()));
    }
    SAGA_ASSIGN_OR_RETURN(MappingNode child,
                          Compile(value, *entry.map_value(), FieldPart::kAll, inner));
    node.entries.push_back({*key, std::move(child)});
  }
  return node;
}

Result<MappingNode> MappingCompiler::List(const Mapping& mapping, const FieldDescriptor& target,
                                          const std::string& where) const {
  MappingNode node;
  node.repeats = true;
  for (std::size_t i = 0; i < mapping.list.size(); ++i) {
    SAGA_ASSIGN_OR_RETURN(MappingNode child, Compile(mapping.list[i], target, FieldPart::kElement,
                                                     fmt::format("{}[{}]", where, i)));
    node.list.push_back(std::move(child));
  }
  return node;
}

Status FillMessage(const MappingNode& node, Message& message, const Evaluation& evaluation) {
  for (const auto& [field, child] : node.fields) {
    SAGA_RETURN_IF_ERROR(PutNode(child, message, *field, FieldPart::kAll, evaluation));
  }
  return Status::Ok();
}

}  // namespace saga

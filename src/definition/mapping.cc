#include "definition/mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/overloaded.h"
#include "base/suggest.h"
#include "definition/expression.h"
#include "definition/value.h"

namespace saga {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Status Invalid(const std::string& where, const std::string& why) {
  return Status(StatusCode::kInvalidArgument, "MAPPING_INVALID",
                where.empty() ? why : fmt::format("{}: {}", where, why))
      .WithMetadata("field", where);
}

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

Status NoSuchField(const std::string& where, const Descriptor& type, const std::string& name) {
  return Invalid(where, fmt::format("{} has no field {}{}", type.full_name(), name,
                                    DidYouMean(name, FieldNames(type))));
}

// A path or literal with everything looked up.
struct Compiled {
  std::variant<PathExpression, LiteralExpression> expression;
  StepIndex step{};                           // kStep and kOutput.
  std::vector<const FieldDescriptor*> chain;  // Of the fields, when the type is known.
  const TypeHandle* type = nullptr;           // Of what the path begins in.
};

Result<std::vector<const FieldDescriptor*>> Chain(const Descriptor& type,
                                                  const PathExpression& path,
                                                  const std::string& where) {
  std::vector<const FieldDescriptor*> chain;
  const Descriptor* current = &type;
  for (std::size_t i = 0; i < path.fields.size(); ++i) {
    const FieldDescriptor* field = current->FindFieldByName(path.fields[i]);
    if (field == nullptr) return NoSuchField(where, *current, path.fields[i]);
    chain.push_back(field);
    if (i + 1 == path.fields.size()) break;
    if (field->is_repeated() || field->message_type() == nullptr) {
      return Invalid(where, fmt::format("{}: {} is no message, it has no field {}", path.text,
                                        field->full_name(), path.fields[i + 1]));
    }
    current = field->message_type();
  }
  return chain;
}

Result<Compiled> CompileExpression(const std::string& text, const MappingTypes& types,
                                   std::optional<StepIndex> own, const std::string& where) {
  auto parsed = ParseExpression(text);
  if (!parsed.ok()) return Invalid(where, parsed.status().message());
  Compiled compiled{.expression = std::move(*parsed)};
  auto* path = std::get_if<PathExpression>(&compiled.expression);
  if (path == nullptr || path->root == PathRoot::kFailure || path->root == PathRoot::kSaga)
    return compiled;
  switch (path->root) {
    case PathRoot::kInput:
      compiled.type = &types.input;
      break;
    case PathRoot::kStep: {
      const auto step = types.definition->Find(path->step);
      if (!step) {
        std::vector<std::string> ids;
        for (const Step& known : types.definition->steps) ids.push_back(known.id);
        return Invalid(where, fmt::format("{}: there is no step '{}'{}", path->text, path->step,
                                          DidYouMean(path->step, ids)));
      }
      compiled.step = *step;
      compiled.type = &types.steps[ToSize(*step)];
      break;
    }
    case PathRoot::kOutput:
      if (!own)
        return Invalid(
            where,
            fmt::format("{}: `output` is the answer of a step's own action; name a step: steps.x",
                        path->text));
      compiled.step = *own;
      compiled.type = &types.steps[ToSize(*own)];
      break;
    case PathRoot::kFailure:
    case PathRoot::kSaga:
      break;
  }
  if (compiled.type->type == nullptr) return compiled;
  SAGA_ASSIGN_OR_RETURN(compiled.chain, Chain(*compiled.type->type, *path, where));
  return compiled;
}

// Payloads opened once for a whole build.
class Opened {
 public:
  Opened(const MappingScope& scope, const MappingTypes& types)
      : scope_(scope), types_(types), open_(types.definition->steps.size() + 1) {}

  Result<Value> Evaluate(const Compiled& compiled) {
    return std::visit(Overloaded{
                          [](const LiteralExpression& literal) {
                            return std::visit([](const auto& v) { return Result<Value>(Value(v)); },
                                              literal);
                          },
                          [&](const PathExpression& path) { return EvaluatePath(compiled, path); },
                      },
                      compiled.expression);
  }

 private:
  Result<Value> EvaluatePath(const Compiled& compiled, const PathExpression& path) {
    switch (path.root) {
      case PathRoot::kFailure:
        return OfFailure(path.fields[0]);
      case PathRoot::kSaga:
        return path.fields[0] == "id" ? Value(std::string(scope_.saga->id()))
                                      : Value(*scope_.business_key);
      case PathRoot::kInput:
        return At(0, scope_.input, types_.input, "input", compiled, path);
      case PathRoot::kStep:
      case PathRoot::kOutput:
        break;
    }
    const std::size_t step = ToSize(compiled.step);
    return At(step + 1, (*scope_.outputs)[step], types_.steps[step],
              "steps." + types_.definition->steps[step].id, compiled, path);
  }

  Result<Value> OfFailure(const std::string& field) const {
    if (field == "code") return Value(std::string(StatusCodeName(scope_.failure->code)));
    return Value(field == "reason" ? scope_.failure->reason : scope_.failure->message);
  }

  Result<Value> At(std::size_t slot, const PayloadRef& payload, const TypeHandle& type,
                   const std::string& name, const Compiled& compiled, const PathExpression& path) {
    if (!open_[slot]) {
      SAGA_ASSIGN_OR_RETURN(OpenPayload opened, OpenPayload::Open(payload, type, name));
      open_[slot].emplace(std::move(opened));
    }
    return open_[slot]->At(path.fields, compiled.chain, path.text);
  }

  const MappingScope& scope_;
  const MappingTypes& types_;
  std::vector<std::optional<OpenPayload>> open_;
};

bool IsNumber(FieldDescriptor::CppType type) {
  return type == FieldDescriptor::CPPTYPE_INT32 || type == FieldDescriptor::CPPTYPE_INT64 ||
         type == FieldDescriptor::CPPTYPE_UINT32 || type == FieldDescriptor::CPPTYPE_UINT64;
}

// Whether values of `from` can ever fit into `to`; whether each does is seen when it comes.
bool MayFit(const FieldDescriptor& from, const FieldDescriptor& to) {
  if (from.is_map() || to.is_map()) return from.is_map() && to.is_map();
  const auto a = from.cpp_type();
  const auto b = to.cpp_type();
  if (a == FieldDescriptor::CPPTYPE_MESSAGE || b == FieldDescriptor::CPPTYPE_MESSAGE) {
    return a == b && from.message_type()->full_name() == to.message_type()->full_name();
  }
  const bool real = b == FieldDescriptor::CPPTYPE_DOUBLE || b == FieldDescriptor::CPPTYPE_FLOAT;
  const bool from_real =
      a == FieldDescriptor::CPPTYPE_DOUBLE || a == FieldDescriptor::CPPTYPE_FLOAT;
  if (a == FieldDescriptor::CPPTYPE_ENUM) {
    return b == FieldDescriptor::CPPTYPE_ENUM || IsNumber(b) ||
           to.type() == FieldDescriptor::TYPE_STRING;
  }
  if (IsNumber(a)) return IsNumber(b) || real || b == FieldDescriptor::CPPTYPE_ENUM;
  if (from_real) return real;
  if (from.type() == FieldDescriptor::TYPE_BYTES) return to.type() == FieldDescriptor::TYPE_BYTES;
  if (a == FieldDescriptor::CPPTYPE_STRING) return b == a || b == FieldDescriptor::CPPTYPE_ENUM;
  return a == b;
}

Status CheckFit(const Compiled& compiled, const FieldDescriptor& to, bool element,
                const std::string& where) {
  const auto* path = std::get_if<PathExpression>(&compiled.expression);
  const bool to_many = to.is_repeated() && !element;
  const auto unfit = [&](const std::string& what) {
    return Invalid(where, fmt::format("{} does not fit into {} ({}{})", what, to.full_name(),
                                      to_many ? "repeated " : "",
                                      to.message_type() != nullptr ? to.message_type()->full_name()
                                                                   : to.type_name()));
  };
  if (path == nullptr || path->root == PathRoot::kFailure || path->root == PathRoot::kSaga) {
    if (to_many || to.message_type() != nullptr) return unfit("a single value");
    return Status::Ok();
  }
  if (compiled.type->type == nullptr)
    return Status::Ok();  // Schemaless: seen when the value comes.
  if (compiled.chain.empty()) {
    const bool same = to.message_type() != nullptr &&
                      to.message_type()->full_name() == compiled.type->type->full_name();
    return same && !to_many
               ? Status::Ok()
               : unfit(fmt::format("{} ({})", path->text, compiled.type->type->full_name()));
  }
  const FieldDescriptor& from = *compiled.chain.back();
  if (from.is_repeated() != to_many || !MayFit(from, to)) {
    return unfit(fmt::format(
        "{} ({}{})", path->text, from.is_repeated() ? "repeated " : "",
        from.message_type() != nullptr ? from.message_type()->full_name() : from.type_name()));
  }
  return Status::Ok();
}

}  // namespace

struct CompiledMapping::Node {
  std::optional<Compiled> expression;
  std::vector<std::pair<const FieldDescriptor*, Node>> fields;
  std::vector<Node> list;
  bool is_list = false;

  static Result<Node> Make(const Mapping& mapping, const FieldDescriptor& target, bool element,
                           const MappingTypes& types, StepIndex own, const std::string& where);
  static Result<Node> MakeFields(const Mapping& mapping, const Descriptor& type,
                                 const MappingTypes& types, StepIndex own,
                                 const std::string& where);
  Status Fill(Message& message, Opened& opened) const;
  Status Put(Message& message, const FieldDescriptor& field, bool element, Opened& opened) const;
};

Result<CompiledMapping::Node> CompiledMapping::Node::MakeFields(const Mapping& mapping,
                                                                const Descriptor& type,
                                                                const MappingTypes& types,
                                                                StepIndex own,
                                                                const std::string& where) {
  Node node;
  for (const auto& [name, value] : mapping.fields) {
    const FieldDescriptor* field = type.FindFieldByName(name);
    if (field == nullptr) return NoSuchField(where, type, name);
    const std::string inner = where.empty() ? name : where + "." + name;
    SAGA_ASSIGN_OR_RETURN(Node child, Make(value, *field, false, types, own, inner));
    node.fields.emplace_back(field, std::move(child));
  }
  return node;
}

Result<CompiledMapping::Node> CompiledMapping::Node::Make(const Mapping& mapping,
                                                          const FieldDescriptor& target,
                                                          bool element, const MappingTypes& types,
                                                          StepIndex own, const std::string& where) {
  switch (mapping.kind) {
    case Mapping::Kind::kNone:
      return Node{};
    case Mapping::Kind::kExpression: {
      Node node;
      SAGA_ASSIGN_OR_RETURN(Compiled compiled,
                            CompileExpression(mapping.expression, types, own, where));
      SAGA_RETURN_IF_ERROR(CheckFit(compiled, target, element, where));
      node.expression.emplace(std::move(compiled));
      return node;
    }
    case Mapping::Kind::kFields:
      if (target.message_type() == nullptr || target.is_map() ||
          (target.is_repeated() && !element)) {
        return Invalid(where, fmt::format("{} is no message, it cannot be built field by field",
                                          target.full_name()));
      }
      return MakeFields(mapping, *target.message_type(), types, own, where);
    case Mapping::Kind::kList: {
      if (!target.is_repeated() || target.is_map() || element) {
        return Invalid(
            where, fmt::format("{} is not repeated, it cannot take a list", target.full_name()));
      }
      Node node;
      node.is_list = true;
      for (std::size_t i = 0; i < mapping.list.size(); ++i) {
        SAGA_ASSIGN_OR_RETURN(Node child, Make(mapping.list[i], target, true, types, own,
                                               fmt::format("{}[{}]", where, i)));
        node.list.push_back(std::move(child));
      }
      return node;
    }
  }
  SAGA_UNREACHABLE();
}

Status CompiledMapping::Node::Fill(Message& message, Opened& opened) const {
  for (const auto& [field, node] : fields)
    SAGA_RETURN_IF_ERROR(node.Put(message, *field, false, opened));
  return Status::Ok();
}

Status CompiledMapping::Node::Put(Message& message, const FieldDescriptor& field, bool element,
                                  Opened& opened) const {
  if (expression) {
    SAGA_ASSIGN_OR_RETURN(const Value value, opened.Evaluate(*expression));
    const auto* path = std::get_if<PathExpression>(&expression->expression);
    const std::string& text = path != nullptr ? path->text : field.name();
    return element ? AppendTo(value, message, field, text) : Assign(value, message, field, text);
  }
  if (is_list) {
    for (const Node& child : list) SAGA_RETURN_IF_ERROR(child.Put(message, field, true, opened));
    return Status::Ok();
  }
  const auto* reflection = message.GetReflection();
  Message* inner = element ? reflection->AddMessage(&message, &field)
                           : reflection->MutableMessage(&message, &field);
  return Fill(*inner, opened);
}

MappingTypes TypesOf(const Definition& definition, const DescriptorSource& source) {
  MappingTypes types;
  types.definition = &definition;
  if (!definition.input_type.empty()) {
    types.input =
        source.FindType(definition.name_space, definition.input_type).value_or(TypeHandle{});
  }
  for (const Step& step : definition.steps) {
    const auto method =
        source.FindMethod(definition.name_space, step.action.participant, step.action.method);
    types.steps.push_back(method.ok() ? method->response : TypeHandle{});
  }
  return types;
}

CompiledMapping::CompiledMapping(TypeHandle target, MappingTypes types)
    : target_(std::move(target)), types_(std::move(types)) {}
CompiledMapping::~CompiledMapping() = default;

Result<std::unique_ptr<const CompiledMapping>> CompiledMapping::Compile(const Mapping& mapping,
                                                                        const TypeHandle& target,
                                                                        const MappingTypes& types,
                                                                        StepIndex own) {
  std::unique_ptr<CompiledMapping> compiled(new CompiledMapping(target, types));
  switch (mapping.kind) {
    case Mapping::Kind::kNone:
      compiled->root_ = std::make_unique<Node>();
      break;
    case Mapping::Kind::kFields: {
      SAGA_ASSIGN_OR_RETURN(Node root,
                            Node::MakeFields(mapping, *target.type, compiled->types_, own, ""));
      compiled->root_ = std::make_unique<Node>(std::move(root));
      break;
    }
    case Mapping::Kind::kExpression: {
      // A whole message handed on, e.g. `with: input`.
      Node root;
      SAGA_ASSIGN_OR_RETURN(Compiled expression,
                            CompileExpression(mapping.expression, compiled->types_, own, ""));
      const bool typed = expression.type != nullptr && expression.type->type != nullptr;
      const Descriptor* from = !typed                     ? nullptr
                               : expression.chain.empty() ? expression.type->type
                                                          : expression.chain.back()->message_type();
      if (from == nullptr || from->full_name() != target.type->full_name()) {
        return Invalid("",
                       fmt::format("{} is no {}", mapping.expression, target.type->full_name()));
      }
      root.expression.emplace(std::move(expression));
      compiled->root_ = std::make_unique<Node>(std::move(root));
      break;
    }
    case Mapping::Kind::kList:
      return Invalid("", "a request is a message, not a list");
  }
  return std::unique_ptr<const CompiledMapping>(std::move(compiled));
}

Result<std::string> CompiledMapping::Build(const MappingScope& scope) const {
  Opened opened(scope, types_);
  if (root_->expression) {
    SAGA_ASSIGN_OR_RETURN(const Value value, opened.Evaluate(*root_->expression));
    if (const auto* message = std::get_if<const Message*>(&value))
      return (*message)->SerializePartialAsString();
    const auto& field = std::get<FieldOf>(value);
    return field.message->GetReflection()
        ->GetMessage(*field.message, field.field)
        .SerializePartialAsString();
  }
  const std::unique_ptr<Message> message(target_.prototype->New());
  SAGA_RETURN_IF_ERROR(root_->Fill(*message, opened));
  return message->SerializePartialAsString();
}

namespace {

Result<nlohmann::ordered_json> JsonOf(const Mapping& mapping, const MappingTypes& types,
                                      Opened& opened, const std::string& where) {
  switch (mapping.kind) {
    case Mapping::Kind::kNone:
      return nlohmann::ordered_json();
    case Mapping::Kind::kExpression: {
      SAGA_ASSIGN_OR_RETURN(const Compiled compiled,
                            CompileExpression(mapping.expression, types, std::nullopt, where));
      SAGA_ASSIGN_OR_RETURN(const Value value, opened.Evaluate(compiled));
      return ToJson(value);
    }
    case Mapping::Kind::kFields: {
      auto object = nlohmann::ordered_json::object();
      for (const auto& [name, value] : mapping.fields) {
        SAGA_ASSIGN_OR_RETURN(object[name], JsonOf(value, types, opened, name));
      }
      return object;
    }
    case Mapping::Kind::kList: {
      auto array = nlohmann::ordered_json::array();
      for (const Mapping& element : mapping.list) {
        SAGA_ASSIGN_OR_RETURN(nlohmann::ordered_json json, JsonOf(element, types, opened, where));
        array.push_back(std::move(json));
      }
      return array;
    }
  }
  SAGA_UNREACHABLE();
}

}  // namespace

Result<std::string> BuildJson(const Mapping& mapping, const MappingTypes& types,
                              const MappingScope& scope) {
  if (mapping.kind == Mapping::Kind::kNone) return std::string();
  Opened opened(scope, types);
  SAGA_ASSIGN_OR_RETURN(const nlohmann::ordered_json json, JsonOf(mapping, types, opened, ""));
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<std::string> BuildText(const Mapping& mapping, const MappingTypes& types,
                              const MappingScope& scope) {
  if (mapping.kind == Mapping::Kind::kNone) return std::string();
  if (mapping.kind != Mapping::Kind::kExpression) return Invalid("", "a text is one expression");
  Opened opened(scope, types);
  SAGA_ASSIGN_OR_RETURN(const Compiled compiled,
                        CompileExpression(mapping.expression, types, std::nullopt, ""));
  SAGA_ASSIGN_OR_RETURN(const Value value, opened.Evaluate(compiled));
  return ToText(value, mapping.expression);
}

Status CheckInput(const Payload& payload, const std::string& input_type, const TypeHandle& type) {
  if (input_type.empty()) {
    if (payload.encoding == PayloadEncoding::kProtobuf) {
      return InvalidField(
          "input",
          "the definition names no input type; send JSON, or let the definition say `input: " +
              payload.type + "`");
    }
  } else if (!payload.type.empty() && payload.type != input_type) {
    return InvalidField("input.type",
                        fmt::format("the definition takes {}, not {}", input_type, payload.type));
  }
  if (!input_type.empty() && type.prototype == nullptr)
    return Status::Ok();  // Its participants are not known yet.
  const auto opened = OpenPayload::Open(std::make_shared<const Payload>(payload), type, "input");
  return opened.ok() ? Status::Ok() : InvalidField("input", opened.status().message());
}

}  // namespace saga

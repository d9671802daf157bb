#include "definition/path_value.h"

#include <fmt/format.h>

#include <utility>

#include "base/overloaded.h"
#include "base/suggest.h"

namespace saga {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

Status NoValue(const std::string& text, const std::string& why) {
  return {StatusCode::kFailedPrecondition, "MAPPING_FAILED", fmt::format("{}: {}", text, why)};
}

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

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
      return InvalidMapping(where, fmt::format("{}: {} is no message, it has no field {}",
                                               path.text, field->full_name(), path.fields[i + 1]));
    }
    current = field->message_type();
  }
  return chain;
}

Result<StepIndex> FindStep(const PathExpression& path, const MappingTypes& types,
                           std::optional<StepIndex> own, const std::string& where) {
  if (path.root == PathRoot::kOutput) {
    if (own) return *own;
    return InvalidMapping(
        where,
        fmt::format("{}: `output` is the answer of a step's own action; name a step: steps.x",
                    path.text));
  }
  const auto step = types.definition->Find(path.step);
  if (step) return *step;
  std::vector<std::string> ids;
  for (const Step& known : types.definition->steps) ids.push_back(known.id);
  return InvalidMapping(where, fmt::format("{}: there is no step '{}'{}", path.text, path.step,
                                           DidYouMean(path.step, ids)))
      .WithMetadata("lint", "SAGA010");
}

}  // namespace

Status InvalidMapping(const std::string& where, const std::string& why) {
  return Status(StatusCode::kInvalidArgument, "MAPPING_INVALID",
                where.empty() ? why : fmt::format("{}: {}", where, why))
      .WithMetadata("field", where);
}

Status NoSuchField(const std::string& where, const Descriptor& type, const std::string& name) {
  return InvalidMapping(where, fmt::format("{} has no field {}{}", type.full_name(), name,
                                           DidYouMean(name, FieldNames(type))))
      .WithMetadata("lint", "SAGA007");
}

Result<CompiledExpression> CompileExpression(const std::string& text, const MappingTypes& types,
                                             std::optional<StepIndex> own,
                                             const std::string& where) {
  auto parsed = ParseExpression(text);
  if (!parsed.ok()) {
    return InvalidMapping(where, parsed.status().message()).WithMetadata("lint", "SAGA001");
  }
  CompiledExpression compiled{.expression = std::move(*parsed)};
  const PathExpression* path = compiled.path();
  if (path == nullptr || path->root == PathRoot::kFailure || path->root == PathRoot::kSaga) {
    return compiled;
  }
  compiled.type = &types.input;
  if (path->root != PathRoot::kInput) {
    SAGA_ASSIGN_OR_RETURN(compiled.step, FindStep(*path, types, own, where));
    if (ToSize(compiled.step) >= types.steps.size()) {
      return InvalidMapping(where, fmt::format("{}: no step has answered yet", path->text));
    }
    compiled.type = &types.steps[ToSize(compiled.step)];
  }
  if (compiled.type->type == nullptr) return compiled;
  SAGA_ASSIGN_OR_RETURN(compiled.chain, Chain(*compiled.type->type, *path, where));
  return compiled;
}

Result<Value> OpenedPayloads::Evaluate(const CompiledExpression& compiled) {
  return std::visit(Overloaded{
                        [](const LiteralExpression& literal) {
                          return std::visit([](const auto& v) { return Result<Value>(Value(v)); },
                                            literal);
                        },
                        [&](const PathExpression& path) { return EvaluatePath(compiled, path); },
                    },
                    compiled.expression);
}

bool OpenedPayloads::IsUnanswered(const CompiledExpression& compiled) const {
  const PathExpression* path = compiled.path();
  if (path == nullptr || path->root != PathRoot::kStep || scope_.outputs == nullptr) return false;
  const std::size_t step = ToSize(compiled.step);
  return step < scope_.outputs->size() && (*scope_.outputs)[step] == nullptr;
}

Result<Value> OpenedPayloads::EvaluatePath(const CompiledExpression& compiled,
                                           const PathExpression& path) {
  switch (path.root) {
    case PathRoot::kFailure:
      return OfFailure(path);
    case PathRoot::kSaga:
      return OfSaga(path);
    case PathRoot::kInput:
      return At(0, scope_.input, types_.input, "input", compiled, path);
    case PathRoot::kStep:
    case PathRoot::kOutput:
      break;
  }
  const std::size_t step = ToSize(compiled.step);
  const bool known = scope_.outputs != nullptr && step < scope_.outputs->size();
  return At(step + 1, known ? (*scope_.outputs)[step] : nullptr, types_.steps[step],
            "steps." + types_.definition->steps[step].id, compiled, path);
}

Result<Value> OpenedPayloads::OfSaga(const PathExpression& path) const {
  const bool id = path.fields[0] == "id";
  if (id && scope_.saga != nullptr) return Value(std::string(scope_.saga->id()));
  if (!id && scope_.business_key != nullptr) return Value(*scope_.business_key);
  return NoValue(path.text, "it is not known here");
}

Result<Value> OpenedPayloads::OfFailure(const PathExpression& path) const {
  if (scope_.failure == nullptr) return NoValue(path.text, "nothing has failed");
  const std::string& field = path.fields[0];
  if (field == "code") return Value(std::string(StatusCodeName(scope_.failure->code)));
  return Value(field == "reason" ? scope_.failure->reason : scope_.failure->message);
}

Result<Value> OpenedPayloads::At(std::size_t slot, const PayloadRef& payload,
                                 const TypeHandle& type, const std::string& name,
                                 const CompiledExpression& compiled, const PathExpression& path) {
  if (!open_[slot]) {
    SAGA_ASSIGN_OR_RETURN(OpenPayload opened, OpenPayload::Open(payload, type, name));
    open_[slot].emplace(std::move(opened));
  }
  return open_[slot]->At(path.fields, compiled.chain, path.text);
}

}  // namespace saga

#include "definition/mapping.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <utility>

#include "definition/mapping_node.h"

namespace saga {
namespace {

using google::protobuf::Message;

// The same bytes on every attempt, on every node: maps have no order of their own.
std::string Serialize(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

MappingTypes TypesOf(const Definition& definition, const DescriptorSource& source) {
  MappingTypes types;
  types.definition = &definition;
  if (!definition.input_type.empty()) {
    types.input =
        source.FindType(definition.name_space, definition.input_type).value_or(TypeHandle{});
  }
  for (const Step& step : definition.steps) {
    const bool calls = step.kind == StepKind::kAction || step.kind == StepKind::kTcc;
    if (!calls) {
      types.steps.emplace_back();  // A signal's payload is JSON.
      continue;
    }
    const auto method =
        source.FindMethod(definition.name_space, step.action.participant, step.action.method);
    types.steps.push_back(method.ok() ? method->response : TypeHandle{});
  }
  return types;
}

CompiledMapping::CompiledMapping(TypeHandle target, MappingTypes types, StepIndex own)
    : target_(std::move(target)),
      types_(std::move(types)),
      names_(std::make_unique<const Names>(types_, own)) {}
CompiledMapping::~CompiledMapping() = default;

Result<std::unique_ptr<const CompiledMapping>> CompiledMapping::Compile(const Mapping& mapping,
                                                                        const TypeHandle& target,
                                                                        const MappingTypes& types,
                                                                        StepIndex own) {
  std::unique_ptr<CompiledMapping> compiled(new CompiledMapping(target, types, own));
  MappingCompiler compiler(*compiled->names_,
                           *target.prototype->GetReflection()->GetMessageFactory());
  SAGA_ASSIGN_OR_RETURN(MappingNode root, compiler.CompileRoot(mapping, *target.type));
  compiled->root_ = std::make_unique<const MappingNode>(std::move(root));
  return std::unique_ptr<const CompiledMapping>(std::move(compiled));
}

Result<std::string> CompiledMapping::Build(const MappingScope& scope) const {
  const Evaluation evaluation(scope, *names_);
  const std::unique_ptr<Message> message(target_.prototype->New());
  if (!root_->expression) {
    SAGA_RETURN_IF_ERROR(FillMessage(*root_, *message, evaluation));
    return Serialize(*message);
  }
  SAGA_ASSIGN_OR_RETURN(const Found found, evaluation.Evaluate(*root_->expression));
  SAGA_RETURN_IF_ERROR(AssignMessage(
      found, *message, {.text = root_->expression->text(), .type = &root_->expression->type()}));
  return Serialize(*message);
}

}  // namespace saga

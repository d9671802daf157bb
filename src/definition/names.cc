#include "definition/names.h"

#include <utility>

#include "base/check.h"

namespace saga {

using expr::Type;
using expr::TypeKind;

Names::Names(const MappingTypes& types, std::optional<StepIndex> own) : types_(types) {
  DeclarePayload("input", types.input, {NameKind::kInput});
  Declare("saga.id", Type(TypeKind::kString), {NameKind::kSagaId});
  Declare("saga.key", Type(TypeKind::kString), {NameKind::kSagaKey});
  Declare("saga.now", Type(TypeKind::kTimestamp), {NameKind::kSagaNow});
  Declare("failure.reason", Type(TypeKind::kString), {NameKind::kFailureReason});
  Declare("failure.code", Type(TypeKind::kString), {NameKind::kFailureCode});
  Declare("failure.message", Type(TypeKind::kString), {NameKind::kFailureMessage});
  if (types.output || (own && ToSize(*own) < types.steps.size())) {
    const Name name{NameKind::kOutput, own.value_or(StepIndex{})};
    DeclarePayload("output", *TypeOf(name), name);
  }
  for (std::size_t i = 0; i < types.steps.size(); ++i) {
    DeclarePayload("steps." + types.definition->steps[i].id, types.steps[i],
                   {NameKind::kStep, ToStep(i)});
  }
}

const TypeHandle* Names::TypeOf(const Name& name) const {
  switch (name.kind) {
    case NameKind::kInput:
      return &types_.input;
    case NameKind::kOutput:
      return types_.output ? &*types_.output : &types_.steps[ToSize(name.step)];
    case NameKind::kStep:
      return &types_.steps[ToSize(name.step)];
    case NameKind::kFailureReason:
    case NameKind::kFailureCode:
    case NameKind::kFailureMessage:
    case NameKind::kSagaId:
    case NameKind::kSagaKey:
    case NameKind::kSagaNow:
      return nullptr;
  }
  SAGA_UNREACHABLE();
}

void Names::Declare(std::string text, const Type& type, Name name) {
  environment_.Declare(std::move(text), type);
  names_.push_back(name);
}

void Names::DeclarePayload(std::string text, const TypeHandle& type, Name name) {
  Declare(std::move(text), type.type != nullptr ? Type::MessageOf(*type.type) : Type::Dyn(), name);
}

}  // namespace saga

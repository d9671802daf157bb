#include "definition/definition_conditions.h"

namespace saga {
namespace {

MappingScope ScopeOf(const ConditionScope& scope) {
  return {.saga = &scope.saga,
          .business_key = &scope.business_key,
          .input = scope.input,
          .outputs = &scope.outputs,
          .now = scope.now};
}

const std::string& LengthOf(const Step& step) {
  const bool waits = step.kind == StepKind::kTimer || step.kind == StepKind::kSignal;
  return waits || !step.async ? step.wait.expression : step.async->within.expression;
}

}  // namespace

Result<bool> DefinitionConditions::When(const ConditionScope& scope, StepIndex step) const {
  const Key key(scope.definition.digest, step);
  SAGA_ASSIGN_OR_RETURN(const auto condition, conditions_.Get(key, [&] {
    return CompiledCondition::Compile(scope.definition.step(step).when,
                                      TypesOf(scope.definition, descriptors_), step);
  }));
  auto holds = condition->Evaluate(ScopeOf(scope));
  if (!holds.ok()) conditions_.Forget(key);
  return holds;
}

Result<std::chrono::milliseconds> DefinitionConditions::Length(const ConditionScope& scope,
                                                               StepIndex step) const {
  const Key key(scope.definition.digest, step);
  SAGA_ASSIGN_OR_RETURN(const auto delay, delays_.Get(key, [&] {
    return CompiledDelay::Compile(LengthOf(scope.definition.step(step)),
                                  TypesOf(scope.definition, descriptors_));
  }));
  auto length = delay->Evaluate(ScopeOf(scope));
  if (!length.ok()) delays_.Forget(key);
  return length;
}

}  // namespace saga

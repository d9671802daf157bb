#include "definition/definition_conditions.h"

#include "definition/limits.h"

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

// Found in `cache`, or compiled and kept there. Too many are dropped together: they are compiled
// again when they are asked for.
template <typename Compiled, typename Cache, typename Compile>
Result<std::shared_ptr<const Compiled>> Cached(Mutex& mutex, Cache& cache,
                                               const typename Cache::key_type& key,
                                               Compile compile) {
  {
    const MutexLock lock(mutex);
    const auto found = cache.find(key);
    if (found != cache.end()) return found->second;
  }
  SAGA_ASSIGN_OR_RETURN(std::unique_ptr<const Compiled> compiled, compile());
  std::shared_ptr<const Compiled> shared = std::move(compiled);
  const MutexLock lock(mutex);
  if (cache.size() >= kCompiledExpressionsMax) cache.clear();
  cache[key] = shared;
  return shared;
}

template <typename Cache>
void Forget(Mutex& mutex, Cache& cache, const typename Cache::key_type& key) {
  const MutexLock lock(mutex);
  cache.erase(key);
}

}  // namespace

Result<bool> DefinitionConditions::When(const ConditionScope& scope, StepIndex step) const {
  const Key key(scope.definition.digest, step);
  SAGA_ASSIGN_OR_RETURN(
      const auto condition, (Cached<CompiledCondition>(mutex_, conditions_, key, [&] {
        return CompiledCondition::Compile(scope.definition.step(step).when,
                                          TypesOf(scope.definition, descriptors_), step);
      })));
  auto holds = condition->Evaluate(ScopeOf(scope));
  if (!holds.ok()) Forget(mutex_, conditions_, key);
  return holds;
}

Result<std::chrono::milliseconds> DefinitionConditions::Length(const ConditionScope& scope,
                                                               StepIndex step) const {
  const Key key(scope.definition.digest, step);
  SAGA_ASSIGN_OR_RETURN(const auto delay, (Cached<CompiledDelay>(mutex_, delays_, key, [&] {
                          return CompiledDelay::Compile(LengthOf(scope.definition.step(step)),
                                                        TypesOf(scope.definition, descriptors_));
                        })));
  auto length = delay->Evaluate(ScopeOf(scope));
  if (!length.ok()) Forget(mutex_, delays_, key);
  return length;
}

}  // namespace saga

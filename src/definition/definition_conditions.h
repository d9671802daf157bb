// The conditions and delays of definitions, evaluated for the core.
#pragma once

#include <string>
#include <utility>

#include "definition/compiled_cache.h"
#include "definition/condition.h"
#include "definition/descriptors.h"
#include "orchestrator/core/conditions.h"

namespace saga {

// Threads:  any. Answers from memory.
// Borrows:  the descriptors, which must outlive it.
// Promises: an expression is compiled once for each version of a definition, and again when its
//           evaluation failed: a participant's types may be known by then.
class DefinitionConditions final : public Conditions {
 public:
  explicit DefinitionConditions(const DescriptorSource& descriptors) : descriptors_(descriptors) {}

  Result<bool> When(const ConditionScope& scope, StepIndex step) const override;
  Result<std::chrono::milliseconds> Length(const ConditionScope& scope,
                                           StepIndex step) const override;

 private:
  using Key = std::pair<std::string, StepIndex>;  // The definition's digest and the step.

  const DescriptorSource& descriptors_;
  mutable CompiledCache<Key, CompiledCondition> conditions_;
  mutable CompiledCache<Key, CompiledDelay> delays_;
};

}  // namespace saga

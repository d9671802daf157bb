// Conditions (`when`, `reject_if`, `done_if`, `rejected_if`) and delays (`wait`, `within`).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/status.h"
#include "definition/mapping.h"

namespace saga {

class CompiledExpression;
class Names;

// Immutable after Compile. Threads: any.
class CompiledCondition final {
 public:
  ~CompiledCondition();

  // `own` is the step whose `output` may be named. Errors: INVALID_ARGUMENT MAPPING_INVALID, also
  // when it is no truth value.
  static Result<std::unique_ptr<const CompiledCondition>> Compile(const std::string& text,
                                                                  const MappingTypes& types,
                                                                  std::optional<StepIndex> own);

  // Errors: FAILED_PRECONDITION MAPPING_FAILED: it is neither true nor false.
  Result<bool> Evaluate(const MappingScope& scope) const;

 private:
  CompiledCondition(MappingTypes types, std::optional<StepIndex> own);

  const MappingTypes types_;  // Keeps the types alive.
  const std::unique_ptr<const Names> names_;
  std::unique_ptr<const CompiledExpression> expression_;
};

// Immutable after Compile. Threads: any.
class CompiledDelay final {
 public:
  ~CompiledDelay();

  // Errors: INVALID_ARGUMENT MAPPING_INVALID, also when it is no duration.
  static Result<std::unique_ptr<const CompiledDelay>> Compile(const std::string& text,
                                                              const MappingTypes& types);

  // In whole milliseconds, not less than nothing. Errors: FAILED_PRECONDITION MAPPING_FAILED, also
  // beyond kSagaDeadlineMax.
  Result<std::chrono::milliseconds> Evaluate(const MappingScope& scope) const;

 private:
  explicit CompiledDelay(MappingTypes types);

  const MappingTypes types_;
  const std::unique_ptr<const Names> names_;
  std::unique_ptr<const CompiledExpression> expression_;
};

}  // namespace saga

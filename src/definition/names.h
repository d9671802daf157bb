// The names that expressions of a definition may use, and what they stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "definition/expr/environment.h"
#include "definition/mapping.h"

namespace saga {

// What a name stands for.
enum class NameKind : std::uint8_t {
  kInput,
  kOutput,  // What the own step's call answered; of a query, what the query answered.
  kFailureReason,
  kFailureCode,
  kFailureMessage,
  kSagaId,
  kSagaKey,
  kSagaNow,
  kStep,
};

struct Name {
  NameKind kind = NameKind::kInput;
  StepIndex step{};  // Of kStep, and of kOutput without a type of its own.
};

// An environment of expressions with the meaning of its variables. Borrows the types.
class Names final {
 public:
  // `own` is the step whose `output` may be named. Requires: `types.definition` is set.
  Names(const MappingTypes& types, std::optional<StepIndex> own);

  const expr::Environment& environment() const { return environment_; }
  const MappingTypes& types() const { return types_; }
  const Name& of(std::size_t variable) const { return names_[variable]; }
  // The type behind a name; null for those that are no payload.
  const TypeHandle* TypeOf(const Name& name) const;

 private:
  void Declare(std::string text, const expr::Type& type, Name name);
  void DeclarePayload(std::string text, const TypeHandle& type, Name name);

  const MappingTypes& types_;
  expr::Environment environment_;
  std::vector<Name> names_;
};

}  // namespace saga

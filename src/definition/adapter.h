// Serves the methods that definitions call, a participant's contract, by other methods of its own:
// fields, units and error codes are translated by expressions.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "definition/condition.h"
#include "definition/load_adapter.h"
#include "definition/mapping.h"
#include "definition/service_types.h"
#include "orchestrator/core/failure.h"

namespace saga {

// Immutable. Threads: any.
class AdaptedMethod final {
 public:
  // What an answer of OK says to the definition.
  struct Reading {
    PayloadRef answer;             // Of the contract's method; null with an error.
    std::optional<Failure> error;  // In the contract's terms.
  };

  // What definitions see.
  const MethodHandle& contract() const { return contract_; }
  // What is called.
  const MethodHandle& own() const { return own_; }

  // The participant's own request. `scope.input` is the contract's request. Errors:
  // FAILED_PRECONDITION MAPPING_FAILED that names the path.
  Result<std::string> BuildRequest(const MappingScope& scope) const;
  // `scope.input` is the contract's request, `scope.output` the participant's own answer. Errors:
  // no rule maps the answer, with the answer.
  Result<Reading> Read(const MappingScope& scope) const;
  // Puts an error into the contract's terms. False = no rule maps it.
  bool Translate(Failure& failure) const;

 private:
  friend class AdapterCompiler;

  struct Rule {
    std::unique_ptr<const CompiledCondition> when;  // Null = always.
    std::unique_ptr<const CompiledMapping> answer;  // Null = `error`.
    std::optional<AdapterError> error;
  };

  std::string AnswerText(const PayloadRef& answer) const;

  MethodHandle contract_;
  MethodHandle own_;
  std::unique_ptr<const CompiledMapping> request_;
  std::vector<Rule> rules_;
  std::map<std::string, AdapterError> errors_;
};

// The types that an adapter stands between.
struct AdapterTypes {
  ServiceTypesRef contract;
  std::string
      service;  // The participant's default one; not of the contract = the contract's only one.
  ServiceTypesRef own;
};

// Immutable. Threads: any.
class Adapter final {
 public:
  // Errors: INVALID_ARGUMENT FIELD_INVALID (`adapter`) with all that is wrong and its places.
  static Result<std::shared_ptr<const Adapter>> Compile(const std::string& source,
                                                        const AdapterTypes& types);

  // Null = the method is called as it is.
  const AdaptedMethod* Find(const std::string& method, const std::string& service) const;
  const ServiceTypesRef& contract() const { return contract_; }
  // In the order of their names.
  const std::map<std::string, AdaptedMethod>& methods() const { return methods_; }

 private:
  friend class AdapterCompiler;
  Adapter() = default;

  ServiceTypesRef contract_;
  std::map<std::string, AdaptedMethod> methods_;  // By the contract's "pkg.Service/Method".
};

using AdapterRef = std::shared_ptr<const Adapter>;

}  // namespace saga

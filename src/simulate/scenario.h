// A definition made ready to be simulated: its expressions compiled, its input and the answers of
// its participants at hand.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/status.h"
#include "definition/answer_rules.h"
#include "definition/definition_conditions.h"
#include "definition/descriptors.h"
#include "definition/mapping.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/core/saga.h"

namespace saga::simulate {

struct ScenarioSettings {
  DefinitionRef definition;
  std::string input;  // JSON; empty = what the definition's input type is when nothing is set.
  // JSON by step, or by "step/query": what the participant answers, or a signal carries. What is
  // not named answers an empty message.
  std::map<std::string, std::string> answers;
};

// One operation of one step.
struct SimulatedMethod {
  std::string name;  // "shop.pay.v1.Payments/Authorize"
  std::unique_ptr<const CompiledMapping> request;
  std::unique_ptr<const AnswerRules> rules;
  PayloadRef answer;
  bool answer_given = false;
};

// Immutable after Make; shared by all runs. Threads: any.
// Borrows:  the descriptors, which must outlive it.
class Scenario final {
 public:
  // Errors: INVALID_ARGUMENT that names the step and what is wrong with its answer or the input.
  static Result<std::unique_ptr<const Scenario>> Make(const ScenarioSettings& settings,
                                                      const DescriptorSource& descriptors);

  const DefinitionRef& definition() const { return definition_; }
  const MappingTypes& types() const { return types_; }
  const Conditions& conditions() const { return conditions_; }
  const PayloadRef& input() const { return input_; }
  const std::string& business_key() const { return business_key_; }
  // Requires: the step has the operation.
  const SimulatedMethod& method(StepIndex step, Operation operation) const;
  // What a signal carries.
  PayloadRef Signal(StepIndex step) const;

 private:
  Scenario(DefinitionRef definition, const DescriptorSource& descriptors);

  Status TakeInput(const std::string& json);
  Status AddMethods(StepIndex step, const DescriptorSource& descriptors);
  Status AddMethod(StepIndex step, Operation operation, const DescriptorSource& descriptors);
  Status TakeAnswer(const std::string& name, const std::string& json);

  const DefinitionRef definition_;
  const MappingTypes types_;
  const DefinitionConditions conditions_;
  PayloadRef input_;
  std::string business_key_;
  std::map<std::pair<StepIndex, Operation>, SimulatedMethod> methods_;
  std::map<std::pair<StepIndex, Operation>, TypeHandle> answer_types_;
  std::map<StepIndex, PayloadRef> signals_;
};

}  // namespace saga::simulate

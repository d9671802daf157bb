// What an answer of OK says, by the rules of its step: `reject_if`, and `done_if`, `rejected_if`
// and `output` of a query.
#pragma once

#include <memory>
#include <string>

#include "definition/condition.h"
#include "definition/mapping.h"
#include "orchestrator/core/failure.h"

namespace saga {

// Of one operation of one step. Immutable after Compile. Threads: any.
class AnswerRules final {
 public:
  struct Reading {
    CallOutcome outcome = CallOutcome::kSucceeded;
    PayloadRef output;  // With kSucceeded and kDeclined: what the step answers.
    Failure failure;    // Empty with kSucceeded, and where a query was answered and knows neither.
  };

  // `answer` is what the operation's method answers. Errors: INVALID_ARGUMENT MAPPING_INVALID.
  static Result<std::unique_ptr<const AnswerRules>> Compile(const Definition& definition,
                                                            StepIndex step, Operation operation,
                                                            const TypeHandle& answer,
                                                            const DescriptorSource& source);

  // An answer that cannot be judged is unknown (EXPRESSION_FAILED): the participant may have acted.
  // `scope.output` is not looked at.
  Reading Read(const PayloadRef& answer, const MappingScope& scope) const;

 private:
  AnswerRules() = default;

  // An expression, for messages, and its compiled form; null = the definition has none.
  struct Rule {
    std::string text;
    std::unique_ptr<const CompiledCondition> condition;

    Result<bool> Holds(const MappingScope& scope) const {
      return condition ? condition->Evaluate(scope) : Result<bool>(false);
    }
  };
  static Result<Rule> CompileRule(const std::string& text, const MappingTypes& types,
                                  StepIndex own);

  Reading ReadQuery(const PayloadRef& answer, const MappingScope& scope) const;
  // `output` is what the step's own method answers.
  Reading ReadOwn(const PayloadRef& output, const MappingScope& scope) const;

  bool is_query_ = false;
  Rule reject_;  // `reject_if`, over the step's own answer.
  Rule done_;    // The others, over the query's.
  Rule rejected_;
  std::unique_ptr<const CompiledMapping> output_;  // Null = the query answers the same.
  std::string output_type_;
};

}  // namespace saga

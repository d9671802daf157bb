#include "definition/answer_rules.h"

#include <utility>

#include "definition/assign.h"

namespace saga {
namespace {

Failure FailureOf(StatusCode code, std::string reason, std::string message) {
  return {
      .code = code, .reason = std::move(reason), .domain = "sagad", .message = std::move(message)};
}

AnswerRules::Reading Unjudged(const Status& why) {
  return {.outcome = CallOutcome::kUnknown,
          .output = nullptr,
          .failure = FailureOf(
              StatusCode::kDataLoss, "EXPRESSION_FAILED",
              "the participant answered OK and may have acted, but its answer cannot be judged: " +
                  why.message())};
}

AnswerRules::Reading No(CallOutcome outcome, PayloadRef output, const std::string& message) {
  return {.outcome = outcome,
          .output = std::move(output),
          .failure = FailureOf(StatusCode::kFailedPrecondition, "ANSWER_REJECTED", message)};
}

}  // namespace

Result<AnswerRules::Rule> AnswerRules::CompileRule(const std::string& text,
                                                   const MappingTypes& types, StepIndex own) {
  Rule rule{.text = text, .condition = nullptr};
  if (text.empty()) return rule;
  SAGA_ASSIGN_OR_RETURN(rule.condition, CompiledCondition::Compile(text, types, own));
  return rule;
}

Result<std::unique_ptr<const AnswerRules>> AnswerRules::Compile(const Definition& definition,
                                                                StepIndex step, Operation operation,
                                                                const TypeHandle& answer,
                                                                const DescriptorSource& source) {
  std::unique_ptr<AnswerRules> rules(new AnswerRules());
  MappingTypes types = TypesOf(definition, source);
  const TypeHandle own = types.steps[ToSize(step)];
  if (IsForward(operation) || operation == Operation::kQuery) {
    types.output = own;
    SAGA_ASSIGN_OR_RETURN(
        rules->reject_,
        CompileRule(definition.call(step, ForwardOperation(definition.step(step))).reject_if, types,
                    step));
  }
  if (operation != Operation::kQuery) return std::unique_ptr<const AnswerRules>(std::move(rules));
  const QueryRule& query = *definition.step(step).query;
  rules->is_query_ = true;
  types.output = answer;
  SAGA_ASSIGN_OR_RETURN(rules->done_, CompileRule(query.done_if, types, step));
  SAGA_ASSIGN_OR_RETURN(rules->rejected_, CompileRule(query.rejected_if, types, step));
  if (query.output.kind != Mapping::Kind::kNone) {
    if (own.type == nullptr) {
      return InvalidMapping("output", "what the step's own method answers is not known");
    }
    SAGA_ASSIGN_OR_RETURN(rules->output_, CompiledMapping::Compile(query.output, own, types, step));
    rules->output_type_ = own.type->full_name();
  }
  return std::unique_ptr<const AnswerRules>(std::move(rules));
}

AnswerRules::Reading AnswerRules::Read(const PayloadRef& answer, const MappingScope& scope) const {
  return is_query_ ? ReadQuery(answer, scope) : ReadOwn(answer, scope);
}

AnswerRules::Reading AnswerRules::ReadOwn(const PayloadRef& output,
                                          const MappingScope& scope) const {
  MappingScope own = scope;
  own.output = output;
  const Result<bool> rejects = reject_.Holds(own);
  if (!rejects.ok()) return Unjudged(rejects.status());
  if (!*rejects) return {.output = output, .failure = {}};
  return No(CallOutcome::kDeclined, output, "its answer means no: " + reject_.text);
}

AnswerRules::Reading AnswerRules::ReadQuery(const PayloadRef& answer,
                                            const MappingScope& scope) const {
  MappingScope asked = scope;
  asked.output = answer;
  const Result<bool> done = done_.Holds(asked);
  if (!done.ok()) return Unjudged(done.status());
  if (*done) {
    if (!output_) return ReadOwn(answer, scope);
    Result<std::string> built = output_->Build(asked);
    if (!built.ok()) return Unjudged(built.status());
    return ReadOwn(MakePayload({PayloadEncoding::kProtobuf, output_type_, *std::move(built)}),
                   scope);
  }
  const Result<bool> rejected = rejected_.Holds(asked);
  if (!rejected.ok()) return Unjudged(rejected.status());
  if (!*rejected) return {.outcome = CallOutcome::kUnknown, .output = nullptr, .failure = {}};
  return No(CallOutcome::kRejected, nullptr, "the query's answer means no: " + rejected_.text);
}

}  // namespace saga

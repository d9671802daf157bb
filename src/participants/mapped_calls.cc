#include "participants/mapped_calls.h"

#include <memory>
#include <string>
#include <utility>

#include "definition/mapping.h"

namespace saga::participants {
namespace {

MappingScope ScopeOf(const ParticipantCall& call) {
  return {.saga = &call.saga,
          .business_key = &call.business_key,
          .input = call.input,
          .outputs = &call.outputs,
          .failure = &call.failure,
          .now = call.since};
}

class MappedCall final : public CallCodec {
 public:
  MappedCall(std::unique_ptr<const CompiledMapping> request,
             std::unique_ptr<const AnswerRules> answers)
      : request_(std::move(request)), answers_(std::move(answers)) {}

  Result<std::string> Build(const ParticipantCall& call) const override {
    return request_->Build(ScopeOf(call));
  }
  AnswerRules::Reading Read(const ParticipantCall& call, PayloadRef answer) const override {
    return answers_->Read(answer, ScopeOf(call));
  }

 private:
  const std::unique_ptr<const CompiledMapping> request_;
  const std::unique_ptr<const AnswerRules> answers_;
};

}  // namespace

CodecCompiler MappedCalls(const DescriptorSource& source) {
  return [&source](const ParticipantCall& call,
                   const CallTypes& types) -> Result<std::unique_ptr<const CallCodec>> {
    const Definition& definition = *call.definition;
    SAGA_ASSIGN_OR_RETURN(
        std::unique_ptr<const CompiledMapping> request,
        CompiledMapping::Compile(definition.call(call.step, call.operation).with, types.request,
                                 TypesOf(definition, source), call.step));
    SAGA_ASSIGN_OR_RETURN(
        std::unique_ptr<const AnswerRules> answers,
        AnswerRules::Compile(definition, call.step, call.operation, types.response, source));
    return std::unique_ptr<const CallCodec>(
        std::make_unique<MappedCall>(std::move(request), std::move(answers)));
  };
}

}  // namespace saga::participants

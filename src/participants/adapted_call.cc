#include "participants/adapted_call.h"

#include <utility>

#include "orchestrator/core/outcome.h"
#include "participants/classify.h"

namespace saga::participants {
namespace {

class AdaptedCall final : public CallCodec {
 public:
  AdaptedCall(std::unique_ptr<const CallCodec> inner, const AdaptedMethod& method)
      : inner_(std::move(inner)), method_(method) {}

  Result<std::string> Build(const ParticipantCall& call) const override {
    SAGA_ASSIGN_OR_RETURN(const MappingScope scope, ScopeOf(call));
    return method_.BuildRequest(scope);
  }

  AnswerRules::Reading Read(const ParticipantCall& call, PayloadRef answer) const override {
    Result<MappingScope> scope = ScopeOf(call);
    if (!scope.ok()) return Unmapped(scope.status());
    scope->output = std::move(answer);
    Result<AdaptedMethod::Reading> reading = method_.Read(*scope);
    if (!reading.ok()) return Unmapped(reading.status());
    if (!reading->error) return inner_->Read(call, std::move(reading->answer));
    Failure& failure = *reading->error;
    failure.message = FitForPeople(failure.message);
    const CallOutcome outcome =
        OutcomeOf(failure, call.definition->call(call.step, call.operation).errors);
    if (outcome == CallOutcome::kSucceeded) failure = {};
    return {.outcome = outcome, .output = nullptr, .failure = std::move(failure)};
  }

 private:
  // The contract's request is the same however often it is built.
  Result<MappingScope> ScopeOf(const ParticipantCall& call) const {
    SAGA_ASSIGN_OR_RETURN(std::string request, inner_->Build(call));
    return MappingScope{
        .saga = &call.saga,
        .business_key = &call.business_key,
        .input = MakePayload({PayloadEncoding::kProtobuf,
                              method_.contract().request.type->full_name(), std::move(request)}),
        .now = call.since};
  }

  static AnswerRules::Reading Unmapped(const Status& why) {
    return {.outcome = CallOutcome::kUnknown,
            .output = nullptr,
            .failure = {.code = StatusCode::kDataLoss,
                        .reason = "ANSWER_UNMAPPED",
                        .domain = "sagad",
                        .message = FitForPeople(why.message())}};
  }

  const std::unique_ptr<const CallCodec> inner_;
  const AdaptedMethod& method_;
};

}  // namespace

std::unique_ptr<const CallCodec> AdaptCall(std::unique_ptr<const CallCodec> inner,
                                           const AdaptedMethod& method) {
  return std::make_unique<const AdaptedCall>(std::move(inner), method);
}

}  // namespace saga::participants

#include "api/follow_ups.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "api/names.h"
#include "api/start_saga.h"
#include "api/validation.h"
#include "definition/mapping.h"
#include "orchestrator/core/follow_up.h"

namespace saga::api {
namespace {

FollowUpReplied ReplyOf(const Status& status) {
  FollowUpReplied reply;
  if (status.ok()) {
    reply.outcome = CallOutcome::kSucceeded;
    return reply;
  }
  // What says "not now" is tried again; the rest says no for good.
  const bool passes = status.code() == StatusCode::kUnavailable ||
                      status.code() == StatusCode::kResourceExhausted ||
                      status.code() == StatusCode::kAborted ||
                      status.code() == StatusCode::kInternal;
  reply.outcome = passes ? CallOutcome::kUnknown : CallOutcome::kRejected;
  reply.failure = {status.code(), status.reason(), "sagad", status.message()};
  return reply;
}

}  // namespace

Result<StartRequest> FollowUps::Make(const FollowUpOrder& order) const {
  const FollowUp& follow_up = FollowUpAt(*order.definition, order.place);
  const std::string name_space(order.cause.name_space());
  const SagaId saga = FollowUpId(order.cause, *order.definition, order.place);
  SAGA_ASSIGN_OR_RETURN(const DefinitionRef definition,
                        definitions_.ForStart(name_space, follow_up.definition));
  const MappingTypes types = TypesOf(*order.definition, types_);
  const MappingScope scope{.saga = &order.cause,
                           .business_key = &order.business_key,
                           .input = order.input,
                           .outputs = &order.outputs,
                           .failure = &order.failure};
  // What came late is the step's own answer.
  std::optional<StepIndex> own;
  if (order.place.kind == FollowUpKind::kLate) own = ToStep(order.place.index);
  v1::StartSagaRequest request;
  request.set_parent(NamespaceName(name_space));
  request.set_saga_id(std::string(saga.id()));
  request.set_definition(follow_up.definition);
  if (follow_up.with.kind != Mapping::Kind::kNone) {
    SAGA_ASSIGN_OR_RETURN(*request.mutable_input()->mutable_json(),
                          BuildJson(follow_up.with, types, scope, own));
  }
  if (follow_up.business_key.kind != Mapping::Kind::kNone) {
    SAGA_ASSIGN_OR_RETURN(*request.mutable_business_key(),
                          BuildText(follow_up.business_key, types, scope, own));
  }
  SAGA_RETURN_IF_ERROR(CheckStartRequest(request));
  const Caller caller{.actor = "saga:" + std::string(order.cause.id()),
                      .client = "sagad",
                      .traceparent = order.traceparent};
  return MakeStart(request, saga, definition, caller, types_);
}

Status FollowUps::CheckEnded(const SagaId& saga, const std::string& digest) {
  SAGA_ASSIGN_OR_RETURN(const std::optional<SagaRow> row, reader_.GetRow(saga));
  // It has left by age since: it was started once, and that is all that was asked.
  if (!row || row->start_digest == digest) return Status::Ok();
  return {StatusCode::kAlreadyExists, "SAGA_ID_REUSED",
          fmt::format("saga '{}' was started by somebody else, with another body", saga.id())};
}

void FollowUps::Submit(const FollowUpOrder& order, const FollowUpAnswerFn& answer) {
  Result<StartRequest> request = Make(order);
  if (!request.ok()) return answer(ReplyOf(request.status()));
  const SagaId saga = request->saga;
  const std::string digest = request->start_digest;
  orchestrator_.Start(*std::move(request), [this, saga, digest, answer](const RequestAnswer& got) {
    if (!got.status.ok() || got.saga != nullptr) return answer(ReplyOf(got.status));
    const Status accepted =
        pool_.Submit([this, saga, digest, answer] { answer(ReplyOf(CheckEnded(saga, digest))); });
    if (!accepted.ok()) answer(ReplyOf(accepted));
  });
}

void FollowUps::Start(FollowUpOrder order, FollowUpAnswerFn answer) {
  // Building an input may take long: no work for a shard's thread.
  const Status accepted =
      pool_.Submit([this, order = std::move(order), answer] { Submit(order, answer); });
  if (!accepted.ok()) answer(ReplyOf(accepted));
}

}  // namespace saga::api

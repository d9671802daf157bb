#include "api/operator_service.h"

#include <fmt/format.h>

#include <utility>

#include "api/convert.h"
#include "api/filter.h"
#include "api/limits.h"
#include "api/names.h"
#include "api/operator_action.h"
#include "api/page_token.h"
#include "api/stuck_groups.h"
#include "api/validation.h"
#include "base/version.h"
#include "definition/mapping.h"

namespace saga::api {
namespace {

// The part that all actions share: read, complete by `fill`, perform.
template <typename Request, typename Response, typename Fill>
grpc::ServerUnaryReactor* Act(Orchestrator& orchestrator, SagaFinder& finder, Forwarder& forwarder,
                              grpc::CallbackServerContext* context, const char* method,
                              OperatorAction kind, const Request& request, Response& response,
                              Fill fill) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, method);
  if (forwarder.Forward(*context, request.name(), request, response, finisher)) return reactor;
  const auto run = [&]() -> Status {
    SAGA_ASSIGN_OR_RETURN(const Caller caller, CallerOf(*context));
    SAGA_ASSIGN_OR_RETURN(OperatorActionRequest action,
                          ReadAction(kind, request.name(), request.context(), caller));
    SAGA_RETURN_IF_ERROR(fill(action));
    SetDigest(action);
    Perform(orchestrator, finder, std::move(action), *response.mutable_effect(), finisher);
    return Status::Ok();
  };
  if (const Status status = run(); !status.ok()) finisher.Finish(status);
  return reactor;
}

Status ReadOperation(v1::Operation operation, std::optional<Operation>& result) {
  if (operation == v1::OPERATION_UNSPECIFIED) return Status::Ok();
  result = FromProto(operation);
  if (!result) return InvalidField("operation", "is no operation that this server knows");
  return Status::Ok();
}

// What a person states must be what the step's method answers: later calls are built from it.
Status CheckOutput(const Definition& definition, StepIndex step, const Payload& output,
                   const DescriptorSource& types) {
  const TypeHandle type = TypesOf(definition, types).steps[ToSize(step)];
  if (type.type == nullptr) return Status::Ok();
  const Status fits = CheckInput(output, type.type->full_name(), type);
  return fits.ok() ? fits : InvalidField("output", fits.message());
}

Status Nothing(OperatorActionRequest&) { return Status::Ok(); }

}  // namespace

grpc::ServerUnaryReactor* OperatorService::RetryStep(grpc::CallbackServerContext* context,
                                                     const v1::RetryStepRequest* request,
                                                     v1::RetryStepResponse* response) {
  return Act(orchestrator_, finder_, forwarder_, context, "saga.v1.OperatorService/RetryStep",
             OperatorAction::kRetry, *request, *response, [request](OperatorActionRequest& action) {
               action.step_id = request->step_id();
               action.request.new_key = request->new_key();
               return ReadOperation(request->operation(), action.request.operation);
             });
}

grpc::ServerUnaryReactor* OperatorService::SkipStep(grpc::CallbackServerContext* context,
                                                    const v1::SkipStepRequest* request,
                                                    v1::SkipStepResponse* response) {
  const bool rejected = request->settle_as() == v1::SkipStepRequest::SETTLE_AS_REJECTED;
  return Act(orchestrator_, finder_, forwarder_, context, "saga.v1.OperatorService/SkipStep",
             rejected ? OperatorAction::kSettleRejected : OperatorAction::kSettleDone, *request,
             *response, [this, request](OperatorActionRequest& action) -> Status {
               if (request->step_id().empty()) return InvalidField("step_id", "is required");
               if (!v1::SkipStepRequest::SettleAs_IsValid(request->settle_as())) {
                 return InvalidField("settle_as", "must be DONE or REJECTED");
               }
               action.step_id = request->step_id();
               if (request->has_output()) {
                 SAGA_RETURN_IF_ERROR(CheckPayload("output", request->output()));
                 action.request.output = FromProto(request->output());
                 action.check_output = [this](const Definition& definition, StepIndex step,
                                              const Payload& output) {
                   return CheckOutput(definition, step, output, types_);
                 };
               }
               return ReadOperation(request->operation(), action.request.operation);
             });
}

grpc::ServerUnaryReactor* OperatorService::CompensateSaga(grpc::CallbackServerContext* context,
                                                          const v1::CompensateSagaRequest* request,
                                                          v1::CompensateSagaResponse* response) {
  return Act(orchestrator_, finder_, forwarder_, context, "saga.v1.OperatorService/CompensateSaga",
             OperatorAction::kCompensate, *request, *response, Nothing);
}

grpc::ServerUnaryReactor* OperatorService::ResolveSaga(grpc::CallbackServerContext* context,
                                                       const v1::ResolveSagaRequest* request,
                                                       v1::ResolveSagaResponse* response) {
  return Act(orchestrator_, finder_, forwarder_, context, "saga.v1.OperatorService/ResolveSaga",
             OperatorAction::kResolve, *request, *response,
             [request](OperatorActionRequest& action) -> Status {
               if (request->outcome() == v1::ResolveSagaRequest::OUTCOME_SUCCEEDED) {
                 action.request.resolve_as = ResolvedAs::kSucceeded;
               } else if (request->outcome() == v1::ResolveSagaRequest::OUTCOME_COMPENSATED) {
                 action.request.resolve_as = ResolvedAs::kCompensated;
               } else {
                 return InvalidField("outcome", "is required: SUCCEEDED or COMPENSATED");
               }
               action.request.reference = request->reference();
               return CheckText("reference", request->reference(), kReferenceCharsMax);
             });
}

grpc::ServerUnaryReactor* OperatorService::PauseSaga(grpc::CallbackServerContext* context,
                                                     const v1::PauseSagaRequest* request,
                                                     v1::PauseSagaResponse* response) {
  return Act(orchestrator_, finder_, forwarder_, context, "saga.v1.OperatorService/PauseSaga",
             OperatorAction::kPause, *request, *response, Nothing);
}

grpc::ServerUnaryReactor* OperatorService::ResumeSaga(grpc::CallbackServerContext* context,
                                                      const v1::ResumeSagaRequest* request,
                                                      v1::ResumeSagaResponse* response) {
  return Act(orchestrator_, finder_, forwarder_, context, "saga.v1.OperatorService/ResumeSaga",
             OperatorAction::kResume, *request, *response, Nothing);
}

grpc::ServerUnaryReactor* OperatorService::ListStuckGroups(
    grpc::CallbackServerContext* context, const v1::ListStuckGroupsRequest* request,
    v1::ListStuckGroupsResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.OperatorService/ListStuckGroups");
  if (forwarder_.Forward(*context, "", *request, *response, finisher)) return reactor;
  api::ListStuckGroups(orchestrator_, reader_, finder_, participants_, *request, *response,
                       finisher);
  return reactor;
}

grpc::ServerUnaryReactor* OperatorService::ListAuditEntries(
    grpc::CallbackServerContext* context, const v1::ListAuditEntriesRequest* request,
    v1::ListAuditEntriesResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.OperatorService/ListAuditEntries");
  finder_.OnPool(
      [this, request, response]() -> Status {
        SAGA_ASSIGN_OR_RETURN(const std::string name_space,
                              ParseParent("parent", request->parent()));
        SAGA_ASSIGN_OR_RETURN(const AuditFilter filter,
                              ParseAuditFilter(request->filter(), name_space));
        SAGA_ASSIGN_OR_RETURN(const std::size_t size,
                              ReadPageSize(request->page_size(), kPageSizeDefault));
        const std::string scope = TokenScope({"ListAuditEntries", name_space, request->filter()});
        SAGA_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> before,
                              ReadNumberToken(scope, request->page_token()));
        std::optional<std::int64_t> before_id;
        if (before) before_id = static_cast<std::int64_t>(*before);
        SAGA_ASSIGN_OR_RETURN(const AuditPage page,
                              reader_.ListAudit(name_space, filter, before_id, size));
        for (const AuditEntry& entry : page.entries) ToProto(entry, *response->add_audit_entries());
        if (page.next) {
          response->set_next_page_token(MakePageToken(scope, std::to_string(*page.next)));
        }
        return Status::Ok();
      },
      [finisher](const Status& status) { finisher.Finish(status); });
  return reactor;
}

grpc::ServerUnaryReactor* OperatorService::GetServer(grpc::CallbackServerContext* context,
                                                     const v1::GetServerRequest*,
                                                     v1::GetServerResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.OperatorService/GetServer");
  response->set_version(std::string(Version()));
  if (cluster_.self) response->set_node(cluster_.self().node);
  const LeaseTable leases = cluster_.leases ? cluster_.leases() : LeaseTable();
  for (const NodeSeen& seen : leases.nodes) {
    v1::GetServerResponse::Node& node = *response->add_nodes();
    node.set_node(seen.info.node);
    node.set_address(seen.info.address);
    node.set_version(seen.info.version);
    SetTime(seen.seen, *node.mutable_seen_time());
  }
  for (const ShardLease& lease : leases.shards) {
    v1::GetServerResponse::Shard& shard = *response->add_shards();
    shard.set_shard(static_cast<std::int32_t>(ToNumber(lease.shard)));
    shard.set_epoch(static_cast<std::int64_t>(ToNumber(lease.epoch)));
    if (lease.expires <= leases.now) continue;  // Nobody's.
    shard.set_node(lease.node);
    SetTime(lease.expires, *shard.mutable_lease_expire_time());
  }
  finisher.Finish(Status::Ok());
  return reactor;
}

}  // namespace saga::api

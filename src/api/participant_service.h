// saga.v1.ParticipantService: who does the work of steps.
#pragma once

#include "api/blocking_pool.h"
#include "api/call.h"
#include "api/forwarder.h"
#include "api/saga_news.h"
#include "definition/adapter.h"
#include "definition/registry.h"
#include "orchestrator/participant_directory.h"
#include "orchestrator/saga_reader.h"
#include "orchestrator/task_token.h"
#include "saga/v1/participant_service.grpc.pb.h"

namespace saga::api {

// Threads:   any. Borrows everything passed to the constructor.
class ParticipantService final : public v1::ParticipantService::CallbackService {
 public:
  ParticipantService(ParticipantDirectory& participants, const DefinitionRegistry& definitions,
                     const DescriptorSource& types, SagaReader& reader, SagaNews& news,
                     TaskTokens tokens, BlockingPool& pool, Forwarder& forwarder)
      : participants_(participants),
        definitions_(definitions),
        types_(types),
        reader_(reader),
        news_(news),
        tokens_(std::move(tokens)),
        pool_(pool),
        forwarder_(forwarder) {}

  grpc::ServerUnaryReactor* RegisterParticipant(grpc::CallbackServerContext* context,
                                                const v1::RegisterParticipantRequest* request,
                                                v1::RegisterParticipantResponse* response) override;
  grpc::ServerUnaryReactor* ListParticipants(grpc::CallbackServerContext* context,
                                             const v1::ListParticipantsRequest* request,
                                             v1::ListParticipantsResponse* response) override;
  grpc::ServerUnaryReactor* GetParticipant(grpc::CallbackServerContext* context,
                                           const v1::GetParticipantRequest* request,
                                           v1::GetParticipantResponse* response) override;
  grpc::ServerUnaryReactor* ProbeParticipant(grpc::CallbackServerContext* context,
                                             const v1::ProbeParticipantRequest* request,
                                             v1::ProbeParticipantResponse* response) override;
  grpc::ServerUnaryReactor* CheckParticipant(grpc::CallbackServerContext* context,
                                             const v1::CheckParticipantRequest* request,
                                             v1::CheckParticipantResponse* response) override;
  grpc::ServerUnaryReactor* ReportStepOutcome(grpc::CallbackServerContext* context,
                                              const v1::ReportStepOutcomeRequest* request,
                                              v1::ReportStepOutcomeResponse* response) override;

 private:
  Status Register(const v1::RegisterParticipantRequest& request, const Caller& caller,
                  v1::RegisterParticipantResponse& response);
  Status List(const v1::ListParticipantsRequest& request,
              v1::ListParticipantsResponse& response) const;
  Status Check(const v1::CheckParticipantRequest& request, v1::CheckParticipantResponse& response);
  // Its adapter to other types of its own; null = it has none. Errors: it does not fit.
  Result<AdapterRef> AdapterTo(const ServiceTypesRef& types, const ParticipantStatus& known) const;
  // With the definitions that use it.
  void FillWithUses(const ParticipantStatus& status, v1::Participant& proto) const;

  ParticipantDirectory& participants_;
  const DefinitionRegistry& definitions_;
  const DescriptorSource& types_;
  SagaReader& reader_;
  SagaNews& news_;
  const TaskTokens tokens_;
  BlockingPool& pool_;
  Forwarder& forwarder_;
};

}  // namespace saga::api

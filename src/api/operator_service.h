// saga.v1.OperatorService: what people on call do and see.
#pragma once

#include <functional>

#include "api/forwarder.h"
#include "api/saga_finder.h"
#include "definition/descriptors.h"
#include "orchestrator/lease.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/participant_directory.h"
#include "orchestrator/saga_reader.h"
#include "saga/v1/operator_service.grpc.pb.h"

namespace saga::api {

// What this node knows of its cluster.
struct ClusterView {
  std::function<NodeInfo()> self;
  std::function<LeaseTable()> leases;  // As last seen.
};

// Threads:   any. Borrows everything passed to the constructor.
class OperatorService final : public v1::OperatorService::CallbackService {
 public:
  OperatorService(Orchestrator& orchestrator, SagaReader& reader, SagaFinder& finder,
                  const ParticipantDirectory& participants, Forwarder& forwarder,
                  const DescriptorSource& types, ClusterView cluster)
      : orchestrator_(orchestrator),
        reader_(reader),
        finder_(finder),
        participants_(participants),
        forwarder_(forwarder),
        types_(types),
        cluster_(std::move(cluster)) {}

  grpc::ServerUnaryReactor* ListStuckGroups(grpc::CallbackServerContext* context,
                                            const v1::ListStuckGroupsRequest* request,
                                            v1::ListStuckGroupsResponse* response) override;
  grpc::ServerUnaryReactor* RetryStep(grpc::CallbackServerContext* context,
                                      const v1::RetryStepRequest* request,
                                      v1::RetryStepResponse* response) override;
  grpc::ServerUnaryReactor* SkipStep(grpc::CallbackServerContext* context,
                                     const v1::SkipStepRequest* request,
                                     v1::SkipStepResponse* response) override;
  grpc::ServerUnaryReactor* CompensateSaga(grpc::CallbackServerContext* context,
                                           const v1::CompensateSagaRequest* request,
                                           v1::CompensateSagaResponse* response) override;
  grpc::ServerUnaryReactor* ResolveSaga(grpc::CallbackServerContext* context,
                                        const v1::ResolveSagaRequest* request,
                                        v1::ResolveSagaResponse* response) override;
  grpc::ServerUnaryReactor* PauseSaga(grpc::CallbackServerContext* context,
                                      const v1::PauseSagaRequest* request,
                                      v1::PauseSagaResponse* response) override;
  grpc::ServerUnaryReactor* ResumeSaga(grpc::CallbackServerContext* context,
                                       const v1::ResumeSagaRequest* request,
                                       v1::ResumeSagaResponse* response) override;
  grpc::ServerUnaryReactor* ListAuditEntries(grpc::CallbackServerContext* context,
                                             const v1::ListAuditEntriesRequest* request,
                                             v1::ListAuditEntriesResponse* response) override;

  grpc::ServerUnaryReactor* GetServer(grpc::CallbackServerContext* context,
                                      const v1::GetServerRequest* request,
                                      v1::GetServerResponse* response) override;

 private:
  Orchestrator& orchestrator_;
  SagaReader& reader_;
  SagaFinder& finder_;
  const ParticipantDirectory& participants_;
  Forwarder& forwarder_;
  const DescriptorSource& types_;
  const ClusterView cluster_;
};

}  // namespace saga::api

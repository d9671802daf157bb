// saga.v1.SagaService: what services that start sagas use.
#pragma once

#include "api/call.h"
#include "api/forwarder.h"
#include "api/saga_finder.h"
#include "api/saga_news.h"
#include "api/watch_hub.h"
#include "definition/descriptors.h"
#include "definition/registry.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/saga_reader.h"
#include "saga/v1/saga_service.grpc.pb.h"

namespace saga::api {

// Threads:   any. Borrows everything passed to the constructor.
class SagaService final : public v1::SagaService::CallbackService {
 public:
  SagaService(Orchestrator& orchestrator, SagaReader& reader, SagaFinder& finder, SagaNews& news,
              WatchHub& watch, const DefinitionRegistry& definitions, const DescriptorSource& types,
              const Conditions& conditions, Forwarder& forwarder)
      : orchestrator_(orchestrator),
        reader_(reader),
        finder_(finder),
        news_(news),
        watch_(watch),
        definitions_(definitions),
        types_(types),
        conditions_(conditions),
        forwarder_(forwarder) {}

  grpc::ServerUnaryReactor* StartSaga(grpc::CallbackServerContext* context,
                                      const v1::StartSagaRequest* request,
                                      v1::StartSagaResponse* response) override;
  grpc::ServerUnaryReactor* GetSaga(grpc::CallbackServerContext* context,
                                    const v1::GetSagaRequest* request,
                                    v1::GetSagaResponse* response) override;
  grpc::ServerUnaryReactor* ListSagas(grpc::CallbackServerContext* context,
                                      const v1::ListSagasRequest* request,
                                      v1::ListSagasResponse* response) override;
  grpc::ServerUnaryReactor* WaitSaga(grpc::CallbackServerContext* context,
                                     const v1::WaitSagaRequest* request,
                                     v1::WaitSagaResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchSagasResponse>* WatchSagas(
      grpc::CallbackServerContext* context, const v1::WatchSagasRequest* request) override;
  grpc::ServerUnaryReactor* ListSagaEvents(grpc::CallbackServerContext* context,
                                           const v1::ListSagaEventsRequest* request,
                                           v1::ListSagaEventsResponse* response) override;
  grpc::ServerUnaryReactor* CancelSaga(grpc::CallbackServerContext* context,
                                       const v1::CancelSagaRequest* request,
                                       v1::CancelSagaResponse* response) override;
  grpc::ServerUnaryReactor* SignalSaga(grpc::CallbackServerContext* context,
                                       const v1::SignalSagaRequest* request,
                                       v1::SignalSagaResponse* response) override;

 private:
  struct Start;  // One start on its way.

  Status BeginStart(const grpc::CallbackServerContext& context, const v1::StartSagaRequest& request,
                    v1::StartSagaResponse& response, const Finisher& finisher);
  void OnStarted(const Start& start, const RequestAnswer& answer);
  // The id belongs to a saga that has ended: the same start again, or another one. Blocks.
  Status AnswerForEnded(const Start& start);
  void Preview(const Start& start);
  // Answers once the saga has come as far as the caller waits for, or when the time is over.
  void WaitFor(const Start& start, WaitGoal goal);

  Orchestrator& orchestrator_;
  SagaReader& reader_;
  SagaFinder& finder_;
  SagaNews& news_;
  WatchHub& watch_;
  const DefinitionRegistry& definitions_;
  const DescriptorSource& types_;
  const Conditions& conditions_;
  Forwarder& forwarder_;
};

}  // namespace saga::api

// saga.v1.DefinitionService: for the teams that own definitions, and for their CI.
#pragma once

#include "api/blocking_pool.h"
#include "api/call.h"
#include "api/forwarder.h"
#include "definition/registry.h"
#include "orchestrator/participant_directory.h"
#include "orchestrator/saga_reader.h"
#include "saga/v1/definition_service.grpc.pb.h"

namespace saga::api {

// Threads:   any. Borrows everything passed to the constructor.
class DefinitionService final : public v1::DefinitionService::CallbackService {
 public:
  DefinitionService(DefinitionRegistry& definitions, SagaReader& reader,
                    ParticipantDirectory& participants, BlockingPool& pool, Forwarder& forwarder)
      : definitions_(definitions),
        reader_(reader),
        participants_(participants),
        pool_(pool),
        forwarder_(forwarder) {}

  grpc::ServerUnaryReactor* RegisterDefinition(grpc::CallbackServerContext* context,
                                               const v1::RegisterDefinitionRequest* request,
                                               v1::RegisterDefinitionResponse* response) override;
  grpc::ServerUnaryReactor* LintDefinition(grpc::CallbackServerContext* context,
                                           const v1::LintDefinitionRequest* request,
                                           v1::LintDefinitionResponse* response) override;
  grpc::ServerUnaryReactor* DiffDefinition(grpc::CallbackServerContext* context,
                                           const v1::DiffDefinitionRequest* request,
                                           v1::DiffDefinitionResponse* response) override;
  grpc::ServerUnaryReactor* GetDefinition(grpc::CallbackServerContext* context,
                                          const v1::GetDefinitionRequest* request,
                                          v1::GetDefinitionResponse* response) override;
  grpc::ServerUnaryReactor* ListDefinitions(grpc::CallbackServerContext* context,
                                            const v1::ListDefinitionsRequest* request,
                                            v1::ListDefinitionsResponse* response) override;
  grpc::ServerUnaryReactor* ActivateDefinition(grpc::CallbackServerContext* context,
                                               const v1::ActivateDefinitionRequest* request,
                                               v1::ActivateDefinitionResponse* response) override;
  grpc::ServerUnaryReactor* RetireDefinition(grpc::CallbackServerContext* context,
                                             const v1::RetireDefinitionRequest* request,
                                             v1::RetireDefinitionResponse* response) override;

 private:
  Status Register(const v1::RegisterDefinitionRequest& request, const Caller& caller,
                  v1::RegisterDefinitionResponse& response);
  Status Diff(const v1::DiffDefinitionRequest& request, v1::DiffDefinitionResponse& response);
  Status List(const v1::ListDefinitionsRequest& request, v1::ListDefinitionsResponse& response);
  // The version that a change names: one must be named.
  Result<DefinitionVersion> Named(const std::string& name) const;
  enum class Detail : std::uint8_t { kWithoutSource, kWithSource };
  void Fill(const DefinitionVersion& version, Detail detail, v1::Definition& proto) const;
  // How many sagas live on it. Blocks.
  Status CountSagas(const std::string& name_space, v1::Definition& proto);

  DefinitionRegistry& definitions_;
  SagaReader& reader_;
  ParticipantDirectory& participants_;
  BlockingPool& pool_;
  Forwarder& forwarder_;
};

}  // namespace saga::api

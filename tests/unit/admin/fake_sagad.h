// A sagad that answers from memory, within the process.
#pragma once

#include <grpcpp/server.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "saga/v1/definition_service.grpc.pb.h"
#include "saga/v1/operator_service.grpc.pb.h"
#include "saga/v1/participant_service.grpc.pb.h"
#include "saga/v1/saga_service.grpc.pb.h"

namespace saga::admin::test {

// An error as sagad sends it.
grpc::Status Refusal(grpc::StatusCode code, const std::string& reason, const std::string& message);

// Filters: business_key="X" and saga="X*" are understood, everything else matches all.
class FakeSagas final : public v1::SagaService::Service {
 public:
  std::vector<v1::Saga> sagas;
  std::vector<v1::SagaEvent> events;         // ListSagaEvents
  std::vector<v1::WatchSagasResponse> feed;  // WatchSagas
  grpc::Status start_refusal;
  int page_size_max = 1000;

  std::vector<v1::StartSagaRequest> starts;
  std::vector<v1::ListSagasRequest> lists;
  std::vector<v1::CancelSagaRequest> cancels;
  std::vector<v1::WatchSagasRequest> watches;
  std::vector<v1::SignalSagaRequest> signals;
  v1::SignalSagaResponse signalled;
  std::string actor;  // Of the last call.

  grpc::Status SignalSaga(grpc::ServerContext*, const v1::SignalSagaRequest*,
                          v1::SignalSagaResponse*) override;
  grpc::Status StartSaga(grpc::ServerContext*, const v1::StartSagaRequest*,
                         v1::StartSagaResponse*) override;
  grpc::Status GetSaga(grpc::ServerContext*, const v1::GetSagaRequest*,
                       v1::GetSagaResponse*) override;
  grpc::Status ListSagas(grpc::ServerContext*, const v1::ListSagasRequest*,
                         v1::ListSagasResponse*) override;
  grpc::Status WaitSaga(grpc::ServerContext*, const v1::WaitSagaRequest*,
                        v1::WaitSagaResponse*) override;
  grpc::Status WatchSagas(grpc::ServerContext*, const v1::WatchSagasRequest*,
                          grpc::ServerWriter<v1::WatchSagasResponse>*) override;
  grpc::Status ListSagaEvents(grpc::ServerContext*, const v1::ListSagaEventsRequest*,
                              v1::ListSagaEventsResponse*) override;
  grpc::Status CancelSaga(grpc::ServerContext*, const v1::CancelSagaRequest*,
                          v1::CancelSagaResponse*) override;

 private:
  const v1::Saga* Find(const std::string& name) const;
};

class FakeOperator final : public v1::OperatorService::Service {
 public:
  explicit FakeOperator(FakeSagas& sagas) : sagas_(sagas) {}

  std::vector<v1::StuckGroup> groups;
  std::vector<v1::AuditEntry> audit;
  std::map<std::string, grpc::Status> refusals;  // By saga id.
  int races = 0;                                 // So many changes are refused with ETAG_MISMATCH.
  std::vector<v1::PlannedCall> plan;

  std::vector<v1::RetryStepRequest> retries;
  std::vector<v1::SkipStepRequest> skips;
  std::vector<v1::CompensateSagaRequest> compensations;
  std::vector<v1::ResolveSagaRequest> resolutions;

  grpc::Status ListStuckGroups(grpc::ServerContext*, const v1::ListStuckGroupsRequest*,
                               v1::ListStuckGroupsResponse*) override;
  grpc::Status RetryStep(grpc::ServerContext*, const v1::RetryStepRequest*,
                         v1::RetryStepResponse*) override;
  grpc::Status SkipStep(grpc::ServerContext*, const v1::SkipStepRequest*,
                        v1::SkipStepResponse*) override;
  grpc::Status CompensateSaga(grpc::ServerContext*, const v1::CompensateSagaRequest*,
                              v1::CompensateSagaResponse*) override;
  grpc::Status ResolveSaga(grpc::ServerContext*, const v1::ResolveSagaRequest*,
                           v1::ResolveSagaResponse*) override;
  grpc::Status PauseSaga(grpc::ServerContext*, const v1::PauseSagaRequest*,
                         v1::PauseSagaResponse*) override;
  grpc::Status ListAuditEntries(grpc::ServerContext*, const v1::ListAuditEntriesRequest*,
                                v1::ListAuditEntriesResponse*) override;
  grpc::Status GetServer(grpc::ServerContext*, const v1::GetServerRequest*,
                         v1::GetServerResponse*) override;

 private:
  grpc::Status Act(const std::string& name, const v1::ActionContext& context,
                   v1::ActionEffect* effect);
  FakeSagas& sagas_;
};

class FakeDefinitions final : public v1::DefinitionService::Service {
 public:
  v1::Definition definition;
  grpc::Status refusal;
  std::vector<v1::RegisterDefinitionRequest> registrations;
  std::vector<v1::RetireDefinitionRequest> retirements;
  std::vector<v1::LintDefinitionRequest> lints;
  std::vector<v1::Diagnostic> diagnostics;
  std::vector<v1::DiffDefinitionRequest> diffs;
  v1::DiffDefinitionResponse diff;

  grpc::Status DiffDefinition(grpc::ServerContext*, const v1::DiffDefinitionRequest*,
                              v1::DiffDefinitionResponse*) override;
  grpc::Status RegisterDefinition(grpc::ServerContext*, const v1::RegisterDefinitionRequest*,
                                  v1::RegisterDefinitionResponse*) override;
  grpc::Status LintDefinition(grpc::ServerContext*, const v1::LintDefinitionRequest*,
                              v1::LintDefinitionResponse*) override;
  grpc::Status GetDefinition(grpc::ServerContext*, const v1::GetDefinitionRequest*,
                             v1::GetDefinitionResponse*) override;
  grpc::Status RetireDefinition(grpc::ServerContext*, const v1::RetireDefinitionRequest*,
                                v1::RetireDefinitionResponse*) override;
};

class FakeParticipants final : public v1::ParticipantService::Service {
 public:
  v1::Participant participant;
  std::vector<std::string> problems;
  std::vector<v1::RegisterParticipantRequest> registrations;
  std::vector<v1::ReportStepOutcomeRequest> reports;
  v1::ReportStepOutcomeResponse reported;
  grpc::Status report_refusal;
  std::vector<v1::CheckParticipantRequest> checks;
  v1::CheckParticipantResponse check;

  grpc::Status ReportStepOutcome(grpc::ServerContext*, const v1::ReportStepOutcomeRequest*,
                                 v1::ReportStepOutcomeResponse*) override;
  grpc::Status CheckParticipant(grpc::ServerContext*, const v1::CheckParticipantRequest*,
                                v1::CheckParticipantResponse*) override;
  grpc::Status RegisterParticipant(grpc::ServerContext*, const v1::RegisterParticipantRequest*,
                                   v1::RegisterParticipantResponse*) override;
  grpc::Status GetParticipant(grpc::ServerContext*, const v1::GetParticipantRequest*,
                              v1::GetParticipantResponse*) override;
  grpc::Status ProbeParticipant(grpc::ServerContext*, const v1::ProbeParticipantRequest*,
                                v1::ProbeParticipantResponse*) override;
};

// The services behind a channel without a socket.
class FakeSagad final {
 public:
  FakeSagad();
  ~FakeSagad();

  FakeSagas sagas;
  FakeOperator operators{sagas};
  FakeDefinitions definitions;
  FakeParticipants participants;

  std::shared_ptr<grpc::Channel> Channel();

 private:
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace saga::admin::test

#include "unit/admin/fake_sagad.h"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/server_builder.h>

#include <algorithm>

namespace saga::admin::test {
namespace {

// X of `field="X"`; empty when the filter does not compare the field.
std::string Wanted(const std::string& filter, const std::string& field) {
  const std::string begin = field + "=\"";
  const std::size_t at = filter.find(begin);
  if (at == std::string::npos) return "";
  const std::size_t from = at + begin.size();
  return filter.substr(from, filter.find('"', from) - from);
}

bool Matches(const v1::Saga& saga, const std::string& filter) {
  const std::string key = Wanted(filter, "business_key");
  if (!key.empty()) return saga.business_key() == key;
  std::string id = Wanted(filter, "saga");
  if (id.empty()) return true;
  const std::string own = saga.name().substr(saga.name().rfind('/') + 1);
  if (!id.ends_with('*')) return own == id;
  id.pop_back();
  return own.starts_with(id);
}

}  // namespace

grpc::Status Refusal(grpc::StatusCode code, const std::string& reason, const std::string& message) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("sagad");
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  details.add_details()->PackFrom(info);
  return {code, message, details.SerializeAsString()};
}

const v1::Saga* FakeSagas::Find(const std::string& name) const {
  const auto found =
      std::find_if(sagas.begin(), sagas.end(), [&](const auto& s) { return s.name() == name; });
  return found == sagas.end() ? nullptr : &*found;
}

grpc::Status FakeSagas::SignalSaga(grpc::ServerContext*, const v1::SignalSagaRequest* request,
                                   v1::SignalSagaResponse* response) {
  signals.push_back(*request);
  *response = signalled;
  return grpc::Status::OK;
}

grpc::Status FakeSagas::StartSaga(grpc::ServerContext*, const v1::StartSagaRequest* request,
                                  v1::StartSagaResponse* response) {
  starts.push_back(*request);
  if (!start_refusal.ok()) return start_refusal;
  v1::Saga& saga = *response->mutable_saga();
  saga.set_name("namespaces/default/sagas/" + request->saga_id());
  saga.set_definition_version("namespaces/default/definitions/" + request->definition() +
                              "/versions/7");
  saga.set_state(v1::Saga::STATE_RUNNING);
  saga.set_business_key(request->business_key());
  return grpc::Status::OK;
}

grpc::Status FakeSagas::GetSaga(grpc::ServerContext* context, const v1::GetSagaRequest* request,
                                v1::GetSagaResponse* response) {
  const auto sent = context->client_metadata().find("x-saga-actor");
  if (sent != context->client_metadata().end()) {
    actor.assign(sent->second.data(), sent->second.size());
  }
  const v1::Saga* saga = Find(request->name());
  if (saga == nullptr)
    return Refusal(grpc::NOT_FOUND, "SAGA_NOT_FOUND", "no saga " + request->name());
  *response->mutable_saga() = *saga;
  return grpc::Status::OK;
}

grpc::Status FakeSagas::ListSagas(grpc::ServerContext*, const v1::ListSagasRequest* request,
                                  v1::ListSagasResponse* response) {
  lists.push_back(*request);
  const std::size_t begin = request->page_token().empty() ? 0 : std::stoul(request->page_token());
  std::size_t at = begin;
  for (; at < sagas.size(); ++at) {
    if (response->sagas_size() == std::min(request->page_size(), page_size_max)) break;
    if (Matches(sagas[at], request->filter())) *response->add_sagas() = sagas[at];
  }
  if (at < sagas.size()) response->set_next_page_token(std::to_string(at));
  response->set_total_size(static_cast<int>(sagas.size()));
  return grpc::Status::OK;
}

grpc::Status FakeSagas::WaitSaga(grpc::ServerContext*, const v1::WaitSagaRequest* request,
                                 v1::WaitSagaResponse* response) {
  const v1::Saga* saga = Find(request->name());
  if (saga == nullptr)
    return Refusal(grpc::NOT_FOUND, "SAGA_NOT_FOUND", "no saga " + request->name());
  *response->mutable_saga() = *saga;
  response->set_reached(saga->has_end_time() ||
                        (request->until() == v1::WAIT_UNTIL_PIVOT && saga->pivot_passed()));
  return grpc::Status::OK;
}

grpc::Status FakeSagas::WatchSagas(grpc::ServerContext*, const v1::WatchSagasRequest* request,
                                   grpc::ServerWriter<v1::WatchSagasResponse>* writer) {
  watches.push_back(*request);
  for (const v1::WatchSagasResponse& response : feed) writer->Write(response);
  return Refusal(grpc::UNAVAILABLE, "DRAINING", "the server is stopping");
}

grpc::Status FakeSagas::ListSagaEvents(grpc::ServerContext*, const v1::ListSagaEventsRequest*,
                                       v1::ListSagaEventsResponse* response) {
  *response->mutable_events() = {events.begin(), events.end()};
  return grpc::Status::OK;
}

grpc::Status FakeSagas::CancelSaga(grpc::ServerContext*, const v1::CancelSagaRequest* request,
                                   v1::CancelSagaResponse* response) {
  cancels.push_back(*request);
  *response->mutable_saga() = *Find(request->name());
  response->mutable_saga()->set_state(v1::Saga::STATE_COMPENSATING);
  return grpc::Status::OK;
}

grpc::Status FakeOperator::Act(const std::string& name, const v1::ActionContext& context,
                               v1::ActionEffect* effect) {
  if (context.reason().size() < 8) {
    return Refusal(grpc::INVALID_ARGUMENT, "FIELD_INVALID", "context.reason is too short");
  }
  const auto refusal = refusals.find(name.substr(name.rfind('/') + 1));
  if (refusal != refusals.end()) return refusal->second;
  if (races > 0) {
    --races;
    return Refusal(grpc::ABORTED, "ETAG_MISMATCH", "the saga has changed");
  }
  for (v1::Saga& saga : sagas_.sagas) {
    if (saga.name() != name) continue;
    *effect->mutable_saga() = saga;
    effect->set_previous_state(saga.state());
    if (!context.validate_only()) effect->mutable_saga()->set_health(v1::Saga::HEALTH_OK);
    for (const v1::PlannedCall& call : plan) *effect->add_plan() = call;
  }
  return grpc::Status::OK;
}

grpc::Status FakeOperator::ListStuckGroups(grpc::ServerContext*, const v1::ListStuckGroupsRequest*,
                                           v1::ListStuckGroupsResponse* response) {
  *response->mutable_stuck_groups() = {groups.begin(), groups.end()};
  return grpc::Status::OK;
}

grpc::Status FakeOperator::RetryStep(grpc::ServerContext*, const v1::RetryStepRequest* request,
                                     v1::RetryStepResponse* response) {
  retries.push_back(*request);
  return Act(request->name(), request->context(), response->mutable_effect());
}

grpc::Status FakeOperator::SkipStep(grpc::ServerContext*, const v1::SkipStepRequest* request,
                                    v1::SkipStepResponse* response) {
  skips.push_back(*request);
  return Act(request->name(), request->context(), response->mutable_effect());
}

grpc::Status FakeOperator::CompensateSaga(grpc::ServerContext*,
                                          const v1::CompensateSagaRequest* request,
                                          v1::CompensateSagaResponse* response) {
  compensations.push_back(*request);
  return Act(request->name(), request->context(), response->mutable_effect());
}

grpc::Status FakeOperator::ResolveSaga(grpc::ServerContext*, const v1::ResolveSagaRequest* request,
                                       v1::ResolveSagaResponse* response) {
  resolutions.push_back(*request);
  const grpc::Status status = Act(request->name(), request->context(), response->mutable_effect());
  if (status.ok() && !request->context().validate_only()) {
    response->mutable_effect()->mutable_saga()->set_state(v1::Saga::STATE_RESOLVED);
    response->mutable_effect()->mutable_saga()->set_resolved_as(v1::Saga::STATE_COMPENSATED);
  }
  return status;
}

grpc::Status FakeOperator::PauseSaga(grpc::ServerContext*, const v1::PauseSagaRequest* request,
                                     v1::PauseSagaResponse* response) {
  const grpc::Status status = Act(request->name(), request->context(), response->mutable_effect());
  response->mutable_effect()->mutable_saga()->set_health(v1::Saga::HEALTH_PAUSED);
  return status;
}

grpc::Status FakeOperator::ListAuditEntries(grpc::ServerContext*,
                                            const v1::ListAuditEntriesRequest*,
                                            v1::ListAuditEntriesResponse* response) {
  *response->mutable_audit_entries() = {audit.begin(), audit.end()};
  return grpc::Status::OK;
}

grpc::Status FakeOperator::GetServer(grpc::ServerContext*, const v1::GetServerRequest*,
                                     v1::GetServerResponse* response) {
  response->set_version("0.0.7");
  return grpc::Status::OK;
}

grpc::Status FakeDefinitions::RegisterDefinition(grpc::ServerContext*,
                                                 const v1::RegisterDefinitionRequest* request,
                                                 v1::RegisterDefinitionResponse* response) {
  registrations.push_back(*request);
  if (!refusal.ok()) return refusal;
  *response->mutable_definition() = definition;
  return grpc::Status::OK;
}

grpc::Status FakeDefinitions::DiffDefinition(grpc::ServerContext*,
                                             const v1::DiffDefinitionRequest* request,
                                             v1::DiffDefinitionResponse* response) {
  diffs.push_back(*request);
  if (!refusal.ok()) return refusal;
  *response = diff;
  return grpc::Status::OK;
}

grpc::Status FakeDefinitions::LintDefinition(grpc::ServerContext*,
                                             const v1::LintDefinitionRequest* request,
                                             v1::LintDefinitionResponse* response) {
  lints.push_back(*request);
  response->mutable_diagnostics()->Add(diagnostics.begin(), diagnostics.end());
  return grpc::Status::OK;
}

grpc::Status FakeDefinitions::GetDefinition(grpc::ServerContext*, const v1::GetDefinitionRequest*,
                                            v1::GetDefinitionResponse* response) {
  *response->mutable_definition() = definition;
  return grpc::Status::OK;
}

grpc::Status FakeDefinitions::RetireDefinition(grpc::ServerContext*,
                                               const v1::RetireDefinitionRequest* request,
                                               v1::RetireDefinitionResponse* response) {
  retirements.push_back(*request);
  *response->mutable_definition() = definition;
  return grpc::Status::OK;
}

grpc::Status FakeParticipants::RegisterParticipant(grpc::ServerContext*,
                                                   const v1::RegisterParticipantRequest* request,
                                                   v1::RegisterParticipantResponse* response) {
  registrations.push_back(*request);
  *response->mutable_participant() = participant;
  return grpc::Status::OK;
}

grpc::Status FakeParticipants::ReportStepOutcome(grpc::ServerContext*,
                                                 const v1::ReportStepOutcomeRequest* request,
                                                 v1::ReportStepOutcomeResponse* response) {
  reports.push_back(*request);
  if (!report_refusal.ok()) return report_refusal;
  *response = reported;
  return grpc::Status::OK;
}

grpc::Status FakeParticipants::CheckParticipant(grpc::ServerContext*,
                                                const v1::CheckParticipantRequest* request,
                                                v1::CheckParticipantResponse* response) {
  checks.push_back(*request);
  *response = check;
  return grpc::Status::OK;
}

grpc::Status FakeParticipants::GetParticipant(grpc::ServerContext*,
                                              const v1::GetParticipantRequest*,
                                              v1::GetParticipantResponse* response) {
  *response->mutable_participant() = participant;
  return grpc::Status::OK;
}

grpc::Status FakeParticipants::ProbeParticipant(grpc::ServerContext*,
                                                const v1::ProbeParticipantRequest*,
                                                v1::ProbeParticipantResponse* response) {
  *response->mutable_participant() = participant;
  for (const std::string& problem : problems) response->add_problems(problem);
  return grpc::Status::OK;
}

FakeSagad::FakeSagad() {
  grpc::ServerBuilder builder;
  builder.RegisterService(&sagas);
  builder.RegisterService(&operators);
  builder.RegisterService(&definitions);
  builder.RegisterService(&participants);
  server_ = builder.BuildAndStart();
}

FakeSagad::~FakeSagad() { server_->Shutdown(); }

std::shared_ptr<grpc::Channel> FakeSagad::Channel() { return server_->InProcessChannel({}); }

}  // namespace saga::admin::test

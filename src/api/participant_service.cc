#include "api/participant_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "api/convert.h"
#include "api/definition_uses.h"
#include "api/limits.h"
#include "api/names.h"
#include "api/page_token.h"
#include "api/status_convert.h"
#include "api/validation.h"
#include "orchestrator/core/limits.h"

namespace saga::api {
namespace {

v1::Participant::Health HealthToProto(ParticipantHealth health) {
  switch (health) {
    case ParticipantHealth::kUnknown:
      return v1::Participant::HEALTH_UNKNOWN;
    case ParticipantHealth::kServing:
      return v1::Participant::HEALTH_SERVING;
    case ParticipantHealth::kDegraded:
      return v1::Participant::HEALTH_DEGRADED;
    case ParticipantHealth::kDown:
      return v1::Participant::HEALTH_DOWN;
  }
  SAGA_UNREACHABLE();
}

Status CheckRegistration(const v1::RegisterParticipantRequest& request) {
  Violations violations;
  if (request.target().empty()) {
    violations.Add("target", "is required, e.g. dns:///payments:9090");
  }
  violations.Check(CheckText("target", request.target(), kTargetCharsMax));
  violations.Check(CheckText("reason", request.reason(), kReasonCharsMax));
  violations.Check(CheckText("service", request.service(), kTargetCharsMax));
  violations.Check(CheckText("tls_ca_file", request.tls_ca_file(), kTargetCharsMax));
  violations.Check(CheckText("tls_cert_file", request.tls_cert_file(), kTargetCharsMax));
  violations.Check(CheckText("tls_key_file", request.tls_key_file(), kTargetCharsMax));
  if (request.max_in_flight() < 0 || request.max_in_flight() > kMaxInFlightMax) {
    violations.Add("max_in_flight",
                   fmt::format("must be 1 to {}, or 0 for the default", kMaxInFlightMax));
  }
  if (request.share_percent() < 0 || request.share_percent() > 100) {
    violations.Add("share_percent", "must be 0 to 100");
  }
  violations.Check(CheckText("stands_in_for", request.stands_in_for(), kTargetCharsMax));
  if (request.descriptor_set().size() > kDescriptorBytesMax) {
    violations.Add("descriptor_set",
                   fmt::format("has {} bytes; at most {} are allowed",
                               request.descriptor_set().size(), kDescriptorBytesMax));
  }
  if (request.contract_descriptor_set().size() > kDescriptorBytesMax) {
    violations.Add("contract_descriptor_set",
                   fmt::format("has {} bytes; at most {} are allowed",
                               request.contract_descriptor_set().size(), kDescriptorBytesMax));
  }
  const bool files = !request.tls_ca_file().empty() || !request.tls_cert_file().empty() ||
                     !request.tls_key_file().empty();
  if (files && !request.tls()) violations.Add("tls", "must be set when TLS files are given");
  if (request.tls_cert_file().empty() != request.tls_key_file().empty()) {
    violations.Add("tls_key_file", "certificate and key go together");
  }
  return violations.ToStatus();
}

Status Unknown(const ParticipantName& name) {
  return NotFound("PARTICIPANT_NOT_FOUND", ToString(name),
                  fmt::format("no participant '{}'", name.name));
}

void Fill(const ParticipantStatus& status, const std::vector<DefinitionUse>& uses,
          v1::Participant& proto) {
  const ParticipantRecord& record = status.record;
  proto.set_name(ToString(ParticipantName{record.name_space, record.name}));
  proto.set_target(record.target);
  proto.set_health(HealthToProto(status.health));
  proto.set_in_flight(status.in_flight);
  proto.set_waiting(status.waiting);
  proto.set_error_ratio(status.error_ratio);
  SetDuration(status.p99, *proto.mutable_p99());
  if (status.last_success) SetTime(*status.last_success, *proto.mutable_last_success_time());
  if (status.last_failure.code != StatusCode::kOk) {
    ToProto(status.last_failure, *proto.mutable_last_failure());
  }
  std::set<std::string> users;
  for (const DefinitionUse& use : uses) users.insert(use.definition);
  for (const std::string& user : users) proto.add_definitions(user);
  proto.set_service(record.service);
  proto.set_max_in_flight(static_cast<std::int32_t>(record.max_in_flight));
  proto.set_tls(record.tls);
  for (const std::string& method : status.methods) proto.add_methods(method);
  if (status.health_since) SetTime(*status.health_since, *proto.mutable_health_since());
  proto.set_stands_in_for(record.stands_in.participant);
  proto.set_share_percent(static_cast<std::int32_t>(record.stands_in.percent));
  proto.set_adapter(record.adapter);
  for (const auto& [contract, own] : status.adapted) {
    (*proto.mutable_adapted_methods())[contract] = own;
  }
  proto.set_tls_ca_file(record.tls_files.ca);
  proto.set_tls_cert_file(record.tls_files.certificate);
  proto.set_tls_key_file(record.tls_files.key);
}

}  // namespace

grpc::ServerUnaryReactor* ParticipantService::RegisterParticipant(
    grpc::CallbackServerContext* context, const v1::RegisterParticipantRequest* request,
    v1::RegisterParticipantResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.ParticipantService/RegisterParticipant");
  if (forwarder_.Forward(*context, "", *request, *response, finisher)) return reactor;
  const auto run = [&]() -> Status {
    SAGA_RETURN_IF_ERROR(CheckRegistration(*request));
    SAGA_ASSIGN_OR_RETURN(const Caller caller, CallerOf(*context));
    return pool_.Submit([this, request, response, caller, finisher] {
      finisher.Finish(Register(*request, caller, *response));
    });
  };
  if (const Status status = run(); !status.ok()) finisher.Finish(status);
  return reactor;
}

Status ParticipantService::Register(const v1::RegisterParticipantRequest& request,
                                    const Caller& caller,
                                    v1::RegisterParticipantResponse& response) {
  SAGA_ASSIGN_OR_RETURN(const ParticipantName name, ParseParticipantName("name", request.name()));
  ParticipantRecord record{
      .name_space = name.name_space,
      .name = name.name,
      .target = request.target(),
      .service = request.service(),
      .tls = request.tls(),
      .tls_files = {.ca = request.tls_ca_file(),
                    .certificate = request.tls_cert_file(),
                    .key = request.tls_key_file()},
      .descriptors = request.descriptor_set(),
      .descriptors_uploaded = !request.descriptor_set().empty(),
      .adapter = request.adapter(),
      .contract = request.contract_descriptor_set(),
      .stands_in = {request.stands_in_for(), static_cast<std::uint32_t>(request.share_percent())}};
  if (request.max_in_flight() > 0) {
    record.max_in_flight = static_cast<std::uint32_t>(request.max_in_flight());
  }
  const AuditEntry audit{.name_space = name.name_space,
                         .actor = caller.actor,
                         .client = caller.client,
                         .method = "RegisterParticipant",
                         .resource = ToString(name),
                         .reason = request.reason().empty()
                                       ? fmt::format("target {}", request.target())
                                       : request.reason(),
                         .outcome = "accepted"};
  SAGA_ASSIGN_OR_RETURN(const RegisteredParticipant registered,
                        participants_.Register(
                            {.record = std::move(record),
                             .removes_adapter = request.has_adapter() && request.adapter().empty()},
                            audit,
                            request.validate_only() ? ParticipantDirectory::Mode::kCheckOnly
                                                    : ParticipantDirectory::Mode::kRegister));
  response.set_unchanged(registered.unchanged);
  for (const std::string& warning : registered.warnings) response.add_warnings(warning);
  FillWithUses(registered.participant, *response.mutable_participant());
  return Status::Ok();
}

grpc::ServerUnaryReactor* ParticipantService::ListParticipants(
    grpc::CallbackServerContext* context, const v1::ListParticipantsRequest* request,
    v1::ListParticipantsResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.ParticipantService/ListParticipants");
  if (forwarder_.Forward(*context, "", *request, *response, finisher)) return reactor;
  const Status accepted = pool_.Submit(
      [this, request, response, finisher] { finisher.Finish(List(*request, *response)); });
  if (!accepted.ok()) finisher.Finish(accepted);
  return reactor;
}

Status ParticipantService::List(const v1::ListParticipantsRequest& request,
                                v1::ListParticipantsResponse& response) const {
  SAGA_ASSIGN_OR_RETURN(const std::string name_space, ParseParent("parent", request.parent()));
  SAGA_ASSIGN_OR_RETURN(const std::size_t size,
                        ReadPageSize(request.page_size(), kPageSizeDefault));
  const std::string scope = TokenScope({"ListParticipants", name_space});
  SAGA_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> skip,
                        ReadNumberToken(scope, request.page_token()));
  const std::vector<ParticipantStatus> all = participants_.List(name_space);
  auto uses = UsesByParticipant(definitions_, name_space);
  const std::size_t begin = std::min<std::size_t>(skip.value_or(0), all.size());
  const std::size_t end = std::min(begin + size, all.size());
  for (std::size_t i = begin; i < end; ++i) {
    Fill(all[i], uses[all[i].record.called()], *response.add_participants());
  }
  if (end < all.size()) response.set_next_page_token(MakePageToken(scope, std::to_string(end)));
  return Status::Ok();
}

grpc::ServerUnaryReactor* ParticipantService::GetParticipant(
    grpc::CallbackServerContext* context, const v1::GetParticipantRequest* request,
    v1::GetParticipantResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.ParticipantService/GetParticipant");
  if (forwarder_.Forward(*context, "", *request, *response, finisher)) return reactor;
  const auto run = [this, request, response]() -> Status {
    SAGA_ASSIGN_OR_RETURN(const ParticipantName name,
                          ParseParticipantName("name", request->name()));
    const auto found = participants_.Get(name.name_space, name.name);
    if (!found) return Unknown(name);
    FillWithUses(*found, *response->mutable_participant());
    return Status::Ok();
  };
  const Status accepted = pool_.Submit([finisher, run] { finisher.Finish(run()); });
  if (!accepted.ok()) finisher.Finish(accepted);
  return reactor;
}

grpc::ServerUnaryReactor* ParticipantService::ProbeParticipant(
    grpc::CallbackServerContext* context, const v1::ProbeParticipantRequest* request,
    v1::ProbeParticipantResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.ParticipantService/ProbeParticipant");
  if (forwarder_.Forward(*context, "", *request, *response, finisher)) return reactor;
  const auto run = [&]() -> Status {
    SAGA_ASSIGN_OR_RETURN(const ParticipantName name,
                          ParseParticipantName("name", request->name()));
    return pool_.Submit([this, name, response, finisher] {
      const Result<ProbedParticipant> probed = participants_.Probe(name.name_space, name.name);
      if (!probed.ok()) return finisher.Finish(probed.status());
      FillWithUses(probed->participant, *response->mutable_participant());
      for (const std::string& problem : probed->problems) response->add_problems(problem);
      SetDuration(probed->latency, *response->mutable_latency());
      finisher.Finish(Status::Ok());
    });
  };
  if (const Status status = run(); !status.ok()) finisher.Finish(status);
  return reactor;
}

void ParticipantService::FillWithUses(const ParticipantStatus& status,
                                      v1::Participant& proto) const {
  const ParticipantRecord& record = status.record;
  Fill(status, UsesOf(definitions_, record.name_space, record.called()), proto);
}

grpc::ServerUnaryReactor* ParticipantService::ReportStepOutcome(
    grpc::CallbackServerContext* context, const v1::ReportStepOutcomeRequest* request,
    v1::ReportStepOutcomeResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.ParticipantService/ReportStepOutcome");
  const auto run = [&]() -> Status {
    SAGA_RETURN_IF_ERROR(CheckOutcome(*request));
    SAGA_ASSIGN_OR_RETURN(const TaskName task, tokens_.Read(request->task_token()));
    const std::string saga = SagaName(task.saga);
    if (forwarder_.Forward(*context, saga, *request, *response, finisher)) return Status::Ok();
    SAGA_ASSIGN_OR_RETURN(const Caller caller, CallerOf(*context));
    OutcomeReported report{.step = task.step, .operation = task.operation};
    if (request->has_failure()) {
      const v1::Failure& failure = request->failure();
      report.outcome = CallOutcome::kRejected;
      report.failure = {static_cast<StatusCode>(failure.code()), failure.reason(), failure.domain(),
                        failure.message()};
    } else {
      report.output = FromProto(request->output());
    }
    news_.Report(task.saga, report, caller,
                 [response, finisher](const Status& status, const NewsTaken& taken) {
                   response->set_already_reported(taken.repeated);
                   response->set_follow_up(taken.follow_up);
                   finisher.Finish(status);
                 });
    return Status::Ok();
  };
  if (const Status status = run(); !status.ok()) finisher.Finish(status);
  return reactor;
}

}  // namespace saga::api

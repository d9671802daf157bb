// ParticipantService.CheckParticipant: looking ahead at other types of a participant.
#include <fmt/format.h>

#include <map>
#include <utility>

#include "api/convert.h"
#include "api/definition_convert.h"
#include "api/names.h"
#include "api/participant_service.h"
#include "api/status_convert.h"
#include "definition/overlaid_descriptors.h"
#include "definition/participant_check.h"

namespace saga::api {

grpc::ServerUnaryReactor* ParticipantService::CheckParticipant(
    grpc::CallbackServerContext* context, const v1::CheckParticipantRequest* request,
    v1::CheckParticipantResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Finisher finisher(reactor, "saga.v1.ParticipantService/CheckParticipant");
  if (forwarder_.Forward(*context, "", *request, *response, finisher)) return reactor;
  const Status accepted = pool_.Submit(
      [this, request, response, finisher] { finisher.Finish(Check(*request, *response)); });
  if (!accepted.ok()) finisher.Finish(accepted);
  return reactor;
}

Result<AdapterRef> ParticipantService::AdapterTo(const ServiceTypesRef& types,
                                                 const ParticipantStatus& known) const {
  const ParticipantRecord& record = known.record;
  if (record.adapter.empty()) return AdapterRef();
  SAGA_ASSIGN_OR_RETURN(
      const ServiceTypesRef contract,
      ServiceTypes::FromSet(participants_.ContractOf(record.name_space, record.name)));
  return Adapter::Compile(record.adapter,
                          {.contract = contract, .service = record.service, .own = types});
}

Status ParticipantService::Check(const v1::CheckParticipantRequest& request,
                                 v1::CheckParticipantResponse& response) {
  SAGA_ASSIGN_OR_RETURN(const ParticipantName name, ParseParticipantName("name", request.name()));
  const auto known = participants_.Get(name.name_space, name.name);
  if (!known) {
    return NotFound("PARTICIPANT_NOT_FOUND", ToString(name),
                    fmt::format("no participant '{}'", name.name));
  }
  std::string set = request.descriptor_set();
  if (set.empty()) {
    SAGA_ASSIGN_OR_RETURN(set, participants_.FetchTypes(name.name_space, name.name));
  }
  SAGA_ASSIGN_OR_RETURN(const ServiceTypesRef types, ServiceTypes::FromSet(set));
  const Result<AdapterRef> adapter = AdapterTo(types, *known);
  const std::string& called = known->record.called();
  const OverlaidDescriptors then(types_, {.name_space = name.name_space,
                                          .participant = called,
                                          .service = known->record.service,
                                          .types = types,
                                          .adapter = adapter.ok() ? *adapter : nullptr});
  SAGA_ASSIGN_OR_RETURN(const auto counts, reader_.CountLive(name.name_space));
  const std::map<std::pair<std::string, std::uint32_t>, std::int64_t> in_flight(counts.begin(),
                                                                                counts.end());
  for (const DefinitionVersion& version : definitions_.List(name.name_space, {})) {
    const auto sagas = in_flight.find({version.name, version.version});
    const std::int64_t count = sagas == in_flight.end() ? 0 : sagas->second;
    v1::SagaDefinition document;
    if ((!version.active && count == 0) || !document.ParseFromString(version.document)) continue;
    if (!Uses(document, called)) continue;
    response.add_definitions(fmt::format("{}@{}", version.name, version.version));
    const Diagnostics found =
        adapter.ok() ? BrokenBy(document, name.name_space, types_, then, called)
                     : Diagnostics{{.code = "SAGA008",
                                    .message = "the participant's adapter would not fit: " +
                                               adapter.status().message(),
                                    .path = "adapter",
                                    .suggestion = ""}};
    if (found.empty()) continue;
    auto& broken = *response.add_broken();
    broken.set_definition_version(
        DefinitionVersionName(version.name_space, version.name, version.version));
    broken.set_active(version.active);
    broken.set_sagas_in_flight(count);
    for (const Diagnostic& diagnostic : found) ToProto(diagnostic, *broken.add_diagnostics());
  }
  response.set_changed(participants_.TypesDiffer(name.name_space, name.name, set));
  return Status::Ok();
}

}  // namespace saga::api

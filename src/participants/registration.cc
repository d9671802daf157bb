#include "participants/registration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/suggest.h"
#include "orchestrator/core/ids.h"
#include "participants/channel_settings.h"
#include "participants/limits.h"
#include "participants/reflection_client.h"

namespace saga::participants {
namespace {

Status CheckShape(const ParticipantRecord& record) {
  if (!IsValidId(record.name_space) || !IsValidId(record.name)) {
    return InvalidField("name", fmt::format("'{}/{}' is no name: 1 to 63 of A-Z a-z 0-9 . _ - each",
                                            record.name_space, record.name));
  }
  SAGA_RETURN_IF_ERROR(CheckTarget(record.target));
  if (record.max_in_flight > kCallsInFlightMax) {
    return InvalidField("max_in_flight",
                        fmt::format("{} is more than {}", record.max_in_flight, kCallsInFlightMax));
  }
  if (!record.tls && record.tls_files != TlsFiles{}) {
    return InvalidField("tls", "TLS files are named, but TLS is off");
  }
  return record.tls ? ReadTlsFiles(record.tls_files).status() : Status::Ok();
}

Status FindDescriptors(ParticipantRecord& record, const ParticipantRef& known,
                       std::vector<std::string>& warnings) {
  if (!record.descriptors.empty()) {
    record.descriptors_uploaded = true;
    return Status::Ok();
  }
  const bool knows = known && known->types;
  if (knows && known->record.descriptors_uploaded) {
    record.descriptors = known->record.descriptors;
    record.descriptors_uploaded = true;
    return Status::Ok();
  }
  Result<std::string> fetched = FetchDescriptors(EndpointOf(record));
  if (fetched.ok()) {
    record.descriptors = std::move(*fetched);
    return Status::Ok();
  }
  if (knows) {
    warnings.push_back(fmt::format("it keeps the methods it had, because it could not be asked: {}",
                                   fetched.status().message()));
    spdlog::warn("participant={} {}", record.name, warnings.back());
    record.descriptors = known->record.descriptors;
    return Status::Ok();
  }
  const bool unreachable = fetched.status().code() == StatusCode::kUnavailable;
  return Status(fetched.status().code(), fetched.status().reason(),
                fmt::format("participant '{}' has no descriptors yet: {}; {} upload them as "
                            "descriptor_set (`protoc --include_imports --descriptor_set_out=FILE`)",
                            record.name, fetched.status().message(),
                            unreachable ? "start it and register it again, or" : ""));
}

// The service of calls that name only a method: of the contract where there is one.
Status FindService(ParticipantRecord& record, const Participant& made) {
  std::vector<std::string> services = made.types->services();
  if (services.empty()) {
    return InvalidField(record.descriptors_uploaded ? "descriptor_set" : "target",
                        fmt::format("'{}' declares no service of its own", record.name));
  }
  std::string only = made.types->OnlyService();
  if (made.adapter) {
    const std::vector<std::string>& contract = made.adapter->contract()->services();
    services.insert(services.end(), contract.begin(), contract.end());
    only = made.adapter->contract()->OnlyService();
  }
  if (record.service.empty()) {
    record.service = only;
    return Status::Ok();
  }
  if (std::ranges::find(services, record.service) != services.end()) return Status::Ok();
  return InvalidField("service",
                      fmt::format("no service '{}'{}; there are: {}", record.service,
                                  DidYouMean(record.service, services), fmt::join(services, ", ")));
}

// There is somebody to stand in for, who needs it: the shares are of one whole.
Status CheckStandIn(const ParticipantRecord& record, const ParticipantRegistry& registry) {
  const auto& [other, percent] = record.stands_in;
  if (other.empty()) {
    return percent == 0 ? Status::Ok()
                        : InvalidField("share_percent", "is for one that stands in for another");
  }
  const ParticipantRef found = registry.Find(record.name_space, other);
  if (!found || other == record.name) {
    return InvalidField("stands_in_for", fmt::format("'{}' is no other participant", other));
  }
  if (!found->record.stands_in.participant.empty()) {
    return InvalidField("stands_in_for", fmt::format("'{}' stands in for '{}' itself", other,
                                                     found->record.stands_in.participant));
  }
  if (!registry.StandIns(record.name_space, record.name).empty()) {
    return InvalidField("stands_in_for",
                        fmt::format("others stand in for '{}' already", record.name));
  }
  std::uint32_t whole = percent;
  for (const ParticipantRef& participant : registry.StandIns(record.name_space, other)) {
    if (participant->record.name != record.name) whole += participant->record.stands_in.percent;
  }
  if (whole <= 100) return Status::Ok();
  return InvalidField(
      "share_percent",
      fmt::format("{} with those of the others who stand in for '{}'; at most 100", whole, other));
}

// An adapter stays until it is exchanged or removed, and so does what definitions know.
Status FindAdapter(ParticipantRecord& record, const ParticipantRef& known,
                   const ParticipantRegistry& registry) {
  if (record.adapter.empty() && known) {
    record.adapter = known->record.adapter;
    if (record.contract.empty()) record.contract = known->record.contract;
  }
  if (record.adapter.empty()) {
    return record.contract.empty()
               ? Status::Ok()
               : InvalidField("contract_descriptor_set", "is for an adapter, and there is none");
  }
  const std::string& other = record.stands_in.participant;
  const ParticipantRef former = other.empty() ? known : registry.Find(record.name_space, other);
  if (record.contract.empty() && former) {
    const bool adapted = !former->record.contract.empty();
    record.contract = adapted ? former->record.contract : former->record.descriptors;
  }
  if (!record.contract.empty()) return Status::Ok();
  return InvalidField(
      "contract_descriptor_set",
      "is required: the participant is new, so the methods that definitions call are not known "
      "(`protoc --include_imports --descriptor_set_out=FILE` of the contract)");
}

}  // namespace

Endpoint EndpointOf(const ParticipantRecord& record) {
  return {.target = record.target, .tls = record.tls, .tls_files = record.tls_files};
}

Result<ParticipantRef> Prepare(ParticipantChange change, const ParticipantRef& known,
                               const ParticipantRegistry& registry,
                               std::vector<std::string>& warnings) {
  ParticipantRecord& record = change.record;
  SAGA_RETURN_IF_ERROR(CheckShape(record));
  SAGA_RETURN_IF_ERROR(CheckStandIn(record, registry));
  if (record.max_in_flight == 0) record.max_in_flight = kCallsInFlightDefault;
  if (!change.removes_adapter) SAGA_RETURN_IF_ERROR(FindAdapter(record, known, registry));
  SAGA_RETURN_IF_ERROR(FindDescriptors(record, known, warnings));
  SAGA_ASSIGN_OR_RETURN(Participant made, MakeParticipant(std::move(record)));
  SAGA_RETURN_IF_ERROR(FindService(made.record, made));
  return std::make_shared<const Participant>(std::move(made));
}

}  // namespace saga::participants

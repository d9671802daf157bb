#include "participants/directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "participants/reflection_client.h"
#include "participants/registration.h"

namespace saga::participants {
namespace {

// The participant as its reflection has it now, with the adapter that it has.
Result<ParticipantRef> WithFreshTypes(const Participant& participant) {
  ParticipantRecord record = participant.record;
  SAGA_ASSIGN_OR_RETURN(record.descriptors, FetchDescriptors(EndpointOf(record)));
  SAGA_ASSIGN_OR_RETURN(Participant fresh, MakeParticipant(std::move(record)));
  return std::make_shared<const Participant>(std::move(fresh));
}

}  // namespace

Directory::Directory(ParticipantRegistry& registry, Caller& caller, MethodUses uses,
                     std::function<TimePoint()> now)
    : registry_(registry), caller_(caller), uses_(std::move(uses)), now_(std::move(now)) {}

ParticipantStatus Directory::StatusOf(const Participant& participant) const {
  ParticipantStatus status{.record = participant.record};
  status.record.descriptors.clear();
  status.record.contract.clear();
  if (participant.adapter) {
    for (const auto& [contract, method] : participant.adapter->methods()) {
      status.adapted.emplace_back(contract, method.own().full_name);
    }
  }
  if (participant.types) status.methods = participant.types->methods();
  const std::optional<Lane::View> view =
      caller_.Look(participant.record.name_space, participant.record.name);
  if (!view) return status;
  // What was measured with the steady clock is shown in the database's time.
  const TimePoint now = now_();
  const SteadyTime steady_now = std::chrono::steady_clock::now();
  const auto in_db_time = [&](const std::optional<SteadyTime>& when) -> std::optional<TimePoint> {
    if (!when) return std::nullopt;
    return now - std::chrono::duration_cast<Duration>(steady_now - *when);
  };
  status.health = view->health;
  status.health_since = in_db_time(view->since);
  status.in_flight = view->in_flight;
  status.waiting = view->waiting;
  status.error_ratio = view->recent.error_ratio;
  status.p99 = view->recent.p99;
  status.last_success = in_db_time(view->last_success);
  status.last_failure = view->last_failure;
  return status;
}

Result<RegisteredParticipant> Directory::Register(const ParticipantChange& change,
                                                  const AuditEntry& audit, Mode mode) {
  const ParticipantRef known = registry_.Find(change.record.name_space, change.record.name);
  std::vector<std::string> warnings;
  SAGA_ASSIGN_OR_RETURN(ParticipantRef participant, Prepare(change, known, registry_, warnings));
  std::ranges::move(MissingMethods(*participant), std::back_inserter(warnings));
  // The time of the change is the store's to set; it is no change by itself.
  ParticipantRecord before = known ? known->record : ParticipantRecord();
  before.updated = participant->record.updated;
  bool unchanged = before == participant->record;
  switch (mode) {
    case Mode::kRegister: {
      SAGA_ASSIGN_OR_RETURN(const bool changed, registry_.Save(participant, audit));
      unchanged = !changed;
      break;
    }
    case Mode::kCheckOnly:
      break;
  }
  return RegisteredParticipant{.participant = StatusOf(*participant),
                               .unchanged = unchanged,
                               .warnings = std::move(warnings)};
}

std::vector<ParticipantStatus> Directory::List(const std::string& name_space) const {
  std::vector<ParticipantStatus> list;
  for (const ParticipantRef& participant : registry_.List(name_space)) {
    list.push_back(StatusOf(*participant));
  }
  return list;
}

std::optional<ParticipantStatus> Directory::Get(const std::string& name_space,
                                                const std::string& name) const {
  const ParticipantRef participant = registry_.Find(name_space, name);
  if (!participant) return std::nullopt;
  return StatusOf(*participant);
}

std::vector<std::string> Directory::MissingMethods(const Participant& participant) const {
  std::vector<std::string> missing;
  if (!uses_) return missing;
  for (const MethodUse& use : uses_(participant.record.name_space, participant.record.called())) {
    const Status found = participant.FindMethod(use.method).status();
    if (!found.ok())
      missing.push_back(fmt::format("{} (used by {})", found.message(), use.definition));
  }
  return missing;
}

Result<ParticipantRef> Directory::Find(const std::string& name_space,
                                       const std::string& name) const {
  ParticipantRef participant = registry_.Find(name_space, name);
  if (participant) return participant;
  return Status(StatusCode::kNotFound, "PARTICIPANT_NOT_FOUND",
                fmt::format("no participant '{}' in namespace '{}'", name, name_space));
}

Status Directory::Reach(const std::string& name_space, const std::string& name) {
  SAGA_ASSIGN_OR_RETURN(const ParticipantRef participant, Find(name_space, name));
  return caller_.CheckHealth(participant);
}

Result<std::string> Directory::FetchTypes(const std::string& name_space, const std::string& name) {
  SAGA_ASSIGN_OR_RETURN(const ParticipantRef participant, Find(name_space, name));
  return FetchDescriptors(EndpointOf(participant->record));
}

std::string Directory::ContractOf(const std::string& name_space, const std::string& name) const {
  const ParticipantRef participant = registry_.Find(name_space, name);
  return participant ? participant->record.contract : std::string();
}

bool Directory::TypesDiffer(const std::string& name_space, const std::string& name,
                            const std::string& types) const {
  const ParticipantRef participant = registry_.Find(name_space, name);
  if (!participant || !participant->types) return true;
  if (participant->record.descriptors == types) return false;
  const Result<ServiceTypesRef> others = ServiceTypes::FromSet(types);
  return !others.ok() || !AreSame(*participant->types, **others);
}

Result<ProbedParticipant> Directory::Probe(const std::string& name_space, const std::string& name) {
  SAGA_ASSIGN_OR_RETURN(const ParticipantRef participant, Find(name_space, name));
  ProbedParticipant probed;
  const auto began = std::chrono::steady_clock::now();
  const Status health = caller_.CheckHealth(participant);
  probed.latency = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - began);
  if (!health.ok()) {
    probed.problems.push_back(
        fmt::format("no answer from {}: {}", participant->record.target, health.message()));
  }
  ParticipantRef now = participant;
  if (health.ok() && !participant->record.descriptors_uploaded) {
    const Result<ParticipantRef> fresh = WithFreshTypes(*participant);
    if (!fresh.ok()) {
      probed.problems.push_back(fresh.status().message());
    } else {
      now = *fresh;
      if (now->record.descriptors != participant->record.descriptors) {
        probed.problems.push_back(
            "its services have changed since it was registered; register it again");
      }
    }
  }
  if (now->types) {
    std::ranges::move(MissingMethods(*now), std::back_inserter(probed.problems));
  } else {
    probed.problems.push_back("no descriptors are stored: no call to it can be built");
  }
  probed.participant = StatusOf(*participant);
  if (now->types) probed.participant.methods = now->types->methods();
  return probed;
}

}  // namespace saga::participants

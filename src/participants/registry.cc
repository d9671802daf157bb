#include "participants/registry.h"

#include <fmt/format.h>

#include "base/log.h"

namespace saga::participants {

Result<Participant> MakeParticipant(ParticipantRecord record) {
  SAGA_ASSIGN_OR_RETURN(ServiceTypesRef types, ServiceTypes::FromSet(record.descriptors));
  AdapterRef adapter;
  if (!record.adapter.empty()) {
    const Result<ServiceTypesRef> contract = ServiceTypes::FromSet(record.contract);
    if (!contract.ok()) return InvalidField("contract_descriptor_set", contract.status().message());
    SAGA_ASSIGN_OR_RETURN(adapter, Adapter::Compile(record.adapter, {.contract = *contract,
                                                                     .service = record.service,
                                                                     .own = types}));
  }
  return Participant{
      .record = std::move(record), .types = std::move(types), .adapter = std::move(adapter)};
}

Result<MethodHandle> Participant::FindMethod(const std::string& method) const {
  if (!types) {
    return Status(StatusCode::kNotFound, "METHOD_NOT_FOUND",
                  fmt::format("no descriptors are stored of participant '{}'; register it again",
                              record.name));
  }
  if (const AdaptedMethod* adapted = Adapted(method)) return adapted->contract();
  SAGA_ASSIGN_OR_RETURN(const google::protobuf::MethodDescriptor* descriptor,
                        types->FindMethod(method, record.service));
  return HandleOf(types, *descriptor);
}

std::optional<TypeHandle> Participant::FindType(const std::string& full_name) const {
  for (const ServiceTypesRef& known : {adapter ? adapter->contract() : nullptr, types}) {
    if (!known) continue;
    const google::protobuf::Descriptor* type = known->pool().FindMessageTypeByName(full_name);
    if (type != nullptr) return HandleOf(known, *type);
  }
  return std::nullopt;
}

Status ParticipantRegistry::Load() {
  SAGA_ASSIGN_OR_RETURN(std::vector<ParticipantRecord> records, store_.LoadParticipants());
  std::map<Key, ParticipantRef> participants;
  for (ParticipantRecord& record : records) {
    const Key key(record.name_space, record.name);
    Participant participant{.record = record};
    if (!record.descriptors.empty()) {
      Result<Participant> usable = MakeParticipant(std::move(record));
      if (usable.ok()) {
        participant = *std::move(usable);
      } else {
        spdlog::error("participant={} stored registration cannot be used: {}", key.second,
                      usable.status().ToString());
      }
    }
    participants[key] = std::make_shared<const Participant>(std::move(participant));
  }
  const MutexLock lock(mutex_);
  participants_ = std::move(participants);
  return Status::Ok();
}

ParticipantRef ParticipantRegistry::Find(const std::string& name_space,
                                         const std::string& name) const {
  const MutexLock lock(mutex_);
  const auto found = participants_.find({name_space, name});
  return found == participants_.end() ? nullptr : found->second;
}

std::vector<ParticipantRef> ParticipantRegistry::List(const std::string& name_space) const {
  const MutexLock lock(mutex_);
  std::vector<ParticipantRef> list;
  for (auto it = participants_.lower_bound({name_space, ""});
       it != participants_.end() && it->first.first == name_space; ++it) {
    list.push_back(it->second);
  }
  return list;
}

std::vector<ParticipantRef> ParticipantRegistry::StandIns(const std::string& name_space,
                                                          const std::string& name) const {
  std::vector<ParticipantRef> stand_ins = List(name_space);
  std::erase_if(stand_ins, [&name](const ParticipantRef& participant) {
    return participant->record.stands_in.participant != name;
  });
  return stand_ins;
}

Result<bool> ParticipantRegistry::Save(ParticipantRef participant, const AuditEntry& audit) {
  SAGA_ASSIGN_OR_RETURN(const bool changed, store_.SaveParticipant(participant->record, audit));
  {
    const MutexLock lock(mutex_);
    participants_[{participant->record.name_space, participant->record.name}] = participant;
  }
  if (changed && listener_) listener_(participant);
  return changed;
}

}  // namespace saga::participants

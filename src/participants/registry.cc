#include "participants/registry.h"

#include "base/log.h"

namespace saga::participants {

Status ParticipantRegistry::Load() {
  SAGA_ASSIGN_OR_RETURN(std::vector<ParticipantRecord> records, store_.LoadParticipants());
  std::map<Key, ParticipantRef> participants;
  for (ParticipantRecord& record : records) {
    Participant participant{.record = std::move(record)};
    if (!participant.record.descriptors.empty()) {
      Result<ServiceTypesRef> types = ServiceTypes::FromSet(participant.record.descriptors);
      if (types.ok()) {
        participant.types = *types;
      } else {
        spdlog::error("participant={} stored descriptors cannot be used: {}",
                      participant.record.name, types.status().ToString());
      }
    }
    const Key key(participant.record.name_space, participant.record.name);
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

// Participants as people see them: registration, health, load, probing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "orchestrator/participant_directory.h"
#include "participants/caller.h"
#include "participants/registry.h"

namespace saga::participants {

// One method that a definition calls.
struct MethodUse {
  std::string definition;  // "refund@2"
  std::string method;      // As the definition writes it.
};
// What the definitions of a namespace call at a participant.
using MethodUses = std::function<std::vector<MethodUse>(const std::string& name_space,
                                                        const std::string& participant)>;

// Threads:  any; see ParticipantDirectory for what blocks.
// Borrows:  the registry and the caller; both must outlive it.
class Directory final : public ParticipantDirectory {
 public:
  // `now` tells the database's time.
  Directory(ParticipantRegistry& registry, Caller& caller, MethodUses uses,
            std::function<TimePoint()> now);

  Result<RegisteredParticipant> Register(const ParticipantChange& change, const AuditEntry& audit,
                                         Mode mode) override;
  std::vector<ParticipantStatus> List(const std::string& name_space) const override;
  std::optional<ParticipantStatus> Get(const std::string& name_space,
                                       const std::string& name) const override;
  Status Reach(const std::string& name_space, const std::string& name) override;
  Result<std::string> FetchTypes(const std::string& name_space, const std::string& name) override;
  std::string ContractOf(const std::string& name_space, const std::string& name) const override;
  bool TypesDiffer(const std::string& name_space, const std::string& name,
                   const std::string& types) const override;
  Result<ProbedParticipant> Probe(const std::string& name_space, const std::string& name) override;

 private:
  Result<ParticipantRef> Find(const std::string& name_space, const std::string& name) const;
  ParticipantStatus StatusOf(const Participant& participant) const;
  // What the definitions call and the participant does not offer.
  std::vector<std::string> MissingMethods(const Participant& participant) const;

  ParticipantRegistry& registry_;
  Caller& caller_;
  const MethodUses uses_;
  const std::function<TimePoint()> now_;
};

}  // namespace saga::participants

// The registered participants' types, for checking and compiling definitions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "definition/descriptors.h"
#include "participants/registry.h"

namespace saga::participants {

// Threads: any. Borrows the registry, which must outlive it. Handles keep their types alive when
// the participant is registered anew.
class RegistryDescriptors final : public DescriptorSource {
 public:
  explicit RegistryDescriptors(const ParticipantRegistry& registry) : registry_(registry) {}

  bool HasParticipant(const std::string& name_space, const std::string& participant) const override;
  std::vector<std::string> ParticipantNames(const std::string& name_space) const override;
  std::optional<TypeHandle> FindType(const std::string& name_space,
                                     const std::string& full_name) const override;
  std::optional<TypeHandle> FindTypeOf(const std::string& name_space,
                                       const std::string& participant,
                                       const std::string& full_name) const override;
  Result<MethodHandle> FindMethod(const std::string& name_space, const std::string& participant,
                                  const std::string& method) const override;

 private:
  const ParticipantRegistry& registry_;
};

}  // namespace saga::participants

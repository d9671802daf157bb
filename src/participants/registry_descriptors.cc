#include "participants/registry_descriptors.h"

#include <fmt/format.h>

#include "base/suggest.h"

namespace saga::participants {

bool RegistryDescriptors::HasParticipant(const std::string& name_space,
                                         const std::string& participant) const {
  return registry_.Find(name_space, participant) != nullptr;
}

std::vector<std::string> RegistryDescriptors::ParticipantNames(
    const std::string& name_space) const {
  std::vector<std::string> names;
  for (const ParticipantRef& participant : registry_.List(name_space)) {
    names.push_back(participant->record.name);
  }
  return names;
}

std::optional<TypeHandle> RegistryDescriptors::FindType(const std::string& name_space,
                                                        const std::string& full_name) const {
  for (const ParticipantRef& participant : registry_.List(name_space)) {
    if (auto type = participant->FindType(full_name)) return type;
  }
  return std::nullopt;
}

std::optional<TypeHandle> RegistryDescriptors::FindTypeOf(const std::string& name_space,
                                                          const std::string& participant,
                                                          const std::string& full_name) const {
  const ParticipantRef found = registry_.Find(name_space, participant);
  return found ? found->FindType(full_name) : std::nullopt;
}

Result<MethodHandle> RegistryDescriptors::FindMethod(const std::string& name_space,
                                                     const std::string& participant,
                                                     const std::string& method) const {
  const ParticipantRef found = registry_.Find(name_space, participant);
  if (!found) {
    return Status(StatusCode::kNotFound, "PARTICIPANT_NOT_FOUND",
                  fmt::format("participant '{}' is not registered{}", participant,
                              DidYouMean(participant, ParticipantNames(name_space))));
  }
  return found->FindMethod(method);
}

}  // namespace saga::participants

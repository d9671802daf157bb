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
    if (!participant->types) continue;
    const google::protobuf::Descriptor* type =
        participant->types->pool().FindMessageTypeByName(full_name);
    if (type != nullptr) return HandleOf(participant->types, *type);
  }
  return std::nullopt;
}

std::optional<TypeHandle> RegistryDescriptors::FindTypeOf(const std::string& name_space,
                                                          const std::string& participant,
                                                          const std::string& full_name) const {
  const ParticipantRef found = registry_.Find(name_space, participant);
  if (!found || !found->types) return std::nullopt;
  const auto* type = found->types->pool().FindMessageTypeByName(full_name);
  if (type == nullptr) return std::nullopt;
  return HandleOf(found->types, *type);
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
  if (!found->types) {
    return Status(StatusCode::kNotFound, "METHOD_NOT_FOUND",
                  fmt::format("no descriptors are stored of participant '{}'; register it again",
                              participant));
  }
  SAGA_ASSIGN_OR_RETURN(const google::protobuf::MethodDescriptor* descriptor,
                        found->types->FindMethod(method, found->record.service));
  return HandleOf(found->types, *descriptor);
}

}  // namespace saga::participants

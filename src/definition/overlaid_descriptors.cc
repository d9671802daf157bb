#include "definition/overlaid_descriptors.h"

namespace saga {

bool OverlaidDescriptors::HasParticipant(const std::string& name_space,
                                         const std::string& participant) const {
  return base_.HasParticipant(name_space, participant);
}

std::vector<std::string> OverlaidDescriptors::ParticipantNames(
    const std::string& name_space) const {
  return base_.ParticipantNames(name_space);
}

std::optional<TypeHandle> OverlaidDescriptors::FindType(const std::string& name_space,
                                                        const std::string& full_name) const {
  if (name_space == exchange_.name_space) {
    const auto* type = exchange_.types->pool().FindMessageTypeByName(full_name);
    if (type != nullptr) return HandleOf(exchange_.types, *type);
  }
  return base_.FindType(name_space, full_name);
}

Result<MethodHandle> OverlaidDescriptors::FindMethod(const std::string& name_space,
                                                     const std::string& participant,
                                                     const std::string& method) const {
  if (name_space != exchange_.name_space || participant != exchange_.participant) {
    return base_.FindMethod(name_space, participant, method);
  }
  SAGA_ASSIGN_OR_RETURN(const google::protobuf::MethodDescriptor* found,
                        exchange_.types->FindMethod(method, exchange_.service));
  return HandleOf(exchange_.types, *found);
}

}  // namespace saga

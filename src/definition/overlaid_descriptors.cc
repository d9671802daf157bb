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
  // One by one: the base would still find what the exchanged types do not hold any more.
  for (const std::string& participant : ParticipantNames(name_space)) {
    auto found = FindTypeOf(name_space, participant, full_name);
    if (found) return found;
  }
  return std::nullopt;
}

std::optional<TypeHandle> OverlaidDescriptors::FindTypeOf(const std::string& name_space,
                                                          const std::string& participant,
                                                          const std::string& full_name) const {
  if (!IsExchanged(name_space, participant)) {
    return base_.FindTypeOf(name_space, participant, full_name);
  }
  const AdapterRef& adapter = exchange_.adapter;
  for (const ServiceTypesRef& known : {adapter ? adapter->contract() : nullptr, exchange_.types}) {
    const auto* type = known ? known->pool().FindMessageTypeByName(full_name) : nullptr;
    if (type != nullptr) return HandleOf(known, *type);
  }
  return std::nullopt;
}

Result<MethodHandle> OverlaidDescriptors::FindMethod(const std::string& name_space,
                                                     const std::string& participant,
                                                     const std::string& method) const {
  if (!IsExchanged(name_space, participant)) {
    return base_.FindMethod(name_space, participant, method);
  }
  const AdaptedMethod* adapted =
      exchange_.adapter ? exchange_.adapter->Find(method, exchange_.service) : nullptr;
  if (adapted != nullptr) return adapted->contract();
  SAGA_ASSIGN_OR_RETURN(const google::protobuf::MethodDescriptor* found,
                        exchange_.types->FindMethod(method, exchange_.service));
  return HandleOf(exchange_.types, *found);
}

}  // namespace saga

// Descriptors from files instead of from registered participants: for checks without a server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "definition/descriptors.h"
#include "definition/service_types.h"

namespace saga {

// Every participant is taken to be there. Its methods are those of the services in the files: of
// the service that the definition names, or of the only one that has such a method.
//
// Threads: any, once all is added.
class OfflineDescriptors final : public DescriptorSource {
 public:
  // Adds a serialised google.protobuf.FileDescriptorSet. Errors: as ServiceTypes::FromSet.
  Status Add(const std::string& serialized);

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
  Result<std::string> FullName(const std::string& participant, const std::string& method) const;

  std::vector<ServiceTypesRef> sets_;
};

}  // namespace saga

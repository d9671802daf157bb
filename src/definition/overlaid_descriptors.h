// The registered participants' types, with those of one participant exchanged: for looking ahead.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "definition/adapter.h"
#include "definition/descriptors.h"
#include "definition/service_types.h"

namespace saga {

// Threads: any. Borrows `base`, which must outlive it.
class OverlaidDescriptors final : public DescriptorSource {
 public:
  struct Exchange {
    std::string name_space;
    std::string participant;
    std::string service;  // Its default service; may be empty.
    ServiceTypesRef types;
    AdapterRef adapter;  // Of the contract to these types; may be null.
  };

  OverlaidDescriptors(const DescriptorSource& base, Exchange exchange)
      : base_(base), exchange_(std::move(exchange)) {}

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
  bool IsExchanged(const std::string& name_space, const std::string& participant) const {
    return name_space == exchange_.name_space && participant == exchange_.participant;
  }

  const DescriptorSource& base_;
  const Exchange exchange_;
};

}  // namespace saga

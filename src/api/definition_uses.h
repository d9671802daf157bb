// Who calls whom, as the active definitions say.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "definition/registry.h"

namespace saga::api {

// A method of a participant that a definition calls.
struct DefinitionUse {
  std::string definition;  // "refund@2"
  std::string method;      // As the definition writes it.
};

// What the active definitions of `name_space` call, by participant; each method once per
// definition.
std::map<std::string, std::vector<DefinitionUse>> UsesByParticipant(
    const DefinitionRegistry& definitions, const std::string& name_space);

// The same at one participant.
std::vector<DefinitionUse> UsesOf(const DefinitionRegistry& definitions,
                                  const std::string& name_space, const std::string& participant);

}  // namespace saga::api

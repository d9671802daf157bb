#include "api/definition_uses.h"

#include <set>
#include <utility>

namespace saga::api {

std::map<std::string, std::vector<DefinitionUse>> UsesByParticipant(
    const DefinitionRegistry& definitions, const std::string& name_space) {
  std::map<std::string, std::vector<DefinitionUse>> uses;
  for (const DefinitionVersion& version : definitions.List(name_space, {})) {
    if (!version.active) continue;
    const DefinitionRef definition = definitions.Find(name_space, version.name, version.version);
    if (!definition) continue;
    std::set<std::pair<std::string, std::string>> calls;
    for (std::size_t i = 0; i < definition->steps.size(); ++i) {
      for (const Operation operation : OperationsOf(definition->steps[i])) {
        const Call& call = definition->call(ToStep(i), operation);
        calls.emplace(call.participant, call.method);
      }
    }
    for (const auto& [participant, method] : calls) {
      uses[participant].push_back({definition->NameAtVersion(), method});
    }
  }
  return uses;
}

std::vector<DefinitionUse> UsesOf(const DefinitionRegistry& definitions,
                                  const std::string& name_space, const std::string& participant) {
  return UsesByParticipant(definitions, name_space)[participant];
}

}  // namespace saga::api

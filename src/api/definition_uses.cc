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
    const auto add = [&](const std::optional<Call>& call) {
      if (call) calls.emplace(call->participant, call->method);
    };
    for (const Step& step : definition->steps) {
      add(step.action);
      add(step.undo);
      add(step.confirm);
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

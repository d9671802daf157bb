#include "api/definition_uses.h"

#include <set>

namespace saga::api {

std::vector<DefinitionUse> UsesOf(const DefinitionRegistry& definitions,
                                  const std::string& name_space, const std::string& participant) {
  std::vector<DefinitionUse> uses;
  for (const DefinitionVersion& version : definitions.List(name_space, {})) {
    if (!version.active) continue;
    const DefinitionRef definition = definitions.Find(name_space, version.name, version.version);
    if (!definition) continue;
    std::set<std::string> methods;
    const auto add = [&](const std::optional<Call>& call) {
      if (call && call->participant == participant) methods.insert(call->method);
    };
    for (const Step& step : definition->steps) {
      add(step.action);
      add(step.undo);
      add(step.confirm);
    }
    for (const std::string& method : methods) uses.push_back({definition->NameAtVersion(), method});
  }
  return uses;
}

}  // namespace saga::api

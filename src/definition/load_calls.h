// Calls in a definition: method, request, retry, what answers mean.
#pragma once

#include <string>

#include "definition/load_context.h"

namespace saga {

// Whether an answer can mean no: to an action it can, to an undo, a confirm or a query it cannot.
enum class MayRefuse : std::uint8_t { kNo, kYes };

std::int64_t LoadTimeout(LoadContext& context, const YAML::Node& node, const std::string& path);
saga::v1::DefinitionRetry LoadRetry(LoadContext& context, const YAML::Node& node,
                                    const std::string& path, saga::v1::DefinitionRetry retry);

// The keys call, with, timeout, retry, errors and, where it may refuse, reject_if of `node`.
void LoadCall(LoadContext& context, const YAML::Node& node, const std::string& path,
              MayRefuse may_refuse, saga::v1::DefinitionCall& call);
// As LoadCall of a map that holds nothing else.
void LoadWholeCall(LoadContext& context, const YAML::Node& node, const std::string& path,
                   MayRefuse may_refuse, saga::v1::DefinitionCall& call);
void LoadQuery(LoadContext& context, const YAML::Node& node, const std::string& path,
               saga::v1::DefinitionQuery& query);

}  // namespace saga

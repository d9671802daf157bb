// Values in a definition: expressions, what is built of them, delays, follow-ups.
#pragma once

#include <chrono>
#include <string>

#include "definition/load_context.h"

namespace saga {

saga::v1::MappingValue LoadMapping(LoadContext& context, const YAML::Node& node,
                                   const std::string& path);

// One expression; an empty one is an error.
std::string LoadExpression(LoadContext& context, const YAML::Node& node, const std::string& path);

// More than nothing and at most `longest`; `otherwise` when it is not.
std::int64_t LoadPeriod(LoadContext& context, const YAML::Node& node, const std::string& path,
                        std::chrono::milliseconds longest, std::int64_t otherwise);

// A duration, or an expression.
saga::v1::DefinitionDelay LoadDelay(LoadContext& context, const YAML::Node& node,
                                    const std::string& path);

// The keys start, with and key of a follow-up.
saga::v1::DefinitionFollowUp LoadFollowUp(LoadContext& context, const YAML::Node& node,
                                          const std::string& path);

}  // namespace saga

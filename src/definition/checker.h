// What can be known of a definition before it runs: shape, rules, and types against the
// participants' descriptors.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "definition/descriptors.h"
#include "definition/diagnostic.h"
#include "definition/loader.h"
#include "orchestrator/core/definition.h"

namespace saga {

// Asks a participant whether it is there; blocks for a bounded time.
using Reach = std::function<Status(const std::string& participant)>;

// Loads and, where it can be read, checks: all that can be said of a candidate. The same for
// registration, LintDefinition and `sagactl definitions lint`. With `reach`, each participant that
// it calls is asked once.
LoadedDefinition LintDefinition(std::string_view source, DefinitionFormat format,
                                const std::string& name_space, const DescriptorSource& descriptors,
                                const Reach& reach = nullptr);

// Adds to `diagnostics`. Call it for a document that loaded without errors.
void CheckDefinition(const LoadedDefinition& loaded, const std::string& name_space,
                     const DescriptorSource& source, Diagnostics& diagnostics,
                     const Reach& reach = nullptr);

}  // namespace saga

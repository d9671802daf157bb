// What can be known of a definition before it runs: shape, rules, and types against the
// participants' descriptors.
#pragma once

#include <string>

#include "definition/descriptors.h"
#include "definition/diagnostic.h"
#include "definition/loader.h"
#include "orchestrator/core/definition.h"

namespace saga {

// Adds to `diagnostics`. Call it for a document that loaded without errors.
void CheckDefinition(const LoadedDefinition& loaded, const std::string& name_space,
                     const DescriptorSource& source, Diagnostics& diagnostics);

}  // namespace saga

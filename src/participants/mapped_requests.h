// Requests from the mappings (`with:`) of definitions.
#pragma once

#include "definition/descriptors.h"
#include "participants/request_builder.h"

namespace saga::participants {

// Compiles the mapping of the call's operation into its method's request. Borrows `source`, which
// must outlive the result.
RequestCompiler MappedRequests(const DescriptorSource& source);

}  // namespace saga::participants

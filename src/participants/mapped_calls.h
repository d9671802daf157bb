// Calls by the mappings (`with:`) and conditions of definitions.
#pragma once

#include "definition/descriptors.h"
#include "participants/call_codec.h"

namespace saga::participants {

// Compiles the mapping of the call's operation into its method's request, and the rules for its
// answers. Borrows `source`, which must outlive the result.
CodecCompiler MappedCalls(const DescriptorSource& source);

}  // namespace saga::participants

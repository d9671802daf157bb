// Definitions in protobuf's text format.
#pragma once

#include <string_view>

#include "definition/loader.h"

namespace saga {

// Reads saga.v1.SagaDefinition as it is: `after` must be written out; what is left out of a call
// gets the defaults of this release. As strict as YAML is read.
void LoadTextproto(std::string_view source, LoadedDefinition& result);

}  // namespace saga

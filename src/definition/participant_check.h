// What other types of a participant break in a definition that relies on it.
#pragma once

#include <string>

#include "definition/descriptors.h"
#include "definition/diagnostic.h"
#include "saga/v1/definition.pb.h"

namespace saga {

// True when a step of the definition calls the participant.
bool Uses(const saga::v1::SagaDefinition& document, const std::string& participant);

// Errors of the definition with the types `then` that it has not with `now`, and what it fills in
// requests and reads of answers that would be taken for something else. Without places: the paths
// tell where.
Diagnostics BrokenBy(const saga::v1::SagaDefinition& document, const std::string& name_space,
                     const DescriptorSource& now, const DescriptorSource& then,
                     const std::string& participant);

}  // namespace saga

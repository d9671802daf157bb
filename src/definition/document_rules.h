// The rules of a document that was not made by the YAML loader, which keeps them while it reads.
#pragma once

#include "definition/loader.h"

namespace saga {

// Gives calls without timeout or retry those of this release.
void FillDefaults(saga::v1::SagaDefinition& document);

// Names, numbers and durations: adds what is wrong to `result.diagnostics`.
void CheckDocument(LoadedDefinition& result);

}  // namespace saga

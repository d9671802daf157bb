// What each kind of step must have and must not have.
#pragma once

#include "base/status.h"
#include "orchestrator/core/definition.h"

namespace saga {

// Requires: order and pivot of `definition` are derived. Errors: INVALID_ARGUMENT
// DEFINITION_INVALID with the lint code, the step's number and its key as metadata.
Status CheckStepKinds(const Definition& definition);

}  // namespace saga

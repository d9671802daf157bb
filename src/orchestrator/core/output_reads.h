// Whether anything is built from what a step answers.
#pragma once

#include "orchestrator/core/definition.h"

namespace saga {

// Some call, condition, follow-up, or the saga's own output reads the output of the step.
bool OutputIsRead(const Definition& definition, StepIndex index);

}  // namespace saga

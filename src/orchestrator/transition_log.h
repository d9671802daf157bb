// One line per committed transition.
#pragma once

#include "orchestrator/core/saga.h"

namespace saga {

// info for start and end, warn when an operator may have to act, debug for steps. No payloads.
void LogTransition(const Saga& saga, const NumberedRecord& record);

}  // namespace saga

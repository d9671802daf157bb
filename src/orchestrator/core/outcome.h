// What a failure means: the outcome table of docs/semantics.md.
#pragma once

#include <map>
#include <string>

#include "orchestrator/core/call.h"
#include "orchestrator/core/failure.h"

namespace saga {

// `errors` overrides by google.rpc.ErrorInfo.reason, then by the name of the gRPC code. The same
// for every operation: what a "no" to an undo leads to is the engine's to decide.
CallOutcome OutcomeOf(const Failure& failure, const std::map<std::string, ErrorRule>& errors);

}  // namespace saga

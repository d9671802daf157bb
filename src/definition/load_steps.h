// The steps of a definition.
#pragma once

#include "definition/load_context.h"

namespace saga {

// In their order, with `parallel` and `after` resolved.
void LoadSteps(LoadContext& context, const YAML::Node& node);

}  // namespace saga

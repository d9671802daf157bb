// The head of a definition: what is said of it as a whole.
#pragma once

#include "definition/load_context.h"

namespace saga {

// Name, owner, input, labels, deadline, events.
void LoadHead(LoadContext& context, const YAML::Node& root);
void LoadDefaults(LoadContext& context, const YAML::Node& node);
void LoadParticipants(LoadContext& context, const YAML::Node& node);
// `then:`, the sagas that are started when this one has ended.
void LoadThen(LoadContext& context, const YAML::Node& node);

}  // namespace saga

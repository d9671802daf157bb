// What every call says of itself in its gRPC metadata.
#pragma once

#include <span>

#include "participants/call_task.h"

namespace saga::participants {

// Fills `task.metadata`, and the texts of the task that it points at. Allocates nothing but the
// text of the saga's deadline. Requires: the task has its plan.
std::span<const MetadataEntry> FillMetadata(CallTask& task);

}  // namespace saga::participants

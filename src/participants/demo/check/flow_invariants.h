// What must hold of the runs of the flagship flows, as questions to the shop's database.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace saga::demo {

// Both may use the table `ends`, the sagas of the run: saga, state (3 succeeded, 4 compensated),
// waits (for a person), number (of the order); and `others`, all other sagas: saga, definition,
// state.
struct FlowInvariant {
  const char* name;
  const char* looked_at;   // SELECT count(*).
  const char* violations;  // One sentence a row.
};

struct FlowCheck {
  const char* name;
  const char* definition;
  std::span<const FlowInvariant> invariants;
};

// Null when there is no such flow.
const FlowCheck* FindFlowCheck(std::string_view name);
std::string FlowCheckNames();

}  // namespace saga::demo

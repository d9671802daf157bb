// What must hold of a shop whose sagas have come to rest.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "participants/demo/check/evidence.h"

namespace saga::demo {

// How one invariant fared.
struct Verdict {
  std::size_t looked_at = 0;
  std::vector<std::string> violations;  // One sentence each.
};

enum class Needs : std::uint8_t { kDatabases, kAcknowledged, kEvents };

struct Invariant {
  const char* name;
  Needs needs;
  Verdict (*check)(const Evidence& evidence);
};

// All of them, in the order in which they are printed. Pure functions: the evidence is all they
// see.
std::span<const Invariant> Invariants();

// True when the evidence has what the invariant looks at.
bool CanBeChecked(const Invariant& invariant, const Evidence& evidence);

}  // namespace saga::demo

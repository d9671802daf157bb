// What must hold of every saga after every decision.
#pragma once

#include <string>

#include "orchestrator/core/saga.h"

namespace saga::testing {

// What a replay of the records got otherwise than the state in memory (soft state aside); empty =
// nothing.
std::string DifferenceOf(const Saga& replayed, const Saga& saga);

// Nothing is due that was not released, and something will move a saga that lives; empty = both
// hold.
std::string IdleProblem(const Saga& saga);

}  // namespace saga::testing

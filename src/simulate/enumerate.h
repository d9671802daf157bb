// Every single fault and every pair of faults of a definition, each in a run of its own.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "simulate/fault.h"
#include "simulate/run.h"
#include "simulate/scenario.h"

namespace saga::simulate {

// One run. No faults = the run without any.
struct Case {
  std::vector<Fault> faults;
  RunResult result;
};

struct Enumeration {
  std::vector<Case> singles;  // The first one is without faults; unreached places are left out.
  std::size_t unreached = 0;  // Single faults at places that the run without faults does not call.
  std::size_t pairs = 0;
  bool cut = false;  // There are more pairs than kPairsMax.
};

// A pair is run when its first fault makes its second one reachable: anything else is as with the
// first alone. `on_pair` gets each pair once, and may keep of it what it needs.
Enumeration Enumerate(const Scenario& scenario, const std::function<void(const Case&)>& on_pair);

}  // namespace saga::simulate

#include "simulate/enumerate.h"

#include <algorithm>
#include <utility>

#include "simulate/limits.h"

namespace saga::simulate {
namespace {

bool Meets(const RunResult& run, const FaultPlace& place) {
  return std::binary_search(run.places.begin(), run.places.end(), place);
}

}  // namespace

Enumeration Enumerate(const Scenario& scenario, const std::function<void(const Case&)>& on_pair) {
  Enumeration all;
  all.singles.push_back({{}, RunSaga(scenario, {})});
  std::vector<Fault> unreached;
  for (const Fault& fault : AllFaults(*scenario.definition())) {
    if (Meets(all.singles.front().result, fault.place)) {
      all.singles.push_back({{fault}, RunSaga(scenario, {fault})});
    } else {
      unreached.push_back(fault);
    }
  }
  all.unreached = unreached.size();
  const auto run = [&](const Case& first, const Fault& second) {
    if (first.faults[0].place == second.place || !Meets(first.result, second.place)) return;
    if (all.pairs == kPairsMax) {
      all.cut = true;
      return;
    }
    ++all.pairs;
    on_pair({{first.faults[0], second}, RunSaga(scenario, {first.faults[0], second})});
  };
  for (std::size_t i = 1; i < all.singles.size(); ++i) {
    const Case& first = all.singles[i];
    for (std::size_t j = i + 1; j < all.singles.size(); ++j) {
      // Where one of them hides the other, there is nothing new.
      const Case& second = all.singles[j];
      if (Meets(second.result, first.faults[0].place)) run(first, second.faults[0]);
    }
    for (const Fault& second : unreached) run(first, second);
  }
  return all;
}

}  // namespace saga::simulate

// A small shop to simulate: its services, and definitions on them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "definition/offline_descriptors.h"
#include "simulate/run.h"
#include "simulate/scenario.h"

namespace saga::simulate::test {

const OfflineDescriptors& ShopDescriptors();

// The definition with these steps, ready to run. Fails the test when it has errors.
DefinitionRef Shop(const std::string& steps);
// As Shop, of a whole definition.
DefinitionRef Read(const std::string& yaml);
std::unique_ptr<const Scenario> ShopScenario(const std::string& steps,
                                             const std::map<std::string, std::string>& answers = {},
                                             const std::string& input = "");

// "reserve pay*2 pay/undo": who was called, in the order of the first calls.
std::string Called(const Scenario& scenario, const RunResult& run);
// Runs with faults as a user writes them: "--fail pay=UNAVAILABLE", "--timeout pay=did".
RunResult RunWith(const Scenario& scenario, const std::vector<std::string>& options);

// The undo of its first step reads a field of the input that nobody has checked.
std::unique_ptr<const Scenario> ScenarioThatLacksAnInput();
// Two steps before the pivot, one after it.
extern const char* const kOrder;

}  // namespace saga::simulate::test

// Random definitions.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/catalog.h"
#include "orchestrator/core/conditions.h"
#include "simulation/sim.h"

namespace saga::sim {

// A graph of steps in layers: perhaps a pivot, optional steps, both rules for doubt, steps with
// nothing to undo.
DefinitionRef MakeRandomPlan(Random& random, const std::string& name_space, std::uint32_t version);

// `when` of a step of a saga: by chance, the same whenever it is asked.
class ChanceConditions final : public Conditions {
 public:
  Result<bool> When(const ConditionScope& scope, StepIndex step) const override;
  Result<milliseconds> Length(const ConditionScope& scope, StepIndex step) const override;
};

// What the engine gets: the definitions as they are, or as a mutant bends them.
class Plans final : public DefinitionResolver {
 public:
  Plans(Random& random, Mutant mutant);
  DefinitionRef Find(const std::string& name_space, const std::string& name,
                     std::uint32_t version) const override;
  const std::vector<DefinitionRef>& all() const { return true_; }
  // As the engine sees it.
  DefinitionRef Bent(const DefinitionRef& definition) const;

 private:
  std::vector<DefinitionRef> true_;
  std::vector<DefinitionRef> bent_;
};

}  // namespace saga::sim

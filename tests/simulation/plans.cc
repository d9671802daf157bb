#include "simulation/plans.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace saga::sim {
namespace {

using std::chrono::seconds;

RetryPolicy RandomRetry(Random& random, std::uint32_t attempts) {
  return {.attempts = attempts,
          .backoff = random.Between(20, 400),
          .factor_permille = 2000,
          .max = seconds(5),
          .jitter = random.Chance(500)};
}

class PlanMaker {
 public:
  PlanMaker(Random& random, Definition& definition) : random_(random), definition_(definition) {}

  void AddLayers(std::size_t layers, bool after_pivot) {
    for (std::size_t i = 0; i < layers; ++i) AddLayer(1 + random_.Below(3), after_pivot);
  }
  void AddPivot() {
    Step step = MakeStep(true);
    step.pivot = true;
    step.after = last_;  // All that comes before is its ancestor.
    last_ = {Add(std::move(step))};
  }

 private:
  void AddLayer(std::size_t width, bool after_pivot) {
    std::vector<StepIndex> layer;
    std::vector<bool> covered(last_.size(), false);
    for (std::size_t i = 0; i < width; ++i) {
      Step step = MakeStep(after_pivot);
      Vary(step, after_pivot);
      if (!last_.empty()) {
        const std::size_t always = random_.Below(last_.size());
        for (std::size_t k = 0; k < last_.size(); ++k) {
          // The last one takes what nobody has taken, so that every step leads on.
          const bool left_over = i + 1 == width && !covered[k];
          if (k != always && !left_over && random_.Chance(500)) continue;
          step.after.push_back(last_[k]);
          covered[k] = true;
        }
      }
      layer.push_back(Add(std::move(step)));
    }
    last_ = std::move(layer);
  }

  // Some steps are holds, some wait for a time or for a signal, some work on after their answer.
  void Vary(Step& step, bool after_pivot) {
    if (random_.Chance(100)) step.when = "by chance";
    if (random_.Chance(100)) {
      step = Waiting(step, StepKind::kTimer);
      step.wait.fixed = random_.Between(50, 3'000);
    } else if (random_.Chance(100)) {
      step = Waiting(step, StepKind::kSignal);
      step.signal = fmt::format("go{}", random_.Below(2));
      if (random_.Chance(700)) step.wait.fixed = random_.Between(500, 9'000);
      step.optional = random_.Chance(200) && step.wait.fixed.count() > 0;
    } else if (step.undo && !after_pivot && random_.Chance(300)) {
      step.kind = StepKind::kTcc;
      step.confirm = step.undo;
      step.confirm->method = "Confirm";
      step.undo->method = "Cancel";
    } else if (random_.Chance(200)) {
      step.async = AsyncRule{.within = {.fixed = random_.Between(1'000, 9'000), .expression = ""}};
    }
    const bool asks = step.kind == StepKind::kAction && step.in_doubt == InDoubtRule::kResolve;
    if (asks && random_.Chance(200)) {
      step.query = QueryRule{.call = step.action, .done_if = "as the ledger says"};
      step.query->call.method = "Query";
      step.query->call.retry = RandomRetry(random_, 3);
      if (step.async) step.query->every = random_.Between(200, 2'000);
    }
  }
  static Step Waiting(const Step& step, StepKind kind) {
    Step waiting;
    waiting.id = step.id;
    waiting.when = step.when;
    waiting.kind = kind;
    return waiting;
  }

  Step MakeStep(bool after_pivot) {
    Step step;
    step.id = fmt::format("s{}", definition_.steps.size());
    const std::string participant = fmt::format("p{}", random_.Below(4));
    const std::uint32_t attempts =
        after_pivot && random_.Chance(700) ? 0 : 2 + static_cast<std::uint32_t>(random_.Below(3));
    step.action = {.participant = participant,
                   .method = "Do",
                   .timeout = random_.Between(200, 1500),
                   .retry = RandomRetry(random_, attempts)};
    step.optional = random_.Chance(120);
    if (step.optional && step.action.retry.attempts == 0) step.action.retry.attempts = 3;
    step.in_doubt = random_.Chance(400) ? InDoubtRule::kUndo : InDoubtRule::kResolve;
    step.hold_when_stuck = random_.Chance(150);
    step.wait_for_person = random_.Chance(150);
    const std::uint32_t undo_attempts = 2 + static_cast<std::uint32_t>(random_.Below(4));
    if (!after_pivot && !random_.Chance(100)) {
      step.undo = Call{.participant = participant,
                       .method = "Undo",
                       .timeout = random_.Between(200, 1500),
                       .retry = RandomRetry(random_, undo_attempts)};
    }
    if (!step.undo) step.in_doubt = InDoubtRule::kResolve;
    return step;
  }

  StepIndex Add(Step step) {
    if (step.pivot || !step.undo) step.in_doubt = InDoubtRule::kResolve;
    definition_.steps.push_back(std::move(step));
    return ToStep(definition_.steps.size() - 1);
  }

  Random& random_;
  Definition& definition_;
  std::vector<StepIndex> last_;
};

}  // namespace

DefinitionRef MakeRandomPlan(Random& random, const std::string& name_space, std::uint32_t version) {
  Definition definition;
  definition.name_space = name_space;
  definition.name = "plan";
  definition.version = version;
  definition.deadline = random.Between(3'000, 30'000);
  PlanMaker maker(random, definition);
  maker.AddLayers(random.Below(4), false);
  if (definition.steps.empty() || random.Chance(700)) {
    maker.AddPivot();
    definition.steps.back().optional = false;
    maker.AddLayers(random.Below(3), true);
  }
  auto made = Definition::Make(std::move(definition));
  if (!made.ok()) throw Violation("a random plan is no definition: " + made.status().ToString());
  return std::move(made).value();
}

Result<bool> ChanceConditions::When(const ConditionScope& scope, StepIndex step) const {
  return StableHash(scope.saga.text(), ToSize(step)) % 10 < 7;
}

Result<milliseconds> ChanceConditions::Length(const ConditionScope&, StepIndex) const {
  return milliseconds(500);
}

Plans::Plans(Random& random, Mutant mutant) {
  for (std::uint32_t version = 1; version <= 12; ++version) {
    true_.push_back(MakeRandomPlan(random, version % 3 == 0 ? "other" : "default", version));
    if (mutant != Mutant::kUndoOrderIgnored) {
      bent_.push_back(true_.back());
      continue;
    }
    Definition bent = *true_.back();
    for (Step& step : bent.steps) step.descendants.clear();
    bent_.push_back(std::make_shared<const Definition>(std::move(bent)));
  }
}

DefinitionRef Plans::Find(const std::string& name_space, const std::string& name,
                          std::uint32_t version) const {
  for (const DefinitionRef& definition : bent_) {
    if (definition->name_space == name_space && definition->name == name &&
        definition->version == version) {
      return definition;
    }
  }
  return nullptr;
}

DefinitionRef Plans::Bent(const DefinitionRef& definition) const {
  return Find(definition->name_space, definition->name, definition->version);
}

}  // namespace saga::sim

#include "orchestrator/core/definition_rules.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/check.h"

namespace saga {
namespace {

class StepRules {
 public:
  StepRules(const Definition& definition, const Step& step)
      : definition_(definition), step_(step) {}

  Status Check() const {
    SAGA_RETURN_IF_ERROR(CheckKind());
    SAGA_RETURN_IF_ERROR(CheckOutcomes());
    return CheckLate();
  }

 private:
  Status Wrong(const char* key, std::string_view problem) const {
    return Status(
               StatusCode::kInvalidArgument, "DEFINITION_INVALID",
               fmt::format("definition '{}': step '{}': {}", definition_.name, step_.id, problem))
        .WithMetadata("lint", "SAGA017")
        .WithMetadata("step", std::to_string(&step_ - definition_.steps.data()))
        .WithMetadata("key", key);
  }

  static bool IsSet(const Delay& delay) {
    return delay.fixed.count() > 0 || !delay.expression.empty();
  }

  Status CheckKind() const {
    switch (step_.kind) {
      case StepKind::kAction:
        return step_.confirm ? Wrong("confirm", "only a hold (try, confirm, cancel) is confirmed")
                             : Status::Ok();
      case StepKind::kTcc:
        return CheckHold();
      case StepKind::kTimer:
      case StepKind::kSignal:
        return CheckWait();
    }
    SAGA_UNREACHABLE();
  }

  Status CheckHold() const {
    if (!step_.confirm) return Wrong("try", "a hold needs `confirm`: how it becomes final");
    if (!step_.undo) return Wrong("try", "a hold needs `cancel`: how it is given back");
    if (step_.pivot) return Wrong("pivot", "a hold is no pivot: the pivot confirms it");
    if (step_.after_pivot) {
      return Wrong("try", "a hold after the pivot would be confirmed at once: use `call`");
    }
    return Status::Ok();
  }

  Status CheckWait() const {
    const bool timer = step_.kind == StepKind::kTimer;
    const std::string_view name = timer ? "a timer" : "a signal";
    if (timer && !IsSet(step_.wait)) return Wrong("wait", "a timer needs `wait`: how long");
    if (!timer && step_.signal.empty()) return Wrong("signal", "the signal has no name");
    if (step_.pivot) return Wrong("pivot", fmt::format("{} is no pivot", name));
    if (step_.undo) return Wrong("undo", fmt::format("{} has nothing to undo", name));
    if (step_.confirm) return Wrong("confirm", fmt::format("{} has nothing to confirm", name));
    if (step_.async || step_.query) return Wrong("async", fmt::format("{} calls nobody", name));
    if (timer && step_.optional)
      return Wrong("optional", "a timer cannot fail: it is not optional");
    if (!timer && step_.optional && !IsSet(step_.wait)) {
      return Wrong("optional", "an optional signal needs `within`: when it is given up");
    }
    return Status::Ok();
  }

  Status CheckOutcomes() const {
    if (step_.async && !IsSet(step_.async->within)) {
      return Wrong("async", "`async` needs `within`: how long the outcome may take");
    }
    if (step_.query && step_.query->done_if.empty()) {
      return Wrong("query", "`query` needs `done_if`: which answer means that it has happened");
    }
    if (step_.query && step_.query->every.count() > 0 && !step_.async) {
      return Wrong("query",
                   "`every` is for steps with `async`; without it, `query` is asked only "
                   "when an answer is missing");
    }
    if (!step_.action.reject_if.empty() && step_.after_pivot && !step_.optional) {
      return Wrong("reject_if", "after the pivot an answer cannot mean no any more");
    }
    return Status::Ok();
  }

  // A late success needs a step that can be given up while its call is still on its way.
  Status CheckLate() const {
    if (!step_.on_late) return Status::Ok();
    if (step_.kind == StepKind::kTimer) return Wrong("on_late", "a timer is never late");
    const bool waited_for = step_.pivot || (step_.after_pivot && !step_.optional);
    if (waited_for) {
      return Wrong("on_late",
                   "the saga waits for this step however long it takes: its success is "
                   "never late");
    }
    return Status::Ok();
  }

  const Definition& definition_;
  const Step& step_;
};

}  // namespace

Status CheckStepKinds(const Definition& definition) {
  for (const Step& step : definition.steps) {
    SAGA_RETURN_IF_ERROR(StepRules(definition, step).Check());
  }
  return Status::Ok();
}

}  // namespace saga

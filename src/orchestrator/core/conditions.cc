#include "orchestrator/core/conditions.h"

#include <fmt/format.h>

namespace saga {
namespace {

class Unevaluated final : public Conditions {
 public:
  Result<bool> When(const ConditionScope& scope, StepIndex step) const override {
    return Refused(scope, step);
  }
  Result<std::chrono::milliseconds> Length(const ConditionScope& scope,
                                           StepIndex step) const override {
    return Refused(scope, step);
  }

 private:
  static Status Refused(const ConditionScope& scope, StepIndex step) {
    return {StatusCode::kInternal, "NO_EVALUATION",
            fmt::format("nothing evaluates the expressions of step '{}' here",
                        scope.definition.step(step).id)};
  }
};

}  // namespace

const Conditions& NoConditions() {
  static const Unevaluated kUnevaluated;
  return kUnevaluated;
}

}  // namespace saga

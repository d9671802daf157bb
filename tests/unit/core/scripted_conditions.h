// Conditions that answer by name: yes, no, bad (an error), has:STEP, a number of seconds, or what a
// test has said of the name.
#pragma once

#include <map>
#include <string>

#include "orchestrator/core/conditions.h"

namespace saga::testing {

class ScriptedConditions final : public Conditions {
 public:
  void Say(const std::string& name, const std::string& value) { said_[name] = value; }

  Result<bool> When(const ConditionScope& scope, StepIndex step) const override {
    const std::string value = ValueOf(scope.definition.step(step).when);
    if (value == "bad") return Broken();
    if (value.rfind("has:", 0) == 0) {
      return scope.outputs[ToSize(*scope.definition.Find(value.substr(4)))] != nullptr;
    }
    return value == "yes";
  }
  Result<std::chrono::milliseconds> Length(const ConditionScope& scope,
                                           StepIndex step) const override {
    const std::string value = ValueOf(scope.definition.step(step).wait.expression);
    if (value == "bad") return Broken();
    return std::chrono::milliseconds(std::chrono::seconds(std::stoi(value)));
  }

 private:
  static Status Broken() {
    return {StatusCode::kInvalidArgument, "NO_SUCH_FIELD", "no such field"};
  }
  std::string ValueOf(const std::string& name) const {
    const auto said = said_.find(name);
    return said == said_.end() ? name : said->second;
  }

  std::map<std::string, std::string> said_;
};

}  // namespace saga::testing

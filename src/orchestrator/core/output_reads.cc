// Whether anything is built from what a step answers.
#include "orchestrator/core/output_reads.h"

#include <algorithm>
#include <cctype>

namespace saga {
namespace {

bool Mentions(const std::string& expression, const std::string& prefix) {
  std::size_t at = expression.find(prefix);
  while (at != std::string::npos) {
    const std::size_t end = at + prefix.size();
    const bool whole =
        end >= expression.size() ||
        (std::isalnum(static_cast<unsigned char>(expression[end])) == 0 && expression[end] != '_');
    if (whole) return true;
    at = expression.find(prefix, end);
  }
  return false;
}

bool Mentions(const Mapping& mapping, const std::string& prefix) {
  return Mentions(mapping.expression, prefix) ||
         std::any_of(mapping.fields.begin(), mapping.fields.end(),
                     [&](const auto& field) { return Mentions(field.value, prefix); }) ||
         std::any_of(mapping.list.begin(), mapping.list.end(),
                     [&](const Mapping& element) { return Mentions(element, prefix); });
}

bool Mentions(const FollowUp& follow_up, const std::string& prefix) {
  return Mentions(follow_up.with, prefix) || Mentions(follow_up.business_key, prefix);
}

bool Mentions(const Step& step, const std::string& prefix) {
  return Mentions(step.when, prefix) || Mentions(step.wait.expression, prefix) ||
         Mentions(step.action.with, prefix) || Mentions(step.action.reject_if, prefix) ||
         (step.undo && Mentions(step.undo->with, prefix)) ||
         (step.confirm && Mentions(step.confirm->with, prefix)) ||
         (step.async && Mentions(step.async->within.expression, prefix)) ||
         (step.query && Mentions(step.query->call.with, prefix)) ||
         (step.on_late && Mentions(*step.on_late, prefix));
}

}  // namespace

bool OutputIsRead(const Definition& definition, StepIndex index) {
  const Step& own = definition.step(index);
  const std::string prefix = "steps." + own.id;
  const auto mentions = [&](const auto& part) { return Mentions(part, prefix); };
  if (mentions(definition.output)) return true;
  if (std::any_of(definition.steps.begin(), definition.steps.end(), mentions)) return true;
  if (std::any_of(definition.then_succeeded.begin(), definition.then_succeeded.end(), mentions) ||
      std::any_of(definition.then_compensated.begin(), definition.then_compensated.end(), mentions))
    return true;
  return (own.undo && Mentions(own.undo->with, "output")) ||
         (own.confirm && Mentions(own.confirm->with, "output"));
}

}  // namespace saga

#include "unit/core/saga_checks.h"

#include <fmt/format.h>

#include "orchestrator/core/decide.h"

namespace saga::testing {
namespace {

// Everything of a step that its records say.
std::string Describe(const StepProgress& step) {
  std::string text = fmt::format("{} effect={} late={} key={} output={}", StepStateName(step.state),
                                 step.effect_possible, step.late, step.key_generation,
                                 step.output ? step.output->bytes : "none");
  if (!step.pending) return text;
  const PendingCall& pending = *step.pending;
  text +=
      fmt::format(" pending={} awaited={} until={} stuck={}", OperationName(pending.operation),
                  static_cast<int>(pending.awaited), pending.until ? ToMicros(*pending.until) : 0,
                  pending.stuck ? StuckReasonName(*pending.stuck) : "no");
  return text;
}

std::string Describe(const Saga& saga) {
  std::string text =
      fmt::format("{} r{} paused={} holds={} unreadable='{}'", SagaStateName(saga.state),
                  ToNumber(saga.revision), saga.paused,
                  saga.holds ? HoldDecisionName(*saga.holds) : "open", saga.unreadable);
  for (const KeptSignal& signal : saga.signals) text += " signal=" + signal.name;
  text += fmt::format(" seen={}", saga.signals_seen.size());
  for (const FollowUpProgress& follow_up : saga.follow_ups) {
    text +=
        fmt::format(" follow_up={}/{} started={} stuck={}", static_cast<int>(follow_up.place.kind),
                    follow_up.place.index, follow_up.started, follow_up.stuck_since.has_value());
  }
  return text;
}

}  // namespace

std::string DifferenceOf(const Saga& replayed, const Saga& saga) {
  if (Describe(replayed) != Describe(saga)) {
    return fmt::format("replayed {}\n  memory {}", Describe(replayed), Describe(saga));
  }
  for (std::size_t i = 0; i < saga.steps.size(); ++i) {
    const std::string here = Describe(saga.steps[i]);
    const std::string there = Describe(replayed.steps[i]);
    if (here != there) {
      return fmt::format("step '{}': replayed {}\n  memory {}", saga.definition->steps[i].id, there,
                         here);
    }
  }
  return "";
}

std::string IdleProblem(const Saga& saga) {
  if (!saga.unreadable.empty()) return "it cannot be read: " + saga.unreadable;
  if (saga.paused || IsEnded(saga.state)) return "";
  if (!ResumeEffects(saga).empty()) return "something is due and not released";
  for (const StepProgress& step : saga.steps) {
    if (step.pending) return "";
  }
  for (const FollowUpProgress& follow_up : saga.follow_ups) {
    if (!follow_up.started) return "";
  }
  return "the saga lives and nothing will ever move it";
}

}  // namespace saga::testing

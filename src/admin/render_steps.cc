#include "admin/render_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "admin/names.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

struct Word {
  std::string text;
  Tone tone = Tone::kPlain;
};

const v1::Attempt* AttemptOf(const v1::Step& step, v1::Operation operation) {
  for (const v1::Attempt& attempt : step.attempts()) {
    if (attempt.operation() == operation) return &attempt;
  }
  return nullptr;
}

v1::Operation ForwardOperation(const v1::Step& step) {
  const bool tcc =
      AttemptOf(step, v1::OPERATION_TRY) != nullptr || step.operation() == v1::OPERATION_TRY;
  return tcc ? v1::OPERATION_TRY : v1::OPERATION_ACTION;
}

bool IsDue(const v1::Step& step, v1::Operation operation) {
  return step.operation() == operation ||
         (step.operation() == v1::OPERATION_UNSPECIFIED && operation == ForwardOperation(step));
}

// Of the operation that is due: stuck or waiting to be tried again.
std::optional<Word> Trouble(const v1::Step& step, v1::Operation operation) {
  if (!IsDue(step, operation)) return std::nullopt;
  if (!step.stuck_reason().empty()) return Word{"STUCK", Tone::kBad};
  if (step.has_next_attempt_time()) return Word{"retrying", Tone::kWarn};
  return std::nullopt;
}

Word ForwardWord(const v1::Saga& saga, const v1::Step& step) {
  if (const auto trouble = Trouble(step, ForwardOperation(step))) return *trouble;
  const v1::Attempt* attempt = AttemptOf(step, ForwardOperation(step));
  const bool answered = attempt != nullptr && !attempt->has_failure();
  const v1::Step::State state = step.state();
  if (state == v1::Step::STATE_WAITING) {
    return {saga.state() == v1::Saga::STATE_RUNNING ? "waiting" : "not run", Tone::kDim};
  }
  if (state == v1::Step::STATE_SUCCEEDED || state == v1::Step::STATE_CONFIRMING ||
      state == v1::Step::STATE_CONFIRMED) {
    return {"done", Tone::kGood};
  }
  if (state == v1::Step::STATE_UNDOING) {
    return answered ? Word{"done", Tone::kPlain} : Word{"in doubt", Tone::kWarn};
  }
  if (state == v1::Step::STATE_REJECTED || state == v1::Step::STATE_IN_DOUBT ||
      state == v1::Step::STATE_GIVEN_UP) {
    return {StepStateWord(state), Tone::kWarn};
  }
  return {StepStateWord(state), Tone::kPlain};
}

Word BackwardWord(const v1::Step& step, v1::Operation operation) {
  if (const auto trouble = Trouble(step, operation)) return *trouble;
  if (step.state() == v1::Step::STATE_UNDONE || step.state() == v1::Step::STATE_CONFIRMED) {
    return {"done", Tone::kGood};
  }
  return {"running", Tone::kPlain};
}

bool IsBeingUndone(const v1::Step& step) {
  return step.operation() == v1::OPERATION_UNDO || step.operation() == v1::OPERATION_CANCEL;
}

std::string WaitsFor(const v1::Step& step) {
  std::vector<std::string> names;
  for (const std::string& id : step.after()) names.push_back(Clean(id));
  return names.empty() ? "" : "after " + Join(names, ", ");
}

std::string Details(const v1::Step& step, v1::Operation operation, const TimeFormat& times) {
  std::vector<std::string> parts;
  const v1::Attempt* attempt = AttemptOf(step, operation);
  const bool due = IsDue(step, operation);
  if (attempt != nullptr && attempt->number() > 1) {
    parts.push_back(fmt::format("{} attempts", attempt->number()));
  }
  if (attempt != nullptr && attempt->has_failure())
    parts.push_back(FailureText(attempt->failure()));
  if (due && step.has_next_attempt_time()) {
    parts.push_back("again " + times.Until(step.next_attempt_time()));
  }
  if (attempt == nullptr && step.state() == v1::Step::STATE_WAITING) {
    if (std::string waits = WaitsFor(step); !waits.empty()) parts.push_back(std::move(waits));
  }
  if (!due || step.stuck_reason().empty()) return Join(parts, ", ");
  return "<== " + (parts.empty() ? Clean(step.stuck_reason()) : Join(parts, ", "));
}

std::vector<Cell> Row(std::string name, const Word& word, const v1::Step& step,
                      v1::Operation operation, const TimeFormat& times) {
  const v1::Attempt* attempt = AttemptOf(step, operation);
  const std::string method = attempt == nullptr ? "" : attempt->method();
  const bool started = attempt != nullptr && attempt->has_start_time();
  const bool answered = attempt != nullptr && attempt->has_duration();
  return {
      {std::move(name)},
      {"[" + word.text + "]", word.tone},
      {MethodLabel(step.participant(), method)},
      {started ? times.ClockMillis(attempt->start_time()) : ""},
      {answered ? FormatSpan(ToSpan(attempt->duration())) : ""},
      {Details(step, operation, times), word.tone == Tone::kBad ? Tone::kBad : Tone::kPlain},
  };
}

// Steps that build on `step` and whose effect is still there: their undos come first.
std::string UndoneAfter(const v1::Saga& saga, const v1::Step& step) {
  std::vector<std::string> names;
  for (const v1::Step& other : saga.steps()) {
    const bool builds_on = std::find(other.after().begin(), other.after().end(), step.step_id()) !=
                           other.after().end();
    const v1::Step::State state = other.state();
    const bool without_effect = state == v1::Step::STATE_WAITING ||
                                state == v1::Step::STATE_SKIPPED ||
                                state == v1::Step::STATE_UNDONE ||
                                (state == v1::Step::STATE_REJECTED && !IsBeingUndone(other));
    if (builds_on && !without_effect) names.push_back(Clean(other.step_id()));
  }
  return names.empty() ? "" : "after " + Join(names, ", ");
}

// On the way back: what happened will be undone as soon as it is its turn.
bool WaitsToBeUndone(const v1::Saga& saga, const v1::Step& step) {
  return saga.state() == v1::Saga::STATE_COMPENSATING && step.undoable() &&
         step.state() == v1::Step::STATE_SUCCEEDED && !IsBeingUndone(step);
}

}  // namespace

Table StepTable(const v1::Saga& saga, const TimeFormat& times) {
  Table table({
      {.title = "STEP", .width_min = 18},
      {.title = "STATE"},
      {.title = "CALL", .width_min = 14, .drop_rank = 1},
      {.title = "STARTED", .drop_rank = 3},
      {.title = "TOOK", .align = Align::kRight, .drop_rank = 2},
      {.title = "NOTE", .width_min = 18},
  });
  constexpr std::array kBackward = {v1::OPERATION_CONFIRM, v1::OPERATION_CANCEL,
                                    v1::OPERATION_UNDO};
  for (const v1::Step& step : saga.steps()) {
    std::string name = Clean(step.step_id());
    if (step.pivot()) name += " (pivot)";
    if (step.optional()) name += " (optional)";
    const v1::Operation forward = ForwardOperation(step);
    table.Add(Row(std::move(name), ForwardWord(saga, step), step, forward, times));
    for (const v1::Operation operation : kBackward) {
      if (AttemptOf(step, operation) == nullptr && step.operation() != operation) continue;
      table.Add(Row(" '- " + OperationWord(operation), BackwardWord(step, operation), step,
                    operation, times));
    }
    if (WaitsToBeUndone(saga, step)) {
      table.Add(
          {{" '- undo"}, {"[waiting]", Tone::kDim}, {""}, {""}, {""}, {UndoneAfter(saga, step)}});
    }
  }
  return table;
}

}  // namespace saga::admin

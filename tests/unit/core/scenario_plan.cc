// Plans as text: see scenario.h.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <sstream>

#include "unit/core/scenario.h"
#include "unit/core/scenario_text.h"

namespace saga::testing {
namespace {

using std::chrono::seconds;

RetryPolicy Attempts(std::uint32_t attempts) {
  return {.attempts = attempts, .backoff = seconds(1), .max = seconds(60), .jitter = false};
}

Call MakeCall(const std::string& step, const char* method, std::uint32_t attempts) {
  return {.participant = "p-" + step, .method = method, .retry = Attempts(attempts)};
}

// The text of one step, taken apart.
struct StepText {
  std::string id;
  std::string marks;
  std::string when;    // After '^'.
  std::string before;  // After '<': a further step in `after`.
  std::string wait;    // After '+': a timer of so many seconds, or of an expression.
  std::string signal;  // After '=': NAME or NAME/SECONDS.
};

StepText TakeApart(const std::string& text) {
  StepText parts;
  std::string* current = &parts.id;
  for (const char c : text) {
    switch (c) {
      case '^':
        current = &parts.when;
        break;
      case '<':
        current = &parts.before;
        break;
      case '+':
        current = &parts.wait;
        break;
      case '=':
        current = &parts.signal;
        break;
      default:
        if (std::string_view("!?-@&#~%*").find(c) != std::string_view::npos) {
          parts.marks += c;
        } else {
          *current += c;
        }
    }
  }
  return parts;
}

Delay DelayOf(const std::string& text) {
  const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (number) return {.fixed = seconds(std::stoi(text)), .expression = {}};
  return {.expression = text};
}

void SetKind(const StepText& text, Step& step) {
  const auto marked = [&text](char mark) { return text.marks.find(mark) != std::string::npos; };
  if (!text.wait.empty()) {
    step.kind = StepKind::kTimer;
    step.wait = DelayOf(text.wait);
  } else if (!text.signal.empty()) {
    const auto slash = text.signal.find('/');
    step.kind = StepKind::kSignal;
    step.signal = text.signal.substr(0, slash);
    if (slash != std::string::npos) step.wait = DelayOf(text.signal.substr(slash + 1));
  } else if (marked('#')) {
    step.kind = StepKind::kTcc;
    step.confirm = MakeCall(step.id, "Confirm", 2);
  }
  if (marked('~')) step.async = AsyncRule{.within = {.fixed = seconds(30), .expression = {}}};
  if (marked('%')) {
    step.query = QueryRule{.call = MakeCall(step.id, "Get", 2), .done_if = "output.done"};
    if (step.async) step.query->every = seconds(5);
  }
}

Step MakeStep(const StepText& text, std::vector<StepIndex> after, bool past_pivot) {
  const auto marked = [&text](char mark) { return text.marks.find(mark) != std::string::npos; };
  Step step;
  step.id = text.id;
  step.after = std::move(after);
  step.when = text.when;
  step.action = MakeCall(step.id, "Do", 3);
  step.pivot = marked('!');
  step.optional = marked('?');
  step.hold_when_stuck = marked('&');
  step.in_doubt = marked('@') ? InDoubtRule::kUndo : InDoubtRule::kResolve;
  if (marked('*')) step.on_late = FollowUp{.definition = "refund"};
  SetKind(text, step);
  const bool calls = step.kind == StepKind::kAction || step.kind == StepKind::kTcc;
  if (calls && !step.pivot && !past_pivot && !marked('-')) {
    step.undo = MakeCall(step.id, "Undo", 2);
  }
  return step;
}

void AddSteps(const std::string& steps, Definition& definition) {
  std::vector<StepIndex> last;
  bool past_pivot = false;
  for (const std::string& group : Split(steps, ',')) {
    std::string names = group;
    std::erase(names, '[');
    std::erase(names, ']');
    std::vector<StepIndex> current;
    for (const std::string& name : Words(names)) {
      current.push_back(ToStep(definition.steps.size()));
      const StepText text = TakeApart(name);
      std::vector<StepIndex> after = last;
      if (!text.before.empty()) after.push_back(*definition.Find(text.before));
      definition.steps.push_back(MakeStep(text, std::move(after), past_pivot));
    }
    past_pivot = past_pivot || definition.steps.back().pivot;
    last = current;
  }
}

}  // namespace

DefinitionRef MakePlan(std::string_view plan) {
  Definition definition;
  definition.name_space = "default";
  definition.name = "plan";
  definition.version = 1;
  definition.deadline = seconds(60);
  const std::vector<std::string> parts = Split(plan, ';');
  AddSteps(parts[0], definition);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::vector<std::string> words = Words(parts[i]);  // then succeeded|compensated NAME
    auto& list = words[1] == "succeeded" ? definition.then_succeeded : definition.then_compensated;
    list.push_back({.definition = words[2]});
  }
  auto made = Definition::Make(std::move(definition));
  EXPECT_TRUE(made.ok()) << made.status().ToString();
  return std::move(made).value();
}

}  // namespace saga::testing

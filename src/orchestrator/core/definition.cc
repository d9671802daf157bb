#include "orchestrator/core/definition.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"
#include "orchestrator/core/definition_rules.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

Status Invalid(const Definition& definition, std::string_view problem) {
  return {StatusCode::kInvalidArgument, "DEFINITION_INVALID",
          fmt::format("definition '{}': {}", definition.name, problem)};
}

Status InvalidStep(const Definition& definition, const Step& step, std::string_view problem,
                   std::string lint = "SAGA003") {
  return Invalid(definition, fmt::format("step '{}': {}", step.id, problem))
      .WithMetadata("lint", std::move(lint))
      .WithMetadata("step", std::to_string(&step - definition.steps.data()));
}

Status CheckIds(const Definition& definition) {
  if (definition.steps.empty()) return Invalid(definition, "it has no steps");
  if (definition.steps.size() > kStepsMax) {
    return Invalid(definition, fmt::format("it has {} steps; at most {} are allowed",
                                           definition.steps.size(), kStepsMax));
  }
  std::set<std::string_view> ids;
  for (const Step& step : definition.steps) {
    if (step.id.empty()) return Invalid(definition, "a step has no id");
    if (!ids.insert(step.id).second) return InvalidStep(definition, step, "its id is used twice");
    for (const StepIndex before : step.after) {
      if (ToSize(before) >= definition.steps.size()) {
        return InvalidStep(definition, step, "`after` names a step that does not exist");
      }
    }
  }
  return Status::Ok();
}

// Everything that can be reached along `next` from `start`.
std::vector<StepIndex> Reach(const Definition& definition, std::size_t start) {
  std::vector<bool> seen(definition.steps.size(), false);
  std::vector<std::size_t> open = {start};
  std::vector<StepIndex> reached;
  while (!open.empty()) {
    const std::size_t current = open.back();
    open.pop_back();
    for (const StepIndex next : definition.steps[current].next) {
      if (seen[ToSize(next)]) continue;
      seen[ToSize(next)] = true;
      reached.push_back(next);
      open.push_back(ToSize(next));
    }
  }
  std::sort(reached.begin(), reached.end());
  return reached;
}

bool Contains(const std::vector<StepIndex>& steps, StepIndex step) {
  return std::binary_search(steps.begin(), steps.end(), step);
}

Status DeriveOrder(Definition& definition) {
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    auto& after = definition.steps[i].after;
    std::sort(after.begin(), after.end());
    after.erase(std::unique(after.begin(), after.end()), after.end());
    for (const StepIndex before : after) definition.steps[ToSize(before)].next.push_back(ToStep(i));
  }
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    definition.steps[i].descendants = Reach(definition, i);
    if (Contains(definition.steps[i].descendants, ToStep(i))) {
      return InvalidStep(definition, definition.steps[i],
                         "it waits for itself: the `after` of some steps go round in a circle");
    }
  }
  return Status::Ok();
}

Status CheckPivotStep(const Definition& definition, const Step& pivot) {
  if (pivot.undo)
    return InvalidStep(definition, pivot, "the pivot has no undo: there is no way back behind it",
                       "SAGA006");
  if (pivot.optional) return InvalidStep(definition, pivot, "the pivot cannot be optional");
  if (pivot.in_doubt == InDoubtRule::kUndo) {
    return InvalidStep(definition, pivot, "`in_doubt: undo` cannot be: the pivot is never undone",
                       "SAGA006");
  }
  return Status::Ok();
}

Status DerivePivot(Definition& definition) {
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    if (!definition.steps[i].pivot) continue;
    if (definition.pivot) {
      return InvalidStep(
          definition, definition.steps[i],
          fmt::format("a second pivot; '{}' is one already", definition.step(*definition.pivot).id),
          "SAGA005");
    }
    definition.pivot = ToStep(i);
  }
  if (!definition.pivot) return Status::Ok();
  const Step& pivot = definition.step(*definition.pivot);
  SAGA_RETURN_IF_ERROR(CheckPivotStep(definition, pivot));
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    Step& step = definition.steps[i];
    if (ToStep(i) == *definition.pivot) continue;
    step.after_pivot = Contains(pivot.descendants, ToStep(i));
    if (!step.after_pivot && !Contains(step.descendants, *definition.pivot)) {
      return InvalidStep(
          definition, step,
          fmt::format("it runs beside the pivot '{}'; let it come before or after", pivot.id));
    }
    if (step.after_pivot && step.undo && step.kind == StepKind::kAction) {
      return InvalidStep(definition, step,
                         "it comes after the pivot and is never undone: remove its undo",
                         "SAGA006");
    }
  }
  return Status::Ok();
}

}  // namespace

std::string_view OperationName(Operation operation) {
  switch (operation) {
    case Operation::kAction:
      return "action";
    case Operation::kUndo:
      return "undo";
    case Operation::kTry:
      return "try";
    case Operation::kConfirm:
      return "confirm";
    case Operation::kCancel:
      return "cancel";
    case Operation::kQuery:
      return "query";
  }
  SAGA_UNREACHABLE();
}

bool HasCall(const Step& step, Operation operation) {
  const bool calls = step.kind == StepKind::kAction || step.kind == StepKind::kTcc;
  switch (operation) {
    case Operation::kAction:
    case Operation::kTry:
      return calls;
    case Operation::kUndo:
    case Operation::kCancel:
      return step.undo.has_value();
    case Operation::kConfirm:
      return step.confirm.has_value();
    case Operation::kQuery:
      return step.query.has_value();
  }
  SAGA_UNREACHABLE();
}

std::vector<Operation> OperationsOf(const Step& step) {
  std::vector<Operation> operations;
  for (const Operation operation :
       {ForwardOperation(step), Operation::kQuery, Operation::kConfirm, UndoOperation(step)}) {
    if (HasCall(step, operation)) operations.push_back(operation);
  }
  return operations;
}

std::optional<StepIndex> Definition::Find(std::string_view id) const {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].id == id) return ToStep(i);
  }
  return std::nullopt;
}

const Call& Definition::call(StepIndex index, Operation operation) const {
  const Step& step = this->step(index);
  switch (operation) {
    case Operation::kAction:
    case Operation::kTry:
      return step.action;
    case Operation::kUndo:
    case Operation::kCancel:
      SAGA_CHECK(step.undo.has_value());
      return *step.undo;
    case Operation::kConfirm:
      SAGA_CHECK(step.confirm.has_value());
      return *step.confirm;
    case Operation::kQuery:
      SAGA_CHECK(step.query.has_value());
      return step.query->call;
  }
  SAGA_UNREACHABLE();
}

std::string Definition::NameAtVersion() const { return fmt::format("{}@{}", name, version); }

Result<DefinitionRef> Definition::Make(Definition definition) {
  SAGA_RETURN_IF_ERROR(CheckIds(definition));
  for (Step& step : definition.steps) {
    step.next.clear();
    step.descendants.clear();
    step.after_pivot = false;
  }
  definition.pivot.reset();
  definition.has_holds = std::any_of(definition.steps.begin(), definition.steps.end(),
                                     [](const Step& step) { return step.kind == StepKind::kTcc; });
  SAGA_RETURN_IF_ERROR(DeriveOrder(definition));
  SAGA_RETURN_IF_ERROR(DerivePivot(definition));
  SAGA_RETURN_IF_ERROR(CheckStepKinds(definition));
  return DefinitionRef(std::make_shared<const Definition>(std::move(definition)));
}

}  // namespace saga

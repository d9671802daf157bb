// A definition as the engine uses it: immutable, versioned, pinned by every saga that runs on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "orchestrator/core/call.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/step.h"

namespace saga {

// The operation that does the work of a step: try or action.
constexpr Operation ForwardOperation(const Step& step) {
  return step.kind == StepKind::kTcc ? Operation::kTry : Operation::kAction;
}
// The operation that takes it back: cancel or undo.
constexpr Operation UndoOperation(const Step& step) {
  return step.kind == StepKind::kTcc ? Operation::kCancel : Operation::kUndo;
}

// The operation that asks what became of its work: its query, or the same call again.
inline Operation AskingOperation(const Step& step) {
  return step.query ? Operation::kQuery : ForwardOperation(step);
}

// The calls that a step may make: forward, query, confirm, back.
std::vector<Operation> OperationsOf(const Step& step);

// Immutable after Make; shared by the sagas that run on it.
struct Definition {
  std::string name_space;
  std::string name;
  std::uint32_t version = 0;
  std::string digest;
  std::string owner;
  std::string runbook;
  std::string input_type;  // Full protobuf name; empty = schemaless JSON.
  Mapping business_key;
  std::vector<MappingField> labels;
  Mapping output;
  std::vector<FollowUp> then_succeeded;    // Started when it has succeeded.
  std::vector<FollowUp> then_compensated;  // Started when it has been compensated.
  std::chrono::milliseconds deadline{0};
  std::vector<Step> steps;
  bool publish_payloads = false;

  // Derived by Make.
  std::optional<StepIndex> pivot;
  bool has_holds = false;  // Some step is TCC.

  const Step& step(StepIndex index) const { return steps[ToSize(index)]; }
  std::optional<StepIndex> Find(std::string_view id) const;
  // The call of `operation` in `index`. Requires: the step has it.
  const Call& call(StepIndex index, Operation operation) const;
  std::string NameAtVersion() const;  // "order-checkout@7".

  // Checks the shape (ids, cycles, pivot, undo rules) and fills what is derived in.
  // Errors: INVALID_ARGUMENT DEFINITION_INVALID that names the step and the remedy.
  static Result<std::shared_ptr<const Definition>> Make(Definition definition);
};

using DefinitionRef = std::shared_ptr<const Definition>;

}  // namespace saga

// A definition as the engine uses it: immutable, versioned, pinned by every saga that runs on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "orchestrator/core/ids.h"

namespace saga {

// What a call is for. The values are stored.
enum class Operation : std::uint8_t {
  kAction = 1,
  kUndo = 2,
  kTry = 3,
  kConfirm = 4,
  kCancel = 5,
};

// "action", "undo", "try", "confirm" or "cancel".
std::string_view OperationName(Operation operation);

// How often and how fast an operation is tried.
struct RetryPolicy {
  std::uint32_t attempts = 6;  // Calls in all; 0 = unlimited.
  std::chrono::milliseconds backoff{200};
  std::uint32_t factor_permille = 2000;
  std::chrono::milliseconds max{30'000};
  bool jitter = true;

  bool operator==(const RetryPolicy&) const = default;
};

// What an answer that the definition names means.
enum class ErrorRule : std::uint8_t { kCompensate, kRetry, kDone, kStuck };

// A value that is built from the saga; opaque to the core, compiled and evaluated by `definition`.
struct Mapping {
  enum class Kind : std::uint8_t { kNone, kExpression, kFields, kList };
  Kind kind = Kind::kNone;
  std::string expression;
  std::vector<std::pair<std::string, Mapping>> fields;
  std::vector<Mapping> list;
  int line = 0;
  int column = 0;
};

// One operation: a unary gRPC method of a registered participant.
struct Call {
  std::string participant;
  std::string method;  // "Reserve", or "pkg.Service/Reserve".
  Mapping with;
  std::map<std::string, ErrorRule> errors;  // By google.rpc.ErrorInfo.reason or gRPC code name.
  std::chrono::milliseconds timeout{5'000};
  RetryPolicy retry;
};

// What to do with an unanswered call when the saga turns back.
enum class InDoubtRule : std::uint8_t {
  kResolve,  // Repeat it with its own key until its answer is known, then undo it if it happened.
  kUndo,     // Undo it at once: its undo needs no answer and blocks a late arrival.
};

// What a step is. Actions only for now; TCC, timers and signals join here.
enum class StepKind : std::uint8_t { kAction, kTcc, kTimer, kSignal };

struct Step {
  std::string id;
  StepKind kind = StepKind::kAction;
  std::vector<StepIndex> after;
  Call action;                  // TCC: try.
  std::optional<Call> undo;     // Absent = nothing to undo. TCC: cancel.
  std::optional<Call> confirm;  // TCC only.
  bool pivot = false;
  bool optional = false;
  bool hold_when_stuck = false;  // The deadline does not end a saga that is stuck here.
  bool wait_for_person = false;  // Not tried again by itself when its participant is back.
  InDoubtRule in_doubt = InDoubtRule::kResolve;

  // Derived by Definition::Make.
  std::vector<StepIndex> next;         // Steps that name this one in `after`.
  std::vector<StepIndex> descendants;  // All that can only run after this one, however far.
  bool after_pivot = false;
};

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
  std::vector<std::pair<std::string, Mapping>> labels;
  Mapping output;
  std::chrono::milliseconds deadline{0};
  std::vector<Step> steps;
  bool publish_payloads = false;

  // Derived by Make.
  std::optional<StepIndex> pivot;

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

// A step as its definition has it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/call.h"
#include "orchestrator/core/ids.h"

namespace saga {

// What to do with an unanswered call when the saga turns back.
enum class InDoubtRule : std::uint8_t {
  kResolve,  // Repeat it with its own key until its answer is known, then undo it if it happened.
  kUndo,     // Undo it at once: its undo needs no answer and blocks a late arrival.
};

// What a step is: a call with an undo, a hold (try, confirm, cancel), or a wait.
enum class StepKind : std::uint8_t { kAction, kTcc, kTimer, kSignal };

// How long: a constant, or an expression that is evaluated once, when its step is due.
struct Delay {
  std::chrono::milliseconds fixed{0};
  std::string expression;  // Wins, when set.
};

// The call only starts the work: its outcome is reported later, or asked for.
struct AsyncRule {
  Delay within;  // Counted from when the step is due.
};

// A method that tells what became of a call whose answer is not known.
struct QueryRule {
  Call call;
  std::string done_if;                 // Expression over its answer: the action has happened.
  std::string rejected_if;             // Expression over its answer: the participant refuses it.
  Mapping output;                      // The action's answer; absent = the query's own.
  std::chrono::milliseconds every{0};  // Async: between two questions; 0 = asked only in doubt.
};

// Another saga that is started because of something; its id is derived from the cause.
struct FollowUp {
  std::string definition;
  Mapping with;          // Its input.
  Mapping business_key;  // Absent = as its definition says.
};

struct Step {
  std::string id;
  StepKind kind = StepKind::kAction;
  std::vector<StepIndex> after;
  std::string when;                      // Expression; false = skipped. Empty = always.
  Call action;                           // TCC: try. Unused by timers and signals.
  std::optional<Call> undo;              // Absent = nothing to undo. TCC: cancel.
  std::optional<Call> confirm;           // TCC only.
  std::chrono::milliseconds expires{0};  // TCC: the participant drops the hold then; 0 = never.
  std::optional<AsyncRule> async;
  std::optional<QueryRule> query;
  Delay wait;                       // Timer: how long. Signal: at most, no limit when empty.
  std::string signal;               // Signal: its name.
  std::optional<FollowUp> on_late;  // It succeeded after its saga had turned back or ended.
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

// The step can be called for `operation`.
bool HasCall(const Step& step, Operation operation);

}  // namespace saga

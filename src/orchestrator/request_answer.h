// What callers of the engine get, and how.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "orchestrator/core/decide.h"
#include "orchestrator/core/saga.h"

namespace saga {

// What a request gets. Called on the shard's thread, after the records it led to are committed (or
// at once when it led to none and all before it is committed): convert and hand over, never block.
// `saga` is only valid during the call.
struct RequestAnswer {
  Status status;
  const Saga* saga =
      nullptr;  // Null when the saga is not live here, or with an error before it was found.
  bool already_started = false;  // Start: this very start had been seen before.
  bool ended_before = false;  // Start, with saga == null: the id belongs to a saga that has ended;
                              // the caller compares the row's start digest.
  bool repeated = false;      // Operator, report, signal: accepted before; this is the same answer.
  SagaState previous_state = SagaState::kRunning;
  std::vector<PlannedCall> plan;  // Operator: calls that follow.
};
using AnswerFn = std::function<void(const RequestAnswer&)>;

// How far a waiter wants the saga to come.
enum class WaitGoal : std::uint8_t { kPivot, kEnd };

// Whether an operator's request is carried out, or only decided and shown.
enum class OperateMode : std::uint8_t { kDo, kDryRun };

// The encoded records of a live saga so far (history.h), with its state. Null = not live.
using HistoryFn = std::function<void(const Saga*, const std::string& history)>;

}  // namespace saga

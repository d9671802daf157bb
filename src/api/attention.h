// Why a saga needs a person, and what a person could do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/saga.h"
#include "orchestrator/saga_row.h"
#include "saga/v1/saga.pb.h"

namespace saga::api {

// The step that waits for a person; absent when none does.
std::optional<StepIndex> StuckStep(const Saga& saga);

// What the engine would accept now, safest first: the rules themselves are asked.
std::vector<std::string> AllowedActions(const Saga& saga);

// Requires: `step` is stuck.
void FillAttention(const Saga& saga, StepIndex step, v1::Attention& attention);

// From a row: of a saga that cannot be read, and in lists.
void FillAttention(const SagaRow& row, v1::Attention& attention);

// "reserve_stock/undo", or "capture" for forward work.
std::string PlaceName(const std::string& step, std::optional<Operation> operation);

// "UNAVAILABLE connection refused", with the participant's reason where it gave one.
std::string Describe(const Failure& failure);

}  // namespace saga::api

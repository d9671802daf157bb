// Which change a saga's row needs: at its start, when it turns (state, health or what needs
// attention), at its end. No change per step.
#pragma once

#include <string_view>

#include "orchestrator/core/saga.h"
#include "orchestrator/saga_row.h"

namespace saga {

// Attention.reason of a saga that the engine cannot make sense of.
inline constexpr std::string_view kSagaUnreadable = "SAGA_UNREADABLE";

// What the row of `saga` should say now.
RowStatus RowStatusOf(const Saga& saga);

// True when lists or filters would show the saga differently. Numbers that only grow (revision,
// attempts) do not count.
bool RowMustChange(const RowStatus& written, const RowStatus& now);

// The row of a saga that starts. `start_seq` is given when its batch is put together.
SagaRow StartRow(const Saga& saga, ShardId shard);

}  // namespace saga

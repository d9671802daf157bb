// Keeps the journal short: what a long-lived saga needs of it is written into its row.
#pragma once

#include <cstdint>
#include <vector>

#include "orchestrator/batch_part.h"
#include "orchestrator/live_sagas.h"

namespace saga {

// Entries up to here are needed by no live saga, when the journal stands at `last`.
JournalSeq LowWater(const LiveSagas& live, JournalSeq last);

// Adds to a batch the sagas whose oldest entry is more than `entries_max` behind, at most
// kCarriedSagasMax of them. Those that are in the batch anyway wait for a later one.
void AddCarried(const LiveSagas& live, JournalSeq last, std::uint64_t entries_max,
                std::vector<BatchPart>& parts);

}  // namespace saga

// Makes live sagas of what the journal holds.
#pragma once

#include "orchestrator/catalog.h"
#include "orchestrator/journal.h"
#include "orchestrator/live_sagas.h"
#include "orchestrator/record_codec.h"

namespace saga {

// Replays the records of `loaded`. A saga that cannot be understood comes back with
// Saga::unreadable set: stuck with a reason that an operator can read.
LiveSaga Revive(LoadedSaga loaded, const RecordCodec& codec, const DefinitionResolver& definitions);

// Puts a live saga back to the state of the first `history_bytes` of its history, and sets it
// aside as unreadable: the store will not take what comes next.
void SetAside(LiveSaga& live, std::size_t history_bytes, const RecordCodec& codec,
              std::string reason);

}  // namespace saga

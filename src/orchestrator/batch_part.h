// One saga's share of a batch. Batches are kept by saga until they are committed, so that one that
// the store will not take can be halved down to the saga at fault.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/core/effect.h"
#include "orchestrator/journal.h"
#include "orchestrator/shard_input.h"

namespace saga {

// An input that was decided, with what to answer once the batch is committed. It is kept whole: if
// the commit is in doubt, it is decided again.
struct DoneInput {
  ShardInput input;
  RequestAnswer answer;  // Its `saga` is filled in when it is given.
  bool found = true;     // False = a cancel or an operator's request whose saga was not live.
};

struct BatchPart {
  SagaId saga;
  bool starts = false;
  std::optional<SagaRow> start;
  std::vector<std::shared_ptr<const NumberedRecord>> records;
  std::vector<std::string> encoded;  // The same, as stored.
  std::optional<RowChange> change;
  std::vector<AuditEntry> audit;
  std::vector<CallParticipant> calls;
  std::vector<StartFollowUp> follow_ups;
  std::vector<DoneInput> done;
  std::size_t history_before = 0;  // Bytes of history before this batch.

  // There is something to store.
  bool has_content() const { return starts || !records.empty() || change || !audit.empty(); }
};

// There is something to store in any of them.
bool HasContent(std::span<const BatchPart> parts);

// What a batch carries beside the sagas' shares.
struct BatchFrame {
  JournalSeq before{};
  JournalSeq published{};
  JournalSeq low_water{};
};

// Puts the shares together, entries in the order of the parts.
Batch Assemble(std::span<const BatchPart> parts, const BatchFrame& frame);

}  // namespace saga

// One small row per saga: what lists and filters need, exact as of the saga's last turn. The
// engine's memory (of a live saga) or the history (of an ended one) is the truth for everything
// else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/record.h"
#include "orchestrator/core/saga.h"

namespace saga {

// Where a saga waits and why, while its health is not OK.
struct RowAttention {
  std::string step;  // Step id; empty = the saga as a whole (e.g. its records cannot be read).
  std::optional<Operation> operation;
  std::string participant;
  std::string reason;       // StuckReasonName, SAGA_UNREADABLE, or empty while it is only retrying.
  std::string fingerprint;  // Groups sagas with the same cause.
  Failure failure;
  std::uint32_t attempts = 0;
  std::optional<TimePoint> since;

  bool operator==(const RowAttention&) const = default;
};

// What changes in a row.
struct RowStatus {
  SagaState state = SagaState::kRunning;
  SagaHealth health = SagaHealth::kOk;
  Revision revision{};
  TimePoint updated;
  std::optional<TimePoint> ended;
  RowAttention attention;
};

struct SagaRow {
  SagaId id;
  ShardId shard{};
  JournalSeq start_seq{};  // Of its SagaStarted record.
  std::string definition;
  std::uint32_t version = 0;
  std::string owner;
  std::string business_key;
  std::map<std::string, std::string> labels;
  std::string started_by;
  std::string start_digest;
  TimePoint created;
  RowStatus status;
};

// A person's accepted request; written in the same transaction as its records.
struct AuditEntry {
  std::int64_t id = 0;  // Given by the store.
  TimePoint at;
  std::string name_space;
  std::string actor;
  std::string client;
  std::string method;    // "RetryStep", "CancelSaga", "RegisterDefinition", …
  std::string resource;  // "namespaces/default/sagas/ord-1007"
  std::string reason;
  std::string reference;
  std::string outcome;  // "accepted"
};

}  // namespace saga

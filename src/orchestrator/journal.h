// The ordered records of the shards, and the rows that hang on them. Implemented by
// store::PgJournal and store::MemoryJournal; tests/contract/journal_contract.h is the specification
// that both pass.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/saga_row.h"

namespace saga {

// An encoded record with its place in its saga.
struct JournalEntry {
  SagaId saga;
  Revision revision{};
  std::string record;  // RecordCodec's bytes.
};

// A change of a saga's row. A batch changes a row at most once, and never one that it starts.
struct RowChange {
  SagaId saga;
  RowStatus status;
  // With an end: the whole history (history.h), stored apart from the row.
  std::optional<std::string> history;
  // Carried forward: `carried` is the history up to and including `carried_to`, so that older
  // entries may be truncated.
  std::optional<std::string> carried;
  JournalSeq carried_to{};
};

// What one append writes: all of it or nothing.
struct Batch {
  JournalSeq before{};  // Where the journal stands; entry i gets position before + 1 + i.
  std::vector<JournalEntry> entries;
  std::vector<SagaRow> starts;  // A start whose id is taken is void: reported, not an error.
  std::vector<RowChange> changes;
  std::vector<AuditEntry> audit;
  JournalSeq published{};  // The publisher's cursor, saved lazily: everything up to here has
                           // reached Kafka.
  JournalSeq low_water{};  // Entries up to here are needed by no live saga of the shard.
};

// What an append lets us conclude.
enum class AppendOutcome : std::uint8_t {
  kCommitted,
  kFenced,   // Another owner holds the shard, or the journal stands elsewhere: step down.
  kInDoubt,  // It may have committed. Only Claim can tell.
  kRefused,  // Certainly rolled back; the same batch may succeed later (disk full, read-only, too
             // many connections).
  kPoison,   // Certainly rolled back; some value in the batch will never be taken. Halve the batch
             // to find it.
};

struct AppendResult {
  AppendOutcome outcome = AppendOutcome::kInDoubt;
  TimePoint committed_at;  // The database's clock; valid when committed.
  std::vector<SagaId>
      void_starts;  // Starts whose id was taken. Their entries are never evolved or published.
  Status error;     // Why not, for logs and for an operator.
};

struct ClaimedShard {
  Epoch epoch{};
  JournalSeq last{};  // The journal stands here: everything up to it is committed, nothing after it
                      // ever will be by an earlier epoch.
  JournalSeq published{};  // As last saved.
  TimePoint now;           // The database's clock.
};

// A live saga as it was left: its row and its records in order, carried ones first.
struct LoadedSaga {
  SagaRow row;
  std::vector<std::string> records;  // RecordCodec's bytes.
  JournalSeq
      oldest{};  // The oldest entry that its next load will need; after a carry, carried_to + 1.
};

// A committed entry for the publisher and for watchers. Void starts are left out.
struct CommittedEntry {
  JournalSeq seq{};
  JournalEntry entry;
  // From the saga's row; events carry them.
  std::string definition;
  std::uint32_t version = 0;
  std::string business_key;
  std::map<std::string, std::string> labels;
};

struct CommittedPage {
  std::vector<CommittedEntry> entries;
  JournalSeq
      read_to{};  // Go on after this position: void entries make it larger than the last entry's.
};

// Threads:   one instance serves one thread at a time (it owns one connection).
// Promises:  an append is atomic and fenced by (shard, epoch, position); after Claim has answered,
// no earlier epoch can
//            commit any more. Every call returns within its configured time, whatever the database
//            does.
class Journal {
 public:
  virtual ~Journal() = default;

  // Begins a new epoch of the shard. A claim that failed or whose answer was lost is simply made
  // again.
  virtual Result<ClaimedShard> Claim(ShardId shard, const std::string& node) = 0;

  // Requires: at most one append of a shard at a time; batch.entries or anything else in it not
  // empty.
  virtual AppendResult Append(ShardId shard, Epoch epoch, const Batch& batch) = 0;

  // All live sagas of the shard, each exactly once, after Claim. Stops at the first error.
  virtual Status LoadLive(ShardId shard, const std::function<void(LoadedSaga)>& each) = 0;

  // Committed entries after `after`, in order, at most `entries_max`. Errors: OUT_OF_RANGE
  // CURSOR_EXPIRED when entries after `after` have been truncated.
  virtual Result<CommittedPage> ReadCommitted(ShardId shard, JournalSeq after,
                                              std::size_t entries_max) = 0;
};

// Makes journals that work on the same data, one for each thread that needs one.
using JournalFactory = std::function<std::unique_ptr<Journal>()>;

}  // namespace saga

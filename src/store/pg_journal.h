// The journal in PostgreSQL: one row per batch, one statement and one round trip per append.
//
// Threads:   one at a time; owns its connection.
// Promises:  see Journal. The fence is the compare-and-set of the shard's row inside the append's
// statement.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "orchestrator/journal.h"
#include "store/pg_connection.h"

namespace saga {

class PgJournal final : public Journal {
 public:
  explicit PgJournal(std::string conninfo);

  Result<ClaimedShard> Claim(ShardId shard, const std::string& node) override;
  AppendResult Append(ShardId shard, Epoch epoch, const Batch& batch) override;
  Status LoadLive(ShardId shard, const std::function<void(LoadedSaga)>& each) override;
  Result<CommittedPage> ReadCommitted(ShardId shard, JournalSeq after,
                                      std::size_t entries_max) override;

 private:
  PgConnection connection_;
};

// Journals over one database.
JournalFactory PgJournals(std::string conninfo);

}  // namespace saga

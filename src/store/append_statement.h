// One append as one statement: the fence, the journal's row, and whatever rows hang on them.
#pragma once

#include <string>

#include "orchestrator/journal.h"
#include "store/pg_connection.h"

namespace saga {

struct AppendStatement {
  std::string sql;  // Depends only on which parts the batch has, so that it is prepared once for
                    // each combination.
  PgParams params;
};

// The statement answers one row (committed_us, void ids) when it committed, and none when it was
// fenced.
AppendStatement MakeAppend(ShardId shard, Epoch epoch, const Batch& batch);

// Reads a text array of ids, e.g. {default/a,default/b}; our ids need no quotes.
std::vector<SagaId> ReadIdArray(std::string_view text);

}  // namespace saga

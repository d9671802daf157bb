// Following a shard's committed records from any position: from memory while that reaches back far
// enough, else from the journal. Used by the Kafka publisher and by WatchSagas.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/status.h"
#include "orchestrator/catalog.h"
#include "orchestrator/committed_feed.h"
#include "orchestrator/journal.h"
#include "orchestrator/record_codec.h"

namespace saga {

// Threads:   one at a time; the journal's calls block, so never on a thread that must not.
// Borrows:   everything passed to the constructor.
// Promises:  the same record is the same whichever way it is read. A record that cannot be decoded
// is left out (its saga
//            is stuck and says why).
class FeedReader {
 public:
  FeedReader(CommittedFeed& feed, Journal& journal, const RecordCodec& codec,
             const DefinitionResolver& definitions)
      : feed_(feed), journal_(journal), codec_(codec), definitions_(definitions) {}

  // Committed records after `after`, at most `records_max`. Errors: OUT_OF_RANGE CURSOR_EXPIRED
  // when they have been truncated; UNAVAILABLE STORE_UNAVAILABLE.
  Result<FeedPage> Read(JournalSeq after, std::size_t records_max);

 private:
  FeedPage Decode(CommittedPage page) const;

  CommittedFeed& feed_;
  Journal& journal_;
  const RecordCodec& codec_;
  const DefinitionResolver& definitions_;
};

}  // namespace saga

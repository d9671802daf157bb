// WatchSagas: committed records as streams, each with a place of its own that it can come back to.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/blocking_pool.h"
#include "base/mutex.h"
#include "base/status.h"
#include "orchestrator/catalog.h"
#include "orchestrator/journal.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/record_codec.h"
#include "orchestrator/saga_reader.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::api {

class Watcher;

// What a stream follows.
struct WatchRequest {
  std::string name_space;
  RowFilter filter;  // Of the scope kWatch.
  std::string cursor;
};

// Threads:   Open, Stop from any thread; one thread of its own feeds all streams.
// Owns:      its thread and one journal for reading what has left memory. Borrows everything passed
// to
//            the constructor; the hub must outlive the gRPC server.
// Promises:  each stream sees the records of a saga in order, without holes, as long as it keeps up
// with
//            the kept journal; a slow stream delays nobody and costs one message of memory.
class WatchHub {
 public:
  WatchHub(Orchestrator& orchestrator, JournalFactory journals, const RecordCodec& codec,
           const DefinitionResolver& definitions, BlockingPool& pool);
  ~WatchHub();
  WatchHub(const WatchHub&) = delete;
  WatchHub& operator=(const WatchHub&) = delete;

  // Errors (as a stream that ends at once): FIELD_INVALID, OUT_OF_RANGE CURSOR_EXPIRED, UNAVAILABLE
  // NOT_READY, RESOURCE_EXHAUSTED OVERLOADED.
  grpc::ServerWriteReactor<v1::WatchSagasResponse>* Open(WatchRequest request);

  // Who holds which shard has changed: streams of shards that are not ours any more end with
  // UNAVAILABLE NOT_OWNER.
  void OnLeasesChanged();

  // Ends all streams with UNAVAILABLE DRAINING; their cursors stay valid.
  void Stop();

 private:
  friend class Watcher;

  Result<std::vector<JournalSeq>> PositionsOf(const WatchRequest& request) const;
  void Wake();
  void Run();
  // One round over all streams. Called by the hub's thread only.
  void Turn(bool stopping);
  void Serve(Watcher& watcher);
  // Reads what has left memory, on the pool.
  void CatchUp(Watcher& watcher, ShardId shard);
  void ReadJournal(Watcher& watcher, ShardId shard);

  Orchestrator& orchestrator_;
  const JournalFactory journals_;
  const RecordCodec& codec_;
  const DefinitionResolver& definitions_;
  BlockingPool& pool_;

  Mutex journal_mutex_;
  std::unique_ptr<Journal> journal_ SAGA_GUARDED_BY(journal_mutex_);

  Mutex mutex_;
  CondVar wake_;
  bool woken_ SAGA_GUARDED_BY(mutex_) = false;
  bool stopped_ SAGA_GUARDED_BY(mutex_) = false;
  std::size_t streams_ SAGA_GUARDED_BY(mutex_) = 0;
  std::vector<Watcher*> arrived_ SAGA_GUARDED_BY(mutex_);  // Not yet seen by the hub's thread.
  std::vector<Watcher*> watchers_;                         // The hub's thread only.
  std::vector<std::uint64_t> subscriptions_;               // By shard.
  std::thread thread_;
};

}  // namespace saga::api

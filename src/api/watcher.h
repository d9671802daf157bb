// One stream of WatchSagas.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <string>
#include <vector>

#include "api/watch_hub.h"

namespace saga::api {

// Threads:   reactions come from gRPC's threads and only set flags; everything else is done by the
// hub's
//            thread, and by one task of the pool at a time while `reading` is set.
// Owns:      itself: it goes in OnDone, which comes only after the hub has called Finish.
class Watcher final : public grpc::ServerWriteReactor<v1::WatchSagasResponse> {
 public:
  Watcher(WatchHub& hub, WatchRequest request, std::vector<JournalSeq> positions)
      : hub_(hub), request_(std::move(request)), positions_(std::move(positions)) {}

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  friend class WatchHub;

  // Appends the records that pass the filter to the response.
  void Take(const std::vector<CommittedRecord>& records);
  bool Full() const;

  WatchHub& hub_;
  const WatchRequest request_;
  std::vector<JournalSeq> positions_;
  v1::WatchSagasResponse response_;
  std::uint64_t silent_records_ = 0;  // Read since the last message, none of which passed.
  std::size_t next_shard_ = 0;        // Where the next round begins, so that none is starved.
  bool sent_ = false;                 // The response has left: it begins anew.
  bool greeted_ = false;              // The first message has left: the caller knows its cursor.

  // Guarded by the hub's mutex.
  bool writing_ = false;
  bool reading_ = false;
  bool broken_ = false;  // Cancelled, or the caller is gone.
  Status failure_;       // Why reading the journal failed.
};

}  // namespace saga::api

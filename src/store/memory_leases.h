// Leases in memory, with the same contract as PgLeases: for tests and for the simulator.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "orchestrator/lease.h"

namespace saga {

// What the nodes share. Threads: any.
class MemoryLeaseBoard {
 public:
  explicit MemoryLeaseBoard(std::uint16_t shards);

  // The database's clock; moved by tests.
  void SetNow(TimePoint now);
  void Pass(std::chrono::milliseconds time);
  // From now on, until it is mended, nobody reaches the board.
  void SetReachable(bool reachable);

 private:
  friend class MemoryLeases;

  Mutex mutex_;
  TimePoint now_ SAGA_GUARDED_BY(mutex_) = FromMicros(1'700'000'000'000'000);
  bool reachable_ SAGA_GUARDED_BY(mutex_) = true;
  std::map<ShardId, ShardLease> leases_ SAGA_GUARDED_BY(mutex_);
  std::map<std::string, NodeSeen> nodes_ SAGA_GUARDED_BY(mutex_);
};

// One node's access. Threads: one at a time.
class MemoryLeases final : public LeaseStore {
 public:
  explicit MemoryLeases(std::shared_ptr<MemoryLeaseBoard> board) : board_(std::move(board)) {}

  Result<LeaseTable> Renew(const NodeInfo& self, LeaseWish wish,
                           std::chrono::milliseconds ttl) override;
  Status Release(const NodeInfo& self) override;

 private:
  const std::shared_ptr<MemoryLeaseBoard> board_;
};

}  // namespace saga

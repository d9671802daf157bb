// Keeps this node's leases, and knows who holds the others.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/time.h"
#include "orchestrator/lease.h"
#include "orchestrator/limits.h"

namespace saga {

struct LeaseTimes {
  std::chrono::milliseconds ttl = kLeaseTtl;
  std::chrono::milliseconds margin = kLeaseMargin;  // It stops acting so long before the end.
  std::chrono::milliseconds look = kLeaseLook;      // Between two looks of a node without leases.
};

// Threads:   Start, Stop and the readers from any thread; one thread of its own renews.
// Owns:      its thread. Borrows the store, which must outlive it.
// Promises:  Holds() is true only while the database's lease is certain to hold: it is counted from
//            before the renewal was sent, by a clock that goes on while the process is stopped or
//            the machine sleeps. It ends by itself, whatever the store or the thread does.
class LeaseKeeper {
 public:
  using Clock = std::function<BootTime()>;

  LeaseKeeper(LeaseStore& store, NodeInfo self, std::uint16_t shards, LeaseTimes times = {},
              Clock clock = &BootClock::now);
  ~LeaseKeeper();
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

  // Who this node is, known only once its port is. Requires: not started.
  void SetSelf(NodeInfo self);

  struct Hooks {
    // Called before the first lease is taken up: what a new owner must know. An error leaves the
    // leases unused until the next look.
    std::function<Status()> prepare;
    // Called after a shard has got another owner, this node or not.
    std::function<void()> changed;
  };
  // The hooks are called on the keeper's thread; they should be quick compared to a lease.
  void Start(Hooks hooks);
  // Takes no more leases, but keeps those it has. Waits for one more look (at most `patience`), so
  // that HasPeers() is up to date.
  void StopTaking(std::chrono::milliseconds patience);
  // Gives all leases away, and ends the thread.
  void Stop();

  // One look at the store. Start() calls it again and again.
  void RunOnce();
  // When RunOnce should be called next.
  std::chrono::milliseconds Interval() const;

  // This node may act for the shard now. Wait-free.
  bool Holds(ShardId shard) const;
  // Who else holds it, as far as is known; absent = nobody, or this node.
  std::optional<NodeInfo> OtherOwner(ShardId shard) const;
  // Why it may not, for callers: the store does not answer, or another node has the shards.
  Status WhyNot() const;
  // Another node has been heard of within the last lease.
  bool HasPeers() const;
  // As last seen. Empty before the first look.
  LeaseTable table() const;
  NodeInfo self() const;

 private:
  void Run();
  void Adopt(LeaseTable table, const NodeInfo& self, BootTime asked);
  bool HoldsAny() const;
  // The database's time, as far as it can be told.
  TimePoint DatabaseNow() const SAGA_REQUIRES(mutex_);

  LeaseStore& store_;
  const LeaseTimes times_;
  const Clock clock_;
  std::vector<std::atomic<std::int64_t>> held_until_;  // By shard, in BootClock's nanoseconds.

  mutable Mutex mutex_;
  CondVar wake_;
  NodeInfo self_ SAGA_GUARDED_BY(mutex_);
  LeaseTable table_ SAGA_GUARDED_BY(mutex_);
  BootTime table_at_ SAGA_GUARDED_BY(mutex_);
  LeaseWish wish_ SAGA_GUARDED_BY(mutex_) = LeaseWish::kTake;
  bool stopping_ SAGA_GUARDED_BY(mutex_) = false;
  bool look_now_ SAGA_GUARDED_BY(mutex_) = false;
  std::atomic<bool> troubled_ = false;  // Written by the keeper's thread only.
  Hooks hooks_;
  std::thread thread_;
};

}  // namespace saga

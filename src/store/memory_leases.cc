#include "store/memory_leases.h"

namespace saga {
namespace {

Status Unreachable() {
  return {StatusCode::kUnavailable, "STORE_UNAVAILABLE", "the store cannot be reached"};
}

}  // namespace

MemoryLeaseBoard::MemoryLeaseBoard(std::uint16_t shards) {
  const MutexLock lock(mutex_);
  for (std::uint16_t i = 0; i < shards; ++i) leases_[ShardId{i}].shard = ShardId{i};
}

void MemoryLeaseBoard::SetNow(TimePoint now) {
  const MutexLock lock(mutex_);
  now_ = now;
}

void MemoryLeaseBoard::Pass(std::chrono::milliseconds time) {
  const MutexLock lock(mutex_);
  now_ += time;
}

void MemoryLeaseBoard::SetReachable(bool reachable) {
  const MutexLock lock(mutex_);
  reachable_ = reachable;
}

Result<LeaseTable> MemoryLeases::Renew(const NodeInfo& self, LeaseWish wish,
                                       std::chrono::milliseconds ttl) {
  const MutexLock lock(board_->mutex_);
  if (!board_->reachable_) return Unreachable();
  const TimePoint now = board_->now_;
  board_->nodes_[self.node] = {self, now};
  LeaseTable table{.now = now, .shards = {}, .nodes = {}};
  for (auto& [shard, lease] : board_->leases_) {
    const bool free = wish == LeaseWish::kTake && lease.expires <= now;
    if (lease.node == self.node || free) {
      lease.node = self.node;
      lease.address = self.address;
      lease.expires = now + ttl;
    }
    table.shards.push_back(lease);
  }
  for (const auto& [name, seen] : board_->nodes_) table.nodes.push_back(seen);
  return table;
}

Status MemoryLeases::Release(const NodeInfo& self) {
  const MutexLock lock(board_->mutex_);
  if (!board_->reachable_) return Unreachable();
  board_->nodes_.erase(self.node);
  for (auto& [shard, lease] : board_->leases_) {
    if (lease.node != self.node) continue;
    lease = ShardLease{};
    lease.shard = shard;
  }
  return Status::Ok();
}

}  // namespace saga

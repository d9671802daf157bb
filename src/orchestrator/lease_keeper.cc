#include "orchestrator/lease_keeper.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "orchestrator/shard_input.h"

namespace saga {
namespace {

// A holder renews so often that two renewals may fail before the lease ends.
constexpr int kRenewalsPerTtl = 3;

std::int64_t Nanos(BootTime time) { return time.time_since_epoch().count(); }

}  // namespace

LeaseKeeper::LeaseKeeper(LeaseStore& store, NodeInfo self, std::uint16_t shards, LeaseTimes times,
                         Clock clock)
    : store_(store),
      times_(times),
      clock_(std::move(clock)),
      held_until_(shards),
      self_(std::move(self)) {
  SAGA_CHECK(times_.margin < times_.ttl);
}

LeaseKeeper::~LeaseKeeper() { Stop(); }

void LeaseKeeper::SetSelf(NodeInfo self) {
  SAGA_CHECK(!thread_.joinable());
  const MutexLock lock(mutex_);
  self_ = std::move(self);
}

NodeInfo LeaseKeeper::self() const {
  const MutexLock lock(mutex_);
  return self_;
}

void LeaseKeeper::Start(Hooks hooks) {
  SAGA_CHECK(!thread_.joinable());
  hooks_ = std::move(hooks);
  thread_ = std::thread([this] { Run(); });
}

void LeaseKeeper::StopTaking(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  const MutexLock lock(mutex_);
  wish_ = LeaseWish::kKeep;
  if (!thread_.joinable()) return;
  look_now_ = true;
  wake_.notify_all();
  while (look_now_ && wake_.wait_until(mutex_, until) != std::cv_status::timeout) {}
}

void LeaseKeeper::Stop() {
  if (!thread_.joinable()) return;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
  for (auto& until : held_until_) until.store(0, std::memory_order_release);
  if (const Status released = store_.Release(self()); !released.ok()) {
    spdlog::warn("leases not released, they end by themselves: {}", released.ToString());
  }
}

void LeaseKeeper::Run() {
  bool asked = false;
  for (;;) {
    RunOnce();
    const auto until = std::chrono::steady_clock::now() + Interval();
    const MutexLock lock(mutex_);
    if (std::exchange(asked, false)) {
      look_now_ = false;
      wake_.notify_all();
    }
    while (!stopping_ && !look_now_ && wake_.wait_until(mutex_, until) != std::cv_status::timeout) {
    }
    if (stopping_) return;
    asked = look_now_;
  }
}

std::chrono::milliseconds LeaseKeeper::Interval() const {
  return HoldsAny() && !troubled_ ? times_.ttl / kRenewalsPerTtl : times_.look;
}

bool LeaseKeeper::HoldsAny() const {
  return std::any_of(held_until_.begin(), held_until_.end(),
                     [](const auto& until) { return until.load(std::memory_order_relaxed) != 0; });
}

void LeaseKeeper::RunOnce() {
  LeaseWish wish{};
  NodeInfo self;
  {
    const MutexLock lock(mutex_);
    wish = wish_;
    self = self_;
  }
  const BootTime asked = clock_();
  Result<LeaseTable> table = store_.Renew(self, wish, times_.ttl);
  if (table.ok()) {
    troubled_ = false;
    return Adopt(*std::move(table), self, asked);
  }
  if (!troubled_.exchange(true)) {
    spdlog::warn("leases cannot be renewed: {}", table.status().ToString());
  }
}

void LeaseKeeper::Adopt(LeaseTable table, const NodeInfo& self, BootTime asked) {
  const auto is_mine = [&](const ShardLease& lease) {
    return lease.node == self.node && lease.expires > table.now;
  };
  std::int64_t until = Nanos(asked + times_.ttl - times_.margin);
  const bool wins = std::any_of(table.shards.begin(), table.shards.end(), is_mine);
  if (wins && !HoldsAny() && hooks_.prepare) {
    if (const Status prepared = hooks_.prepare(); !prepared.ok()) {
      spdlog::warn("leases won, but not taken up: {}", prepared.ToString());
      until = 0;
    }
  }
  bool changed = false;
  for (const ShardLease& lease : table.shards) {
    const std::size_t shard = ToNumber(lease.shard);
    if (shard >= held_until_.size()) continue;
    const bool mine = is_mine(lease) && until > 0;
    const std::int64_t before = held_until_[shard].exchange(mine ? until : 0);
    const bool had = before > Nanos(asked);
    if (had == mine) continue;
    changed = true;
    spdlog::info("shard={} lease {}", shard,
                 mine                 ? "won"
                 : lease.node.empty() ? "lost"
                                      : "lost to " + lease.node);
  }
  {
    const MutexLock lock(mutex_);
    for (std::size_t i = 0; i < table.shards.size(); ++i) {
      const bool known = i < table_.shards.size();
      changed = changed || !known || table_.shards[i].node != table.shards[i].node;
    }
    table_ = std::move(table);
    table_at_ = asked;
  }
  if (changed && hooks_.changed) hooks_.changed();
}

bool LeaseKeeper::Holds(ShardId shard) const {
  return held_until_[ToNumber(shard)].load(std::memory_order_acquire) > Nanos(clock_());
}

TimePoint LeaseKeeper::DatabaseNow() const {
  return table_.now + std::chrono::duration_cast<Duration>(clock_() - table_at_);
}

std::optional<NodeInfo> LeaseKeeper::OtherOwner(ShardId shard) const {
  const MutexLock lock(mutex_);
  for (const ShardLease& lease : table_.shards) {
    if (lease.shard != shard || lease.node.empty() || lease.node == self_.node) continue;
    if (lease.expires <= DatabaseNow()) continue;
    return NodeInfo{.node = lease.node, .address = lease.address, .version = {}};
  }
  return std::nullopt;
}

Status LeaseKeeper::WhyNot() const {
  if (!troubled_) return NotOwner();
  return {StatusCode::kUnavailable, "STORE_UNAVAILABLE",
          "the database does not answer: this node may not act until it does; try again then"};
}

bool LeaseKeeper::HasPeers() const {
  const MutexLock lock(mutex_);
  const TimePoint alive_since = DatabaseNow() - times_.ttl;
  for (const NodeSeen& seen : table_.nodes) {
    if (seen.info.node != self_.node && seen.seen > alive_since) return true;
  }
  return false;
}

LeaseTable LeaseKeeper::table() const {
  const MutexLock lock(mutex_);
  return table_;
}

}  // namespace saga

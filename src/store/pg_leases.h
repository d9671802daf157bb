// Leases in PostgreSQL.
#pragma once

#include <cstdint>
#include <string>

#include "orchestrator/lease.h"
#include "store/pg_connection.h"

namespace saga {

// Threads: one at a time. Owns one connection.
class PgLeases final : public LeaseStore {
 public:
  PgLeases(std::string conninfo, std::uint16_t shards)
      : connection_(std::move(conninfo)), shards_(shards) {}

  Result<LeaseTable> Renew(const NodeInfo& self, LeaseWish wish,
                           std::chrono::milliseconds ttl) override;
  Status Release(const NodeInfo& self) override;

 private:
  // A row for every shard of the cluster, made once.
  Status Prepare();
  Result<std::vector<NodeSeen>> LoadNodes();

  PgConnection connection_;
  const std::uint16_t shards_;
  bool prepared_ = false;
};

}  // namespace saga

#include "store/pg_leases.h"

#include <utility>

#include "store/limits.h"

namespace saga {
namespace {

const std::string kPrepare =
    "INSERT INTO shard_leases (shard) SELECT generate_series(0, $1::int - 1) "
    "ON CONFLICT DO NOTHING";

// The clock is read before any row is waited for: what is free by it is free for certain, and a
// lease that begins with it ends no later than its holder believes.
const std::string kRenew =
    "WITH clock AS MATERIALIZED ("
    "  SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now_us), "
    "seen AS ("
    "  INSERT INTO nodes (node, address, version, seen_us)"
    "  SELECT $1, $2, $3, now_us FROM clock"
    "  ON CONFLICT (node) DO UPDATE SET address = excluded.address, version = excluded.version,"
    "    seen_us = excluded.seen_us), "
    "renewed AS ("
    "  UPDATE shard_leases l SET node = $1, address = $2, expires_us = clock.now_us + $4::bigint"
    "  FROM clock"
    "  WHERE l.node = $1 OR ($5::boolean AND l.expires_us <= clock.now_us)"
    "  RETURNING l.shard, l.node, l.address, l.expires_us) "
    "SELECT clock.now_us, l.shard, coalesce(r.node, l.node), coalesce(r.address, l.address),"
    "  coalesce(r.expires_us, l.expires_us), coalesce(s.epoch, 0) "
    "FROM clock CROSS JOIN shard_leases l LEFT JOIN renewed r ON r.shard = l.shard "
    "LEFT JOIN shards s ON s.shard = l.shard ORDER BY l.shard";

const std::string kNodes = "SELECT node, address, version, seen_us FROM nodes ORDER BY node";

const std::string kRelease =
    "WITH gone AS (DELETE FROM nodes WHERE node = $1) "
    "UPDATE shard_leases SET node = '', address = '', expires_us = 0 WHERE node = $1";

Status AsUnavailable(const Status& status) {
  return {StatusCode::kUnavailable, "STORE_UNAVAILABLE", status.message()};
}

}  // namespace

Status PgLeases::Prepare() {
  if (prepared_) return Status::Ok();
  const auto made =
      connection_.Execute(kPrepare, PgParams().Add(std::int64_t{shards_}), kPgLeaseTimeout);
  if (!made.ok()) return AsUnavailable(made.status());
  prepared_ = true;
  return Status::Ok();
}

Result<LeaseTable> PgLeases::Renew(const NodeInfo& self, LeaseWish wish,
                                   std::chrono::milliseconds ttl) {
  SAGA_RETURN_IF_ERROR(Prepare());
  const auto rows = connection_.Execute(
      kRenew,
      PgParams()
          .Add(self.node)
          .Add(self.address)
          .Add(self.version)
          .Add(std::chrono::duration_cast<std::chrono::microseconds>(ttl).count())
          .Add(std::string(wish == LeaseWish::kTake ? "true" : "false")),
      kPgLeaseTimeout);
  if (!rows.ok()) return AsUnavailable(rows.status());
  LeaseTable table;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    table.now = FromMicros(rows->Int(i, 0));
    table.shards.push_back({.shard = ShardId{static_cast<std::uint16_t>(rows->Int(i, 1))},
                            .node = std::string(rows->Text(i, 2)),
                            .address = std::string(rows->Text(i, 3)),
                            .epoch = Epoch{static_cast<std::uint64_t>(rows->Int(i, 5))},
                            .expires = FromMicros(rows->Int(i, 4))});
  }
  SAGA_ASSIGN_OR_RETURN(table.nodes, LoadNodes());
  return table;
}

Result<std::vector<NodeSeen>> PgLeases::LoadNodes() {
  const auto rows = connection_.Execute(kNodes, {}, kPgLeaseTimeout);
  if (!rows.ok()) return AsUnavailable(rows.status());
  std::vector<NodeSeen> nodes;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    nodes.push_back({.info = {.node = std::string(rows->Text(i, 0)),
                              .address = std::string(rows->Text(i, 1)),
                              .version = std::string(rows->Text(i, 2))},
                     .seen = FromMicros(rows->Int(i, 3))});
  }
  return nodes;
}

Status PgLeases::Release(const NodeInfo& self) {
  const auto released = connection_.Execute(kRelease, PgParams().Add(self.node), kPgLeaseTimeout);
  return released.ok() ? Status::Ok() : AsUnavailable(released.status());
}

}  // namespace saga

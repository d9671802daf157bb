#include "store/maintenance.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace saga {
namespace {

constexpr std::int64_t kDayMicros = 86'400LL * 1'000'000;

// Raises the number of the current segment when it is full (large records are kept beside the rows:
// the table's size counts them) and the next slot of the ring is free.
constexpr const char* kCloseSegment = R"(
UPDATE journal_segments SET current = current + 1
WHERE current - oldest < {} AND pg_table_size(format('journal_%s', current % 8)::regclass) >= {})";

// Looks first, so that appends are held up only when there is something to truncate. Then it locks:
// an append that began before the segment was closed still holds its shard's row; the lock waits
// for it, and the second look, being a statement of its own, sees what it wrote.
constexpr const char* kTruncateSegment = R"(
SET LOCAL lock_timeout = {};
DO $truncate$
DECLARE
  segment bigint;
  is_needed CONSTANT text := 'SELECT EXISTS (SELECT FROM journal_%s j JOIN shards s USING (shard)
                                             WHERE j.seq_last > least(s.low_water, s.published))';
  needed boolean;
BEGIN
  SELECT oldest INTO segment FROM journal_segments WHERE oldest < current;
  IF NOT FOUND THEN RETURN; END IF;
  EXECUTE format(is_needed, segment % 8) INTO needed;
  IF needed THEN RETURN; END IF;
  PERFORM 1 FROM journal_segments WHERE oldest = segment FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM 1 FROM shards ORDER BY shard FOR UPDATE;
  EXECUTE format(is_needed, segment % 8) INTO needed;
  IF needed THEN RETURN; END IF;
  EXECUTE format('UPDATE shards s SET truncated = greatest(s.truncated, t.last) FROM
                  (SELECT shard, max(seq_last) AS last FROM journal_%s GROUP BY shard) t WHERE t.shard = s.shard', segment % 8);
  EXECUTE format('TRUNCATE journal_%s', segment % 8);
  UPDATE journal_segments SET oldest = segment + 1;
END $truncate$)";

// Histories of that day that are in the default partition already move with it. Nodes that start
// together want the same one: the second waits, and finds it (to_regclass() would not: what this
// session knows of the catalog may be older than the wait).
constexpr const char* kMakePartition = R"(
SET LOCAL lock_timeout = {0};
DO $make$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sagad.histories'));
  PERFORM FROM pg_class WHERE relname = '{1}' AND relnamespace = current_schema()::regnamespace;
  IF FOUND THEN RETURN; END IF;
  CREATE TABLE {1} (LIKE histories INCLUDING ALL);
  WITH moved AS (DELETE FROM histories_default WHERE ended_us >= {2} AND ended_us < {3} RETURNING *)
    INSERT INTO {1} SELECT * FROM moved;
  ALTER TABLE histories ATTACH PARTITION {1} FOR VALUES FROM ({2}) TO ({3});
END $make$)";

}  // namespace

Status Maintenance::RunOnce() {
  Status first = Status::Ok();
  for (const auto& part : {&Maintenance::CloseSegment, &Maintenance::TruncateSegments,
                           &Maintenance::MakeHistoryPartitions, &Maintenance::DropOldSagas}) {
    Status status = (this->*part)();
    if (!status.ok() && first.ok()) first = std::move(status);
  }
  return first;
}

Status Maintenance::CloseSegment() {
  return connection_.Execute(fmt::format(kCloseSegment, kSegmentSlots - 1, options_.segment_bytes))
      .status();
}

Status Maintenance::TruncateSegments() {
  return connection_.ExecuteScript(fmt::format(kTruncateSegment, kTruncateLockTimeout.count()));
}

Status Maintenance::MakeHistoryPartitions() {
  SAGA_ASSIGN_OR_RETURN(
      const PgResult now,
      connection_.Execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"));
  const std::int64_t today = now.Int(0, 0) / kDayMicros;
  for (std::int64_t day = today; day <= today + kHistoryPartitionDaysAhead; ++day) {
    const std::string name = fmt::format("histories_d{}", day);
    SAGA_ASSIGN_OR_RETURN(
        const PgResult exists,
        connection_.Execute("SELECT to_regclass($1) IS NOT NULL", PgParams().Add(name)));
    if (exists.Bool(0, 0)) continue;
    SAGA_RETURN_IF_ERROR(
        connection_.ExecuteScript(fmt::format(kMakePartition, kTruncateLockTimeout.count(), name,
                                              day * kDayMicros, (day + 1) * kDayMicros)));
  }
  return Status::Ok();
}

Status Maintenance::DropOldSagas() {
  const std::int64_t retention_us =
      std::chrono::duration_cast<std::chrono::microseconds>(options_.retention).count();
  const auto dropped = connection_.Execute(
      fmt::format(
          "WITH old AS (SELECT id FROM sagas WHERE ended_us < (extract(epoch FROM "
          "clock_timestamp()) * "
          "1000000)::bigint - $1 ORDER BY ended_us LIMIT {}), carries AS (DELETE FROM saga_carries "
          "c USING sagas s "
          "WHERE s.id = c.id AND s.state > 2), histories AS (DELETE FROM histories_default h USING "
          "old WHERE h.id = old.id) DELETE FROM sagas USING old WHERE sagas.id = old.id",
          kRetentionRowsMax),
      PgParams().Add(retention_us));
  SAGA_RETURN_IF_ERROR(dropped.status());
  SAGA_ASSIGN_OR_RETURN(const PgResult partitions,
                        connection_.Execute("SELECT relname, substring(relname FROM 12)::bigint "
                                            "FROM pg_class JOIN pg_inherits ON inhrelid = "
                                            "pg_class.oid WHERE inhparent = 'histories'::regclass "
                                            "AND relname ~ '^histories_d[0-9]+$'"));
  SAGA_ASSIGN_OR_RETURN(
      const PgResult now,
      connection_.Execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"));
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    const std::int64_t end_us = (partitions.Int(i, 1) + 1) * kDayMicros;
    if (end_us >= now.Int(0, 0) - retention_us) continue;
    SAGA_RETURN_IF_ERROR(connection_.ExecuteScript(
        fmt::format("SET LOCAL lock_timeout = {}; DROP TABLE {}", kTruncateLockTimeout.count(),
                    partitions.Text(i, 0))));
    spdlog::info("histories partition={} dropped by age", partitions.Text(i, 0));
  }
  return Status::Ok();
}

}  // namespace saga

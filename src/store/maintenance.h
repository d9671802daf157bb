// What keeps the store small and equally fast after ten million sagas as after none: closes and
// truncates segments of the journal, makes partitions for histories ahead of time, and lets ended
// sagas leave by age.
//
// Threads:   one, in the background. Owns its connection.
// Promises:  truncation is fenced like any other write: the shards' rows are locked, low-water
// marks and cursors checked,
//            and the segment truncated in one transaction that gives up after kTruncateLockTimeout.
#pragma once

#include <chrono>
#include <string>

#include "store/pg_connection.h"

namespace saga {

struct MaintenanceOptions {
  std::chrono::hours retention{24 * 30};  // Of ended sagas and their histories.
  std::int64_t segment_bytes = kSegmentBytes;
};

class Maintenance {
 public:
  Maintenance(std::string conninfo, MaintenanceOptions options)
      : connection_(std::move(conninfo)), options_(options) {}

  // One round of everything; several nodes may do it at once. Each part is tried even when another
  // fails.
  Status RunOnce();

  // The parts, for tests.
  Status CloseSegment();
  Status TruncateSegments();
  Status MakeHistoryPartitions();
  Status DropOldSagas();

 private:
  PgConnection connection_;
  const MaintenanceOptions options_;
};

}  // namespace saga

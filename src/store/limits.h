// Limits of the PostgreSQL store.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace saga {

inline constexpr std::chrono::seconds kPgConnectTimeout{3};
inline constexpr std::chrono::milliseconds kPgStatementTimeout{5'000};  // The server gives up.
inline constexpr std::chrono::milliseconds kPgClientTimeout{
    8'000};  // We give up: half-open connections end here.
static_assert(kPgStatementTimeout < kPgClientTimeout,
              "the server's answer to its own time-out must still reach us");
inline constexpr std::chrono::milliseconds kPgLeaseTimeout{
    1'500};  // Of one renewal: short, so that several fit into a lease.
inline constexpr std::chrono::milliseconds kPgLoadTimeout{
    120'000};  // Reading all live sagas of a shard.
inline constexpr std::chrono::milliseconds kPgWatchdogTick{100};
inline constexpr std::chrono::milliseconds kPgPoolWait{
    2'000};  // For a free connection of the pool.

inline constexpr std::size_t kPgPreparedMax =
    128;  // Per connection; filters of lists make ever new statements.

inline constexpr int kSegmentSlots = 8;  // Partitions of the journal, used in a ring.
inline constexpr std::int64_t kSegmentBytes =
    64LL * 1024 * 1024;                            // A segment is closed beyond this.
inline constexpr std::int64_t kReadRowsMax = 500;  // Of the journal, in one answer.
inline constexpr std::int64_t kReadBytesMax =
    16LL * 1024 * 1024;  // The same, in bytes of records; one larger batch is still read whole.
inline constexpr std::chrono::milliseconds kTruncateLockTimeout{
    300};  // Appends wait no longer for maintenance.
inline constexpr int kHistoryPartitionDaysAhead = 3;
inline constexpr std::size_t kRetentionRowsMax = 2'000;  // Ended rows deleted per turn.

}  // namespace saga

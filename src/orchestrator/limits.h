// Limits of the engine. docs/reference/limits.md is generated from the limits.h files.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace saga {

inline constexpr std::size_t kMailboxStartsMax =
    8192;  // Per shard, waiting to be decided. Beyond it a start is refused at once.
inline constexpr std::size_t kMailboxRequestsMax =
    8192;  // Per shard: reads, waits, cancels, operators. Beyond it they are refused at once.
inline constexpr std::size_t kBatchInputsMax =
    1024;  // Per commit. Bounds the latency of one batch, not its rate.
inline constexpr std::size_t kBatchBytesMax =
    4 * 1024 * 1024;  // Of records per commit; one larger decision is still taken whole.
inline constexpr std::size_t kLiveSagasMax =
    50'000;  // Per shard, in memory. Beyond it a start is refused.
inline constexpr std::size_t kWaitersMax = 20'000;      // Per shard. Beyond it a wait is refused.
inline constexpr std::size_t kFeedRecordsMax = 16'384;  // Per shard, kept for followers.
inline constexpr std::size_t kFeedBytesMax = 64 * 1024 * 1024;  // The same, in encoded bytes.

inline constexpr std::uint64_t kUnpublishedMax =
    1'000'000;  // Per shard: records that wait for Kafka. Beyond it a start is refused.

inline constexpr std::size_t kPacedSagasPerSecond =
    2'000;  // Per shard: sagas resumed after a claim or woken after an outage.
inline constexpr std::size_t kPacedSagasBurst = 100;  // At once, at the beginning.

inline constexpr std::uint64_t kCarryAfterEntries =
    100'000;  // A saga whose oldest entry is so far behind is carried forward.
inline constexpr std::size_t kCarriedSagasMax = 64;  // Per commit.

inline constexpr std::chrono::milliseconds kStoreBackoffMin{50};     // After a refused append.
inline constexpr std::chrono::milliseconds kStoreBackoffMax{2'000};  // The same, after many.
inline constexpr std::chrono::milliseconds kShedAfter{
    2'000};  // Of trouble with the store; then waiting requests are refused.
inline constexpr std::chrono::milliseconds kCursorSaveInterval{
    1'000};  // How lazily an idle shard saves the publisher's cursor.
inline constexpr std::chrono::milliseconds kTimerRefireMin{
    50};  // Between two timers of one saga that changed nothing.

inline constexpr std::chrono::milliseconds kLeaseTtl{
    5'000};  // A node that is gone is followed by another after so long.
inline constexpr std::chrono::milliseconds kLeaseMargin{
    1'000};  // A node stops acting so long before its lease ends.
inline constexpr std::chrono::milliseconds kLeaseLook{
    500};  // How often a node without leases looks for free ones.

static_assert(kBatchInputsMax <= kMailboxStartsMax, "a batch is drained from one mailbox");
static_assert(kBatchInputsMax <= kMailboxRequestsMax, "a batch is drained from one mailbox");
static_assert(kBatchInputsMax <= kFeedRecordsMax, "the feed holds more than one batch");
static_assert(kBatchBytesMax <= kFeedBytesMax, "the feed holds more than one batch");
static_assert(kCarriedSagasMax <= kBatchInputsMax, "carrying forward never outweighs the work");
static_assert(kPacedSagasBurst <= kBatchInputsMax, "a burst fits into a batch");
static_assert(kStoreBackoffMin < kStoreBackoffMax);

}  // namespace saga

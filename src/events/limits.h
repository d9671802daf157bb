// Limits of the publisher.
#pragma once

#include <chrono>
#include <cstddef>

namespace saga {

inline constexpr std::size_t kEventsInFlightMax =
    10'000;  // Produced and not yet acknowledged, all shards together.
inline constexpr std::size_t kEventsReadMax =
    500;  // Per shard and turn: no shard starves the others.
inline constexpr std::chrono::milliseconds kPublisherIdleWait{
    1000};  // Looks again even if nobody woke it.
inline constexpr std::chrono::milliseconds kPublisherErrorWait{
    500};  // After a failed read or a broken producer.
inline constexpr std::size_t kEventBytesMax =
    4 * 1024 * 1024;  // Of one message: a payload and its JSON.

}  // namespace saga

// Limits of calling participants. docs/reference/limits.md is generated from the limits.h files.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace saga::participants {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr std::uint32_t kCallsInFlightDefault = 200;   // Per participant.
inline constexpr std::uint32_t kCallsInFlightMax = 10'000;    // Per participant.
inline constexpr std::uint32_t kCallsAfterRecovery = 16;      // In flight at first; then it grows.
inline constexpr std::size_t kPollers = 2;                    // Threads that drive all calls.
inline constexpr std::size_t kMessageBytesMax = 1024 * 1024;  // Per request and per answer.
inline constexpr std::size_t kMetadataBytesMax = 16 * 1024;   // Of an answer's headers.
inline constexpr std::size_t kBorrowBytesMin = 4096;  // Shorter requests are copied: it is cheaper.
inline constexpr std::size_t kStatusDetailsBytesMax = 8 * 1024;  // Longer ones are not looked at.
inline constexpr std::size_t kRawAnswerBytesShown = 192;         // Of one that cannot be read.
inline constexpr milliseconds kRetryAfterMax{
    3'600'000};  // Of a RetryInfo: no participant may park a saga for ever.
inline constexpr milliseconds kCancelAgain{20};  // While waiting for the last calls at the end.
inline constexpr milliseconds kCallTimeoutDefault{5'000};  // Where a definition says none.
inline constexpr std::size_t kPlansMax = 8192;  // Compiled calls kept; beyond it all are dropped.

inline constexpr std::size_t kServicesMax = 200;          // Asked for by reflection.
inline constexpr milliseconds kReflectionTimeout{5'000};  // For all of its files.
inline constexpr milliseconds kProbeTimeout{1'000};       // Of one health check.

// Of a participant's channel. Its back-off is short, because a call must succeed about a second
// after its participant is back, and one connection attempt a second is cheap.
inline constexpr milliseconds kReconnectFirst{100};
inline constexpr milliseconds kReconnectMax{1'000};
inline constexpr milliseconds kConnectTimeout{5'000};
inline constexpr milliseconds kNameResolutionTimeout{2'000};
inline constexpr milliseconds kNameResolutionPause{1'000};  // Between two lookups of one name.
inline constexpr milliseconds kKeepaliveTime{60'000};       // While calls are in flight.
inline constexpr milliseconds kKeepaliveTimeout{10'000};    // Also of bytes nobody acknowledges.

// Health.
inline constexpr std::uint32_t kConnectionFailuresToDown = 3;  // In a row.
inline constexpr std::uint32_t kTimeoutsToSuspect = 5;         // In a row: then it is asked.
inline constexpr milliseconds kReprobeFirst{200};              // While down.
inline constexpr milliseconds kReprobeMax{2'000};
inline constexpr std::uint64_t kCallsToJudge = 5;   // Fewer recent calls say nothing.
inline constexpr double kDegradedErrorRatio = 0.1;  // Of recent calls.
inline constexpr seconds kRecentSlice{60};
inline constexpr std::size_t kRecentSlices = 5;  // "Recent" = the last five minutes.

static_assert(kCallsInFlightDefault <= kCallsInFlightMax);
static_assert(kCallsAfterRecovery <= kCallsInFlightDefault);
static_assert(kReprobeFirst <= kReprobeMax && kReconnectFirst <= kReconnectMax);
// A participant that is up again is asked before the engine's own back-off would have run out.
static_assert(kReconnectMax <= kReprobeMax);

}  // namespace saga::participants

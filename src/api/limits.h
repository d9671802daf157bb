// Limits of the API.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace saga::api {

inline constexpr std::int32_t kPageSizeDefault = 50;
inline constexpr std::int32_t kEventsPageSizeDefault = 200;
inline constexpr std::int32_t kPageSizeMax = 1000;          // Larger ones are coerced.
inline constexpr std::size_t kFilterCharsMax = 4096;        // Of a filter expression.
inline constexpr std::size_t kFilterConditionsMax = 32;     // Comparisons in one filter.
inline constexpr std::size_t kTokenCharsMax = 4096;         // Of a page token or cursor.
inline constexpr std::size_t kReferenceCharsMax = 255;      // Of a ticket reference.
inline constexpr std::size_t kFailureReasonCharsMax = 255;  // Of a reported failure's reason.
inline constexpr std::size_t kTargetCharsMax = 1024;        // Of a participant's gRPC target.
inline constexpr std::size_t kDescriptorBytesMax = 1024 * 1024 * 4;  // Of an uploaded set.
inline constexpr std::int32_t kMaxInFlightMax = 10'000;  // Calls in flight of one participant.
inline constexpr std::size_t kActorCharsMax = 255;       // Of x-saga-actor.

// A request with the largest payload and everything around it.
inline constexpr int kMessageBytesMax = 6 * 1024 * 1024;

// Of payloads as text for people, in one answer.
inline constexpr std::size_t kReadableBytesMax = 1024 * 1024;

inline constexpr std::chrono::seconds kWaitDefault{60};  // WaitSaga without a timeout.
inline constexpr std::chrono::minutes kWaitMax{10};      // Longer ones are coerced.
// Answer this much before the caller's own deadline: an answer that is on its way when the deadline
// strikes is lost.
inline constexpr std::chrono::milliseconds kWaitMargin{50};

inline constexpr std::size_t kBlockingThreads = 4;     // Of the pool for blocking reads.
inline constexpr std::size_t kBlockingQueueMax = 256;  // Beyond it such requests are refused.

inline constexpr std::size_t kWatchEventsPerMessage = 256;  // Of one WatchSagasResponse.
inline constexpr std::size_t kWatchersMax = 1024;           // Streams at a time.
// A watcher whose filter lets nothing through is told the new cursor after this many records.
inline constexpr std::uint64_t kWatchSilentRecordsMax = 2000;
inline constexpr std::size_t kStuckGroupsMax = 1000;  // Causes that are told apart.

// Calls that another node answers.
inline constexpr std::chrono::minutes kForwardMax{11};     // Longer than the longest wait.
inline constexpr int kForwardBytesMax = 64 * 1024 * 1024;  // Of an answer: a page of large sagas.

// How long a caller should wait before it repeats what was refused.
inline constexpr std::chrono::milliseconds kRetryAfterOverload{250};
inline constexpr std::chrono::milliseconds kRetryAfterUnavailable{1000};

// Trailers hold the details of an error; larger ones break the call.
inline constexpr std::size_t kErrorDetailBytesMax = 4096;
inline constexpr std::size_t kErrorMessageCharsMax = 1024;

}  // namespace saga::api

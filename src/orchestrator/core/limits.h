// Limits of definitions and sagas. docs/reference/limits.md is generated from the limits.h files.
#pragma once

#include <chrono>
#include <cstddef>

namespace saga {

inline constexpr std::size_t kStepsMax = 256;                   // Per definition.
inline constexpr std::size_t kPayloadBytesMax = 1024 * 1024;    // Per input, request or answer.
inline constexpr std::size_t kDefinitionBytesMax = 256 * 1024;  // Of source text.
inline constexpr std::size_t kIdCharsMax = 63;            // Of an id: saga, participant, namespace.
inline constexpr std::size_t kLabelsMax = 32;             // Per saga.
inline constexpr std::size_t kLabelKeyCharsMax = 63;      // Per label.
inline constexpr std::size_t kLabelValueCharsMax = 255;   // Per label.
inline constexpr std::size_t kBusinessKeyCharsMax = 255;  // Per saga.
inline constexpr std::size_t kReasonCharsMin = 8;  // Of an operator's reason: "fix" helps nobody.
inline constexpr std::size_t kReasonCharsMax = 1000;  // Of an operator's reason.
inline constexpr std::size_t kFailureMessageBytesMax =
    2048;  // Kept of a participant's message; the rest is cut.
inline constexpr std::size_t kSignalsKeptMax = 64;    // Per saga, that no step has taken yet.
inline constexpr std::size_t kSignalsSeenMax = 1024;  // Per saga, in all: their ids are remembered.
inline constexpr std::size_t kSignalIdCharsMax = 255;        // Of a signal's id.
inline constexpr std::chrono::hours kStepWaitMax{24 * 366};  // Of a timer, a signal, an async step.
inline constexpr std::chrono::milliseconds kRecoverySpread{
    2'000};  // Over which what waits for a participant is spread when it is back.
inline constexpr std::chrono::hours kSagaDeadlineMax{24 * 366};  // From the start.
inline constexpr std::chrono::minutes kAttemptTimeoutMax{60};    // Of one call.

}  // namespace saga

// Limits of simulated runs. docs/reference/limits.md is generated from the limits.h files.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace saga::simulate {

inline constexpr std::size_t kPairsMax = 100'000;       // Of faults, in one enumeration.
inline constexpr std::size_t kInputsMax = 20'000;       // Of one run: answers, timers, signals.
inline constexpr std::uint32_t kFaultTimesMax = 1'000;  // Of one fault: --fail step=CODE*n.
inline constexpr std::chrono::hours kHorizon{24'000};   // Simulated time of one run.
inline constexpr std::uint32_t kPatientAttempts =
    20;  // Of a call without limit that always fails: told so often. Those after these take twice
         // as long each time, so that a deadline is reached in few steps.
inline constexpr std::chrono::milliseconds kCallTakes{10};       // An answered call.
inline constexpr std::chrono::milliseconds kReportTakes{1'000};  // From ACCEPTED to the outcome.
inline constexpr std::chrono::milliseconds kSignalTakes{1'000};  // From the wait to the signal.

}  // namespace saga::simulate

// The limits of the demo participants.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace saga::demo {

// Calls held at once; beyond it they are refused. A held call costs memory, no thread.
inline constexpr std::int64_t kCallsMax = 20'000;
inline constexpr std::size_t kConnectionsDefault = 4;  // Also the number of worker threads.
inline constexpr std::size_t kConnectionsMax = 64;

inline constexpr std::chrono::milliseconds kFaultsPoll{100};   // How often the file is looked at.
inline constexpr std::size_t kFaultsBytesMax = 64 * 1024;      // A longer file is refused.
inline constexpr std::chrono::milliseconds kSlowDelay{1'500};  // `slow`; below the demo's 2 s.
inline constexpr double kFlakyRate = 0.15;                     // `flaky`: so many, each way.
inline constexpr std::chrono::milliseconds kHangDefault{30'000};  // A hung call ends at the latest.
inline constexpr std::chrono::milliseconds kLateDefault{300};     // `late`: after the deadline.
inline constexpr std::chrono::milliseconds kPastDeadline{50};     // A time-out is answered then.
inline constexpr std::chrono::milliseconds kDelayMax{600'000};

// Work that is accepted and reported later.
inline constexpr std::chrono::milliseconds kOutcomeAfterDefault{300};
inline constexpr std::chrono::milliseconds kLateAfterDefault{16'000};
inline constexpr std::chrono::milliseconds kQuoteValidDefault{2'000};
inline constexpr std::chrono::milliseconds kFeeStep{200};      // Then the network's fee changes.
inline constexpr std::size_t kFeesMax = 100'000;               // Of a file.
inline constexpr std::chrono::milliseconds kReportsPoll{50};   // How often what is due is sought.
inline constexpr std::chrono::milliseconds kReportRetry{300};  // After a report that failed.
inline constexpr std::chrono::milliseconds kReportTimeout{5'000};
inline constexpr int kReportsAtOnce = 64;  // Read from the table.

inline constexpr int kLinesMax = 100;                          // Of an order.
inline constexpr std::int64_t kQuantityMax = 1'000'000;        // Of a line.
inline constexpr std::int64_t kAmountMax = 1'000'000'000'000;  // Minor units of an order.

inline constexpr std::chrono::seconds kDrainLimit{10};  // SIGTERM: calls may end for so long.

}  // namespace saga::demo

// Timestamps and durations: from and to text, and their parts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "definition/expr/value.h"

namespace saga::expr {

// Years 1 to 9999.
bool IsInRange(const Timestamp& time);

// RFC 3339: "2026-01-31T14:02:13.5+01:00", up to nine digits of a second. Absent = it is none. The
// result may be out of range.
std::optional<Timestamp> ReadTimestamp(std::string_view text);
// In UTC, with as many digits of a second as there are: "2026-01-31T13:02:13.5Z". Requires:
// IsInRange.
std::string TimestampText(const Timestamp& time);

enum class DurationError : std::uint8_t { kNone, kInvalid, kRange };
// "1h30m", "1.5s", "-3ms", "0": numbers with the units h, m, s, ms, us, µs and ns.
DurationError ReadDuration(std::string_view text, std::chrono::nanoseconds& duration);
// In seconds: "90s", "-1.5s".
std::string DurationText(std::chrono::nanoseconds duration);

// "UTC", "Z", "+01:00", "-09:30", "02:00". Absent = it is none of them.
std::optional<std::chrono::minutes> ReadZone(std::string_view zone);

// `time` plus `duration`; may be out of range.
Timestamp Add(const Timestamp& time, std::chrono::nanoseconds duration);
Timestamp Subtract(const Timestamp& time, std::chrono::nanoseconds duration);
// Absent = it does not fit.
std::optional<std::chrono::nanoseconds> Difference(const Timestamp& a, const Timestamp& b);

// As a calendar and a clock show it.
struct CivilTime {
  std::int64_t year = 0;
  std::int64_t month = 0;        // From 0.
  std::int64_t day = 0;          // From 1.
  std::int64_t day_of_week = 0;  // Sunday = 0.
  std::int64_t day_of_year = 0;  // From 0.
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  std::int64_t seconds = 0;
  std::int64_t milliseconds = 0;
};
// Requires: IsInRange.
CivilTime ToCivil(const Timestamp& time, std::chrono::minutes zone);

}  // namespace saga::expr

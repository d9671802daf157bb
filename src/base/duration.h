// Durations as people write them in definitions, configuration and flags.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/time.h"

namespace saga {

// Reads "250ms", "5s", "15m", "48h", "7d", "1h30m". A bare number is refused: units are always
// said.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// The shortest exact form that ParseDuration reads back, e.g. "1h30m".
std::string FormatDuration(std::chrono::milliseconds duration);

// RFC 3339 in UTC with milliseconds, e.g. "2026-01-31T14:02:13.120Z".
std::string FormatTime(TimePoint time);
// Reads RFC 3339 in UTC ("…Z"), with or without a fraction of up to six digits.
Result<TimePoint> ParseTime(std::string_view text);

}  // namespace saga

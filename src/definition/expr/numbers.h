// Numbers from text, without a locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace saga::expr {

// Decimal digits only. Absent = it is none, or too large.
std::optional<std::uint64_t> ReadUint(std::string_view text);
// With a sign, perhaps.
std::optional<std::int64_t> ReadInt(std::string_view text);
// "1.5", "-1e9", "NaN", "Infinity", "-inf". Too small becomes 0. Absent = it is none, or too large.
std::optional<double> ReadDouble(std::string_view text);

// The shortest text that reads back as the same number: "1.5", "1e+300", "NaN", "-Infinity".
std::string DoubleText(double number);

}  // namespace saga::expr

#include "definition/expr/numbers.h"

#include <fmt/format.h>
#include <locale.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace saga::expr {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<double> ReadSpecial(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  const std::string lower = LowerCase(text);
  if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (lower != "inf" && lower != "infinity") return std::nullopt;
  const double infinity = std::numeric_limits<double>::infinity();
  return negative ? -infinity : infinity;
}

// from_chars does not say whether a number is too large or too small.
std::optional<double> ReadExtreme(std::string_view text) {
  static const locale_t kNeutral = newlocale(LC_ALL_MASK, "C", nullptr);
  const double number = strtod_l(std::string(text).c_str(), nullptr, kNeutral);
  if (std::isinf(number)) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint64_t> ReadUint(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> ReadInt(std::string_view text) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::optional<double> ReadDouble(std::string_view text) {
  std::string_view digits = text;
  if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
  const std::size_t first = digits.find_first_not_of('-');
  // from_chars would also take "nan(…)"; and a second sign is none.
  const bool plain = first != std::string_view::npos && first <= 1 &&
                     (digits.size() == text.size() || first == 0) &&
                     (digits[first] == '.' || (digits[first] >= '0' && digits[first] <= '9'));
  if (!plain) return ReadSpecial(text);
  double number = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, number);
  if (read.ptr != end) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) return ReadExtreme(digits);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

std::string DoubleText(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  std::array<char, 64> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), written.ptr};
}

}  // namespace saga::expr

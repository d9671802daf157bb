#include "base/duration.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <limits>

namespace saga {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array<Unit, 5> kUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

Status BadDuration(std::string_view text) {
  return {StatusCode::kInvalidArgument, "FIELD_INVALID",
          fmt::format(
              "'{}' is not a duration; write a number with a unit, e.g. 250ms, 5s, 15m, 48h or 7d",
              text)};
}

Status BadTime(std::string_view text) {
  return {StatusCode::kInvalidArgument, "FIELD_INVALID",
          fmt::format("'{}' is not a time; write it as 2026-01-31T14:02:13Z", text)};
}

// Whether `text` begins like `shape`, whose zeros stand for digits: sscanf takes signs and spaces.
bool HasDigitsOf(std::string_view shape, std::string_view text) {
  if (text.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !digit : text[i] != shape[i]) return false;
  }
  return true;
}

}  // namespace

Result<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  if (text.empty()) return BadDuration(text);
  std::int64_t total = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc() || number < 0) return BadDuration(text);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const std::size_t unit_end = rest.find_first_of("0123456789");
    const std::string_view unit = rest.substr(0, unit_end);
    std::int64_t factor = 0;
    for (const Unit& known : kUnits) {
      if (known.name == unit) factor = known.milliseconds;
    }
    if (factor == 0 || number > (std::numeric_limits<std::int64_t>::max() / 2 - total) / factor) {
      return BadDuration(text);
    }
    total += number * factor;
    rest = unit_end == std::string_view::npos ? std::string_view() : rest.substr(unit_end);
  }
  // A century: beyond it, adding to a time point could overflow.
  if (total > 36'525LL * 86'400'000) return BadDuration(text);
  return std::chrono::milliseconds(total);
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  std::int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string text;
  if (rest < 0) {
    text = "-";
    rest = -rest;
  }
  for (const Unit& unit : kUnits) {
    if (rest < unit.milliseconds) continue;
    text += fmt::format("{}{}", rest / unit.milliseconds, unit.name);
    rest %= unit.milliseconds;
  }
  return text;
}

std::string FormatTime(TimePoint time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time - seconds).count();
  // Not by system_clock::to_time_t: it counts nanoseconds, which end in the year 2262.
  const auto raw = static_cast<std::time_t>(seconds.time_since_epoch().count());
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(raw), millis);
}

Result<TimePoint> ParseTime(std::string_view text) {
  const std::string copy(text);
  if (!HasDigitsOf("0000-00-00T00:00:00", copy)) return BadTime(text);
  std::tm parts{};
  int consumed = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &consumed) != 6 ||
      consumed != 19) {
    return BadTime(text);
  }
  const auto date = std::chrono::year(parts.tm_year) / parts.tm_mon / parts.tm_mday;
  if (!date.ok() || parts.tm_hour > 23 || parts.tm_min > 59 || parts.tm_sec > 60)
    return BadTime(text);
  std::string_view rest = std::string_view(copy).substr(19);
  std::int64_t micros = 0;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    std::int64_t scale = 100'000;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
      if (scale == 0) return BadTime(text);
      micros += (rest.front() - '0') * scale;
      scale /= 10;
      rest.remove_prefix(1);
    }
  }
  if (rest != "Z") return BadTime(text);
  return TimePoint(std::chrono::sys_days(date)) + std::chrono::hours(parts.tm_hour) +
         std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec) + Duration(micros);
}

}  // namespace saga

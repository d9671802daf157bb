#include "definition/expr/time.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace saga::expr {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

// Nanoseconds of ten thousand years do not fit into 64 bits.
__extension__ using Wide = __int128;

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kMinSeconds = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kMaxSeconds = 253'402'300'799;  // 9999-12-31T23:59:59Z

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads a text from the left.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool Skip(std::string_view word) {
    if (text_.substr(0, word.size()) != word) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  // Exactly `count` digits.
  bool Number(std::size_t count, int& number) {
    if (text_.size() < count) return false;
    number = 0;
    for (const char c : text_.substr(0, count)) {
      if (!IsDigit(c)) return false;
      number = number * 10 + (c - '0');
    }
    text_.remove_prefix(count);
    return true;
  }
  // All digits that come.
  std::string_view Digits() {
    std::size_t end = 0;
    while (end < text_.size() && IsDigit(text_[end])) ++end;
    const std::string_view digits = text_.substr(0, end);
    text_.remove_prefix(end);
    return digits;
  }
  bool AtEnd() const { return text_.empty(); }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

bool ReadOffset(Cursor& cursor, minutes& offset) {
  const bool west = cursor.Skip("-");
  if (!west) cursor.Skip("+");
  int hours = 0;
  int rest = 0;
  if (!cursor.Number(2, hours) || !cursor.Skip(":") || !cursor.Number(2, rest)) return false;
  if (hours > 23 || rest > 59) return false;
  offset = minutes(hours * 60 + rest);
  if (west) offset = -offset;
  return true;
}

// "" = none; up to nine digits.
bool ReadFraction(std::string_view digits, std::int32_t& nanos) {
  if (digits.empty() || digits.size() > 9) return false;
  nanos = 0;
  for (std::size_t i = 0; i < 9; ++i)
    nanos = nanos * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return true;
}

// ".5", or nothing for 0: without the zeros at its end.
std::string FractionText(std::int64_t nanos) {
  if (nanos == 0) return {};
  std::string text = fmt::format(".{:09}", nanos);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

Timestamp Normalized(Wide nanos) {
  auto whole = static_cast<std::int64_t>(nanos / kNanosPerSecond);
  auto rest = static_cast<std::int32_t>(nanos % kNanosPerSecond);
  if (rest < 0) {
    rest += kNanosPerSecond;
    --whole;
  }
  return {whole, rest};
}

Wide TotalNanos(const Timestamp& time) {
  return static_cast<Wide>(time.seconds) * kNanosPerSecond + time.nanos;
}

// One "1.5h" of a duration, added to `total`.
DurationError ReadPart(Cursor& cursor, Wide& total) {
  static constexpr std::array<std::pair<std::string_view, std::int64_t>, 8> kUnits{
      {{"ns", 1},
       {"us", 1'000},
       {"\xC2\xB5s", 1'000},
       {"\xCE\xBCs", 1'000},
       {"ms", 1'000'000},
       {"s", kNanosPerSecond},
       {"m", 60 * kNanosPerSecond},
       {"h", 3600 * kNanosPerSecond}}};
  const std::string_view whole = cursor.Digits();
  const std::string_view fraction = cursor.Skip(".") ? cursor.Digits() : std::string_view();
  if (whole.empty() && fraction.empty()) return DurationError::kInvalid;
  for (const auto& [name, size] : kUnits) {
    if (!cursor.Skip(name)) continue;
    Wide amount = 0;
    for (const char c : whole) {
      amount = amount * 10 + (c - '0');
      if (amount > nanoseconds::max().count()) return DurationError::kRange;
    }
    amount *= size;
    // What is smaller than a nanosecond is cut off.
    Wide scale = size;
    Wide below = 0;
    for (std::size_t i = 0; i < fraction.size() && i < 18; ++i) {
      below = below * 10 + (fraction[i] - '0') * static_cast<Wide>(size);
      scale *= 10;
    }
    total += amount + below / (scale / size);
    return total > nanoseconds::max().count() ? DurationError::kRange : DurationError::kNone;
  }
  return DurationError::kInvalid;
}

}  // namespace

bool IsInRange(const Timestamp& time) {
  return time.seconds >= kMinSeconds && time.seconds <= kMaxSeconds;
}

std::optional<Timestamp> ReadTimestamp(std::string_view text) {
  Cursor cursor(text);
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const bool date = cursor.Number(4, year) && cursor.Skip("-") && cursor.Number(2, month) &&
                    cursor.Skip("-") && cursor.Number(2, day);
  if (!date || (!cursor.Skip("T") && !cursor.Skip("t"))) return std::nullopt;
  const bool clock = cursor.Number(2, hour) && cursor.Skip(":") && cursor.Number(2, minute) &&
                     cursor.Skip(":") && cursor.Number(2, second);
  if (!clock || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  std::int32_t nanos = 0;
  if (cursor.Skip(".") && !ReadFraction(cursor.Digits(), nanos)) return std::nullopt;
  minutes offset{0};
  if (!cursor.Skip("Z") && !cursor.Skip("z")) {
    if (cursor.rest().empty() || IsDigit(cursor.rest().front())) return std::nullopt;
    if (!ReadOffset(cursor, offset)) return std::nullopt;
  }
  const std::chrono::year_month_day calendar{std::chrono::year(year),
                                             std::chrono::month(static_cast<unsigned>(month)),
                                             std::chrono::day(static_cast<unsigned>(day))};
  if (!cursor.AtEnd() || !calendar.ok()) return std::nullopt;
  const sys_seconds local =
      sys_days(calendar) + std::chrono::hours(hour) + minutes(minute) + seconds(second);
  return Timestamp{(local - offset).time_since_epoch().count(), nanos};
}

std::string TimestampText(const Timestamp& time) {
  const CivilTime civil = ToCivil(time, minutes(0));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", civil.year, civil.month + 1,
                     civil.day, civil.hours, civil.minutes, civil.seconds,
                     FractionText(time.nanos));
}

DurationError ReadDuration(std::string_view text, nanoseconds& duration) {
  Cursor cursor(text);
  const bool negative = cursor.Skip("-");
  if (!negative) cursor.Skip("+");
  duration = nanoseconds(0);
  if (cursor.rest() == "0") return DurationError::kNone;
  if (cursor.AtEnd()) return DurationError::kInvalid;
  Wide total = 0;
  while (!cursor.AtEnd()) {
    const DurationError error = ReadPart(cursor, total);
    if (error != DurationError::kNone) return error;
  }
  duration = nanoseconds(static_cast<std::int64_t>(negative ? -total : total));
  return DurationError::kNone;
}

std::string DurationText(nanoseconds duration) {
  const std::int64_t count = duration.count();
  const std::int64_t whole = count / kNanosPerSecond;
  const std::int64_t rest = count % kNanosPerSecond;
  return fmt::format("{}{}{}s", count < 0 ? "-" : "", whole < 0 ? -whole : whole,
                     FractionText(rest < 0 ? -rest : rest));
}

std::optional<minutes> ReadZone(std::string_view zone) {
  if (zone == "UTC" || zone == "Z") return minutes(0);
  Cursor cursor(zone);
  minutes offset{0};
  if (!ReadOffset(cursor, offset) || !cursor.AtEnd()) return std::nullopt;
  return offset;
}

Timestamp Add(const Timestamp& time, nanoseconds duration) {
  return Normalized(TotalNanos(time) + duration.count());
}

Timestamp Subtract(const Timestamp& time, nanoseconds duration) {
  return Normalized(TotalNanos(time) - duration.count());
}

std::optional<nanoseconds> Difference(const Timestamp& a, const Timestamp& b) {
  const Wide nanos = TotalNanos(a) - TotalNanos(b);
  if (nanos > nanoseconds::max().count() || nanos < nanoseconds::min().count()) return std::nullopt;
  return nanoseconds(static_cast<std::int64_t>(nanos));
}

CivilTime ToCivil(const Timestamp& time, minutes zone) {
  const sys_seconds local{seconds(time.seconds) + zone};
  const sys_days day = std::chrono::floor<days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(local - day);
  const sys_days new_year = sys_days(date.year() / std::chrono::January / 1);
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<std::int64_t>(static_cast<unsigned>(date.month())) - 1,
          .day = static_cast<std::int64_t>(static_cast<unsigned>(date.day())),
          .day_of_week = std::chrono::weekday(day).c_encoding(),
          .day_of_year = (day - new_year).count(),
          .hours = clock.hours().count(),
          .minutes = clock.minutes().count(),
          .seconds = clock.seconds().count(),
          .milliseconds = time.nanos / 1'000'000};
}

}  // namespace saga::expr

// Functions that make a value of one type from a value of another, and those that look into one.
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "definition/expr/numbers.h"
#include "definition/expr/operations.h"
#include "definition/expr/time.h"

namespace saga::expr {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

bool OutOfRange(Run& run, const Value& a, Function function) {
  return run.Fail(kRange,
                  fmt::format("{} does not fit into {}", ToText(a), FunctionName(function)));
}

bool NotReadable(Run& run, const Value& a, Function function) {
  return run.Fail(kInvalidValue, fmt::format("{} is no {}", ToText(a), FunctionName(function)));
}

// Puts `from` into `result` when it is there.
template <typename T, typename Make>
bool Put(const std::optional<T>& from, Make make, Value& result) {
  if (from) result = make(*from);
  return from.has_value();
}

bool ToBool(Run& run, const Value& a, Value& result) {
  if (!a.Is(ValueKind::kString)) return run.NoOverload("bool", a);
  const std::string_view text = a.AsString();
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) {
      result = Value::Bool(true);
      return true;
    }
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) {
      result = Value::Bool(false);
      return true;
    }
  }
  return NotReadable(run, a, Function::kToBool);
}

bool ToInt(Run& run, const Value& a, Value& result) {
  if (a.Is(ValueKind::kUint)) {
    if (a.AsUint() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return OutOfRange(run, a, Function::kToInt);
    }
    result = Value::Int(static_cast<std::int64_t>(a.AsUint()));
    return true;
  }
  if (a.Is(ValueKind::kDouble)) {
    const double whole = std::trunc(a.AsDouble());
    if (!(whole >= -kTwoTo63 && whole < kTwoTo63)) return OutOfRange(run, a, Function::kToInt);
    result = Value::Int(static_cast<std::int64_t>(whole));
    return true;
  }
  if (a.Is(ValueKind::kString)) {
    return Put(ReadInt(a.AsString()), Value::Int, result) || NotReadable(run, a, Function::kToInt);
  }
  if (!a.Is(ValueKind::kTimestamp)) return run.NoOverload("int", a);
  result = Value::Int(a.AsTimestamp().seconds);
  return true;
}

bool ToUint(Run& run, const Value& a, Value& result) {
  if (a.Is(ValueKind::kInt)) {
    if (a.AsInt() < 0) return OutOfRange(run, a, Function::kToUint);
    result = Value::Uint(static_cast<std::uint64_t>(a.AsInt()));
    return true;
  }
  if (a.Is(ValueKind::kDouble)) {
    const double whole = std::trunc(a.AsDouble());
    if (!(whole >= 0 && whole < kTwoTo64)) return OutOfRange(run, a, Function::kToUint);
    result = Value::Uint(static_cast<std::uint64_t>(whole));
    return true;
  }
  if (!a.Is(ValueKind::kString)) return run.NoOverload("uint", a);
  return Put(ReadUint(a.AsString()), Value::Uint, result) || NotReadable(run, a, Function::kToUint);
}

bool ToDouble(Run& run, const Value& a, Value& result) {
  if (a.Is(ValueKind::kInt)) {
    result = Value::Double(static_cast<double>(a.AsInt()));
    return true;
  }
  if (a.Is(ValueKind::kUint)) {
    result = Value::Double(static_cast<double>(a.AsUint()));
    return true;
  }
  if (!a.Is(ValueKind::kString)) return run.NoOverload("double", a);
  return Put(ReadDouble(a.AsString()), Value::Double, result) ||
         NotReadable(run, a, Function::kToDouble);
}

bool ToString(Run& run, const Value& a, Value& result) {
  switch (a.kind()) {
    case ValueKind::kBool:
      result = Value::StringView(a.AsBool() ? "true" : "false");
      return true;
    case ValueKind::kInt:
      result = Value::String(std::to_string(a.AsInt()));
      return true;
    case ValueKind::kUint:
      result = Value::String(std::to_string(a.AsUint()));
      return true;
    case ValueKind::kDouble:
      result = Value::String(DoubleText(a.AsDouble()));
      return true;
    case ValueKind::kBytes:
      if (!run.Allocate(a.AsBytes().size())) return false;
      if (!IsValidUtf8(a.AsBytes())) return run.Fail(kInvalidValue, "the bytes are no UTF-8");
      result = Value::String(std::string(a.AsBytes()));
      return true;
    case ValueKind::kTimestamp:
      result = Value::String(TimestampText(a.AsTimestamp()));
      return true;
    case ValueKind::kDuration:
      result = Value::String(DurationText(a.AsDuration()));
      return true;
    case ValueKind::kString:
    case ValueKind::kNull:
    case ValueKind::kList:
    case ValueKind::kMap:
    case ValueKind::kMessage:
      break;
  }
  return run.NoOverload("string", a);
}

bool ToTimestamp(Run& run, const Value& a, Value& result) {
  Timestamp time;
  if (a.Is(ValueKind::kInt)) {
    time.seconds = a.AsInt();
  } else if (a.Is(ValueKind::kString)) {
    const auto read = ReadTimestamp(a.AsString());
    if (!read) return NotReadable(run, a, Function::kToTimestamp);
    time = *read;
  } else {
    return run.NoOverload("timestamp", a);
  }
  if (!IsInRange(time)) return OutOfRange(run, a, Function::kToTimestamp);
  result = Value::Of(time);
  return true;
}

bool ToDuration(Run& run, const Value& a, Value& result) {
  if (!a.Is(ValueKind::kString)) return run.NoOverload("duration", a);
  std::chrono::nanoseconds duration{};
  switch (ReadDuration(a.AsString(), duration)) {
    case DurationError::kInvalid:
      return NotReadable(run, a, Function::kToDuration);
    case DurationError::kRange:
      return OutOfRange(run, a, Function::kToDuration);
    case DurationError::kNone:
      break;
  }
  result = Value::Of(duration);
  return true;
}

// The type that a conversion makes: what is of it already stays as it is.
ValueKind KindOf(Function function) {
  if (function == Function::kToBool) return ValueKind::kBool;
  if (function == Function::kToInt) return ValueKind::kInt;
  if (function == Function::kToUint) return ValueKind::kUint;
  if (function == Function::kToDouble) return ValueKind::kDouble;
  if (function == Function::kToString) return ValueKind::kString;
  if (function == Function::kToBytes) return ValueKind::kBytes;
  return function == Function::kToTimestamp ? ValueKind::kTimestamp : ValueKind::kDuration;
}

std::int64_t PartOf(Function function, const CivilTime& civil) {
  if (function == Function::kGetFullYear) return civil.year;
  if (function == Function::kGetMonth) return civil.month;
  if (function == Function::kGetDate) return civil.day;
  if (function == Function::kGetDayOfMonth) return civil.day - 1;
  if (function == Function::kGetDayOfWeek) return civil.day_of_week;
  if (function == Function::kGetDayOfYear) return civil.day_of_year;
  if (function == Function::kGetHours) return civil.hours;
  if (function == Function::kGetMinutes) return civil.minutes;
  if (function == Function::kGetSeconds) return civil.seconds;
  return civil.milliseconds;
}

bool DurationPart(Run& run, Function function, const Value& a, Value& result) {
  const std::int64_t millis = a.AsDuration().count() / 1'000'000;
  if (function == Function::kGetHours) {
    result = Value::Int(millis / 3'600'000);
  } else if (function == Function::kGetMinutes) {
    result = Value::Int(millis / 60'000);
  } else if (function == Function::kGetSeconds) {
    result = Value::Int(millis / 1'000);
  } else if (function == Function::kGetMilliseconds) {
    result = Value::Int(millis % 1'000);
  } else {
    return run.NoOverload(FunctionName(function), a);
  }
  return true;
}

}  // namespace

bool Convert(Run& run, Function function, const Value& a, Value& result) {
  if (function == Function::kToDyn || a.Is(KindOf(function))) {
    result = a;
    return true;
  }
  if (a.Is(ValueKind::kString) && !run.ChargeBytes(a.AsString().size())) return false;
  if (function == Function::kToBool) return ToBool(run, a, result);
  if (function == Function::kToInt) return ToInt(run, a, result);
  if (function == Function::kToUint) return ToUint(run, a, result);
  if (function == Function::kToDouble) return ToDouble(run, a, result);
  if (function == Function::kToString) return ToString(run, a, result);
  if (function == Function::kToTimestamp) return ToTimestamp(run, a, result);
  if (function == Function::kToDuration) return ToDuration(run, a, result);
  if (!a.Is(ValueKind::kString)) return run.NoOverload(FunctionName(function), a);
  if (!run.Allocate(a.AsString().size())) return false;
  result = Value::Bytes(std::string(a.AsString()));
  return true;
}

bool Size(Run& run, const Value& a, Value& result) {
  std::size_t size = 0;
  if (a.Is(ValueKind::kString)) {
    if (!run.ChargeBytes(a.AsString().size())) return false;
    for (const char c : a.AsString()) size += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  } else if (a.Is(ValueKind::kBytes)) {
    size = a.AsBytes().size();
  } else if (a.Is(ValueKind::kList)) {
    size = a.AsList().size();
  } else if (a.Is(ValueKind::kMap)) {
    size = a.AsMap().size();
  } else {
    return run.NoOverload("size", a);
  }
  result = Value::Int(static_cast<std::int64_t>(size));
  return true;
}

bool TextTest(Run& run, Function function, const Value& a, const Value& b, Value& result) {
  if (!a.Is(ValueKind::kString) || !b.Is(ValueKind::kString)) {
    return run.NoOverload(FunctionName(function), a, b);
  }
  const std::string_view text = a.AsString();
  const std::string_view part = b.AsString();
  if (!run.ChargeBytes(text.size() + part.size())) return false;
  bool holds = text.size() >= part.size();
  if (function == Function::kStartsWith) {
    holds = holds && text.substr(0, part.size()) == part;
  } else if (function == Function::kEndsWith) {
    holds = holds && text.substr(text.size() - part.size()) == part;
  } else {
    // Linear, whatever the texts are.
    holds = part.empty() ||
            (holds && memmem(text.data(), text.size(), part.data(), part.size()) != nullptr);
  }
  result = Value::Bool(holds);
  return true;
}

bool TimePart(Run& run, Function function, const Value& a, const Value* zone, Value& result) {
  if (a.Is(ValueKind::kDuration) && zone == nullptr) {
    return DurationPart(run, function, a, result);
  }
  if (!a.Is(ValueKind::kTimestamp) || (zone != nullptr && !zone->Is(ValueKind::kString))) {
    return zone == nullptr ? run.NoOverload(FunctionName(function), a)
                           : run.NoOverload(FunctionName(function), a, *zone);
  }
  std::chrono::minutes offset{0};
  if (zone != nullptr) {
    const auto read = ReadZone(zone->AsString());
    if (!read) {
      return run.Fail(kInvalidValue,
                      fmt::format("{} is no time zone; write 'UTC' or '+01:00'", ToText(*zone)));
    }
    offset = *read;
  }
  result = Value::Int(PartOf(function, ToCivil(a.AsTimestamp(), offset)));
  return true;
}

}  // namespace saga::expr

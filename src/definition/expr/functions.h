// The operators and functions of the language and what they take.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "definition/expr/type.h"

namespace saga::expr {

enum class Function : std::uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kNegate,
  kNot,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kSize,
  kContains,
  kStartsWith,
  kEndsWith,
  kMatches,
  kToBool,
  kToInt,
  kToUint,
  kToDouble,
  kToString,
  kToBytes,
  kToTimestamp,
  kToDuration,
  kToDyn,
  kGetFullYear,
  kGetMonth,
  kGetDate,
  kGetDayOfMonth,
  kGetDayOfWeek,
  kGetDayOfYear,
  kGetHours,
  kGetMinutes,
  kGetSeconds,
  kGetMilliseconds,
};

// "+", "size": as it is written.
std::string_view FunctionName(Function function);

enum class FunctionStyle : std::uint8_t { kOperator, kGlobal, kMember };

// One way to call a function. Receivers are the first parameter.
struct Overload {
  FunctionStyle style;
  Function function;
  std::vector<Type> parameters;
  Type result;
};

// All overloads but those of equality, `in` and index, whose types depend on each other.
const std::vector<Overload>& Overloads();

// The names of the functions that can be called in this style, sorted.
std::vector<std::string> FunctionNames(FunctionStyle style);

}  // namespace saga::expr

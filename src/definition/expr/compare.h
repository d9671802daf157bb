// Equality and order of values.
#pragma once

#include <compare>
#include <optional>

#include "definition/expr/run.h"
#include "definition/expr/value.h"

namespace saga::expr {

inline bool IsNumber(const Value& value) {
  return value.Is(ValueKind::kInt) || value.Is(ValueKind::kUint) || value.Is(ValueKind::kDouble);
}

// On one number line, exactly; unordered with NaN. Requires: IsNumber of both.
std::partial_ordering CompareNumbers(const Value& a, const Value& b);

// Equality of what may be a key of a map: numbers across their types.
bool KeysEqual(const Value& a, const Value& b);

// The order of two values; nothing = there is none between their types.
std::optional<std::partial_ordering> Order(const Value& a, const Value& b);

// Equality of any two values into `equal`: of different types they are not equal, but numbers are
// compared across their types. False = the run is over.
bool Equal(Run& run, const Value& a, const Value& b, bool& equal);

}  // namespace saga::expr

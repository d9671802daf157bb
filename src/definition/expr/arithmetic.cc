// Operators on numbers, texts, lists and times.
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "definition/expr/compare.h"
#include "definition/expr/operations.h"
#include "definition/expr/time.h"

namespace saga::expr {
namespace {

using std::chrono::nanoseconds;

bool Overflow(Run& run, Function function, const Value& a, const Value& b) {
  return run.Fail(kOverflow, fmt::format("{} {} {} does not fit into {}", ToText(a),
                                         FunctionName(function), ToText(b), KindName(a.kind())));
}

// Whole numbers of either signedness. False = it overflows.
template <typename Number>
bool Compute(Function function, Number a, Number b, Number& result) {
  if (function == Function::kAdd) return !__builtin_add_overflow(a, b, &result);
  if (function == Function::kSubtract) return !__builtin_sub_overflow(a, b, &result);
  if (function == Function::kMultiply) return !__builtin_mul_overflow(a, b, &result);
  if constexpr (std::numeric_limits<Number>::is_signed) {
    if (a == std::numeric_limits<Number>::min() && b == -1) return false;
  }
  result = function == Function::kDivide ? a / b : a % b;
  return true;
}

template <typename Number>
bool Whole(Run& run, Function function, Number a, Number b, std::optional<Number>& result) {
  if (b == 0 && function == Function::kDivide) {
    return run.Fail(kDivideByZero, fmt::format("{} is divided by zero", a));
  }
  if (b == 0 && function == Function::kModulo) {
    return run.Fail(kModulusByZero, fmt::format("{} has no remainder by zero", a));
  }
  Number number = 0;
  if (Compute(function, a, b, number)) result = number;
  return true;
}

bool Ints(Run& run, Function function, const Value& a, const Value& b, Value& result) {
  std::optional<std::int64_t> number;
  if (!Whole(run, function, a.AsInt(), b.AsInt(), number)) return false;
  if (!number) return Overflow(run, function, a, b);
  result = Value::Int(*number);
  return true;
}

bool Uints(Run& run, Function function, const Value& a, const Value& b, Value& result) {
  std::optional<std::uint64_t> number;
  if (!Whole(run, function, a.AsUint(), b.AsUint(), number)) return false;
  if (!number) return Overflow(run, function, a, b);
  result = Value::Uint(*number);
  return true;
}

// Doubles never fail: they become infinite, or no number.
bool Doubles(Run& run, Function function, const Value& a, const Value& b, Value& result) {
  const double left = a.AsDouble();
  const double right = b.AsDouble();
  if (function == Function::kModulo) return run.NoOverload("%", a, b);
  if (function == Function::kAdd) result = Value::Double(left + right);
  if (function == Function::kSubtract) result = Value::Double(left - right);
  if (function == Function::kMultiply) result = Value::Double(left * right);
  if (function == Function::kDivide) result = Value::Double(left / right);
  return true;
}

bool Joined(Run& run, const Value& a, const Value& b, Value& result) {
  const bool bytes = a.Is(ValueKind::kBytes);
  const std::string_view left = bytes ? a.AsBytes() : a.AsString();
  const std::string_view right = bytes ? b.AsBytes() : b.AsString();
  if (!run.Allocate(left.size() + right.size())) return false;
  std::string text;
  text.reserve(left.size() + right.size());
  text.append(left).append(right);
  result = bytes ? Value::Bytes(std::move(text)) : Value::String(std::move(text));
  return true;
}

bool JoinedLists(Run& run, const List& a, const List& b, Value& result) {
  if (!run.Allocate((a.size() + b.size()) * sizeof(Value)) || !run.Charge(a.size() + b.size())) {
    return false;
  }
  std::vector<Value> elements;
  elements.reserve(a.size() + b.size());
  for (const List* list : {&a, &b}) {
    for (std::size_t i = 0; i < list->size(); ++i) elements.push_back(list->At(i));
  }
  result = Value::ListOf(std::move(elements));
  return true;
}

bool TimeOutOfRange(Run& run) {
  return run.Fail(kRange, "the timestamp is not in the years 1 to 9999");
}

bool Moved(Run& run, Function function, const Timestamp& time, nanoseconds duration,
           Value& result) {
  const Timestamp moved =
      function == Function::kAdd ? Add(time, duration) : Subtract(time, duration);
  if (!IsInRange(moved)) return TimeOutOfRange(run);
  result = Value::Of(moved);
  return true;
}

bool Durations(Run& run, Function function, const Value& a, const Value& b, Value& result) {
  std::int64_t sum = 0;
  if (!Compute(function, std::int64_t{a.AsDuration().count()}, std::int64_t{b.AsDuration().count()},
               sum)) {
    return run.Fail(kRange, "the duration is longer than about 292 years");
  }
  result = Value::Of(nanoseconds(sum));
  return true;
}

bool IsKeyKind(ValueKind kind) {
  return kind == ValueKind::kBool || kind == ValueKind::kInt || kind == ValueKind::kUint ||
         kind == ValueKind::kString || kind == ValueKind::kDouble;
}

bool IndexList(Run& run, const Value& a, const Value& b, Value& result) {
  // Through dyn, 1u and 1.0 are as good as 1.
  if (!IsNumber(b)) return run.NoOverload("index", a, b);
  const List& list = a.AsList();
  const bool known =
      CompareNumbers(b, Value::Int(0)) >= 0 && CompareNumbers(b, Value::Uint(list.size())) < 0;
  if (!known) {
    return run.Fail(kIndexOutOfBounds, fmt::format("the list has {} elements, and no element {}",
                                                   list.size(), ToText(b)));
  }
  std::size_t index = 0;
  if (b.Is(ValueKind::kInt)) index = static_cast<std::size_t>(b.AsInt());
  if (b.Is(ValueKind::kUint)) index = b.AsUint();
  if (b.Is(ValueKind::kDouble)) {
    index = static_cast<std::size_t>(b.AsDouble());
    if (static_cast<double>(index) != b.AsDouble()) return run.NoOverload("index", a, b);
  }
  result = list.At(index);
  return Admit(run, result);
}

}  // namespace

bool Arithmetic(Run& run, Function function, const Value& a, const Value& b, Value& result) {
  const bool adds = function == Function::kAdd;
  const bool moves = adds || function == Function::kSubtract;
  if (a.kind() == b.kind()) {
    if (a.Is(ValueKind::kInt)) return Ints(run, function, a, b, result);
    if (a.Is(ValueKind::kUint)) return Uints(run, function, a, b, result);
    if (a.Is(ValueKind::kDouble)) return Doubles(run, function, a, b, result);
    if (adds && (a.Is(ValueKind::kString) || a.Is(ValueKind::kBytes))) {
      return Joined(run, a, b, result);
    }
    if (adds && a.Is(ValueKind::kList)) return JoinedLists(run, a.AsList(), b.AsList(), result);
    if (moves && a.Is(ValueKind::kDuration)) return Durations(run, function, a, b, result);
    if (function == Function::kSubtract && a.Is(ValueKind::kTimestamp)) {
      const auto difference = Difference(a.AsTimestamp(), b.AsTimestamp());
      if (!difference) return run.Fail(kRange, "the duration is longer than about 292 years");
      result = Value::Of(*difference);
      return true;
    }
  }
  if (moves && a.Is(ValueKind::kTimestamp) && b.Is(ValueKind::kDuration)) {
    return Moved(run, function, a.AsTimestamp(), b.AsDuration(), result);
  }
  if (adds && a.Is(ValueKind::kDuration) && b.Is(ValueKind::kTimestamp)) {
    return Moved(run, function, b.AsTimestamp(), a.AsDuration(), result);
  }
  return run.NoOverload(FunctionName(function), a, b);
}

bool Negate(Run& run, const Value& a, Value& result) {
  if (a.Is(ValueKind::kDouble)) {
    result = Value::Double(-a.AsDouble());
    return true;
  }
  if (!a.Is(ValueKind::kInt)) return run.NoOverload("-", a);
  if (a.AsInt() == std::numeric_limits<std::int64_t>::min()) {
    return run.Fail(kOverflow, fmt::format("-({}) does not fit into int", a.AsInt()));
  }
  result = Value::Int(-a.AsInt());
  return true;
}

bool Ordering(Run& run, Function function, const Value& a, const Value& b, Value& result) {
  if (a.Is(ValueKind::kString) && !run.ChargeBytes(a.AsString().size())) return false;
  if (a.Is(ValueKind::kBytes) && !run.ChargeBytes(a.AsBytes().size())) return false;
  const auto order = Order(a, b);
  if (!order) return run.NoOverload(FunctionName(function), a, b);
  bool holds = false;
  if (function == Function::kLess) holds = *order < 0;
  if (function == Function::kLessOrEqual) holds = *order <= 0;
  if (function == Function::kGreater) holds = *order > 0;
  if (function == Function::kGreaterOrEqual) holds = *order >= 0;
  result = Value::Bool(holds);
  return true;
}

bool In(Run& run, const Value& a, const Value& b, Value& result) {
  bool found = false;
  if (b.Is(ValueKind::kList)) {
    const List& list = b.AsList();
    for (std::size_t i = 0; !found && i < list.size(); ++i) {
      if (!Equal(run, a, list.At(i), found)) return false;
    }
  } else if (b.Is(ValueKind::kMap)) {
    if (!IsKeyKind(a.kind())) return run.NoOverload("in", a, b);
    if (!run.Charge(b.AsMap().search_cost())) return false;
    found = b.AsMap().Find(a).has_value();
  } else {
    return run.NoOverload("in", a, b);
  }
  result = Value::Bool(found);
  return true;
}

bool Index(Run& run, const Value& a, const Value& b, Value& result) {
  if (a.Is(ValueKind::kList)) return IndexList(run, a, b, result);
  if (!a.Is(ValueKind::kMap) || !IsKeyKind(b.kind())) return run.NoOverload("index", a, b);
  if (!run.Charge(a.AsMap().search_cost())) return false;
  auto found = a.AsMap().Find(b);
  if (!found) return run.Fail(kNoSuchField, fmt::format("the map has no key {}", ToText(b)));
  result = std::move(*found);
  return Admit(run, result);
}

bool Admit(Run& run, const Value& value) {
  if (value.Is(ValueKind::kTimestamp) && !IsInRange(value.AsTimestamp())) {
    return TimeOutOfRange(run);
  }
  if (value.Is(ValueKind::kDuration) && value.AsDuration() == nanoseconds::max()) {
    return run.Fail(kRange, "the duration is longer than about 292 years");
  }
  return true;
}

}  // namespace saga::expr

#include "definition/expr/compare.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"

namespace saga::expr {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

std::partial_ordering CompareIntDouble(std::int64_t a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kTwoTo63) return std::partial_ordering::less;
  if (b < -kTwoTo63) return std::partial_ordering::greater;
  const auto whole = static_cast<std::int64_t>(b);
  if (a != whole) return a <=> whole;
  return 0.0 <=> b - static_cast<double>(whole);
}

std::partial_ordering CompareUintDouble(std::uint64_t a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kTwoTo64) return std::partial_ordering::less;
  if (b < 0) return std::partial_ordering::greater;
  const auto whole = static_cast<std::uint64_t>(b);
  if (a != whole) return a <=> whole;
  return 0.0 <=> b - static_cast<double>(whole);
}

std::partial_ordering CompareIntUint(std::int64_t a, std::uint64_t b) {
  if (a < 0) return std::partial_ordering::less;
  return static_cast<std::uint64_t>(a) <=> b;
}

std::partial_ordering Reverse(std::partial_ordering order) { return 0 <=> order; }

// Compares values of a bounded depth and pays for it.
class Comparison {
 public:
  explicit Comparison(Run& run) : run_(run) {}

  bool Values(const Value& a, const Value& b, bool& equal) {
    if (!run_.Charge(1)) return false;
    if (++depth_ > kValueDepthMax) {
      run_.End();
      return run_.Fail(kLimit, "the values are nested too deep to be compared");
    }
    const bool done = Same(a, b, equal);
    --depth_;
    return done;
  }

 private:
  bool Same(const Value& a, const Value& b, bool& equal) {
    equal = false;
    if (IsNumber(a) && IsNumber(b)) {
      equal = CompareNumbers(a, b) == 0;
      return true;
    }
    if (a.kind() != b.kind()) return true;
    switch (a.kind()) {
      case ValueKind::kNull:
        equal = true;
        return true;
      case ValueKind::kBool:
        equal = a.AsBool() == b.AsBool();
        return true;
      case ValueKind::kString:
        equal = a.AsString() == b.AsString();
        return run_.ChargeBytes(a.AsString().size());
      case ValueKind::kBytes:
        equal = a.AsBytes() == b.AsBytes();
        return run_.ChargeBytes(a.AsBytes().size());
      case ValueKind::kTimestamp:
        equal = a.AsTimestamp() == b.AsTimestamp();
        return true;
      case ValueKind::kDuration:
        equal = a.AsDuration() == b.AsDuration();
        return true;
      case ValueKind::kList:
        return Lists(a.AsList(), b.AsList(), equal);
      case ValueKind::kMap:
        return Maps(a.AsMap(), b.AsMap(), equal);
      case ValueKind::kMessage:
        return Messages(a.AsMessage(), b.AsMessage(), equal);
      case ValueKind::kInt:
      case ValueKind::kUint:
      case ValueKind::kDouble:
        break;  // Numbers are above.
    }
    SAGA_UNREACHABLE();
  }

  bool Lists(const List& a, const List& b, bool& equal) {
    equal = a.size() == b.size();
    for (std::size_t i = 0; equal && i < a.size(); ++i) {
      if (!Values(a.At(i), b.At(i), equal)) return false;
    }
    return true;
  }

  bool Maps(const Map& a, const Map& b, bool& equal) {
    equal = a.size() == b.size();
    if (!equal) return true;
    if (!run_.Allocate(a.size() * sizeof(Value))) return false;
    for (const Value& key : a.Keys()) {
      if (!run_.Charge(b.search_cost())) return false;
      const auto mine = a.Find(key);
      const auto other = b.Find(key);
      equal = mine.has_value() && other.has_value();
      if (!equal) return true;
      if (!Values(*mine, *other, equal)) return false;
      if (!equal) return true;
    }
    return true;
  }

  bool Messages(const Message& a, const Message& b, bool& equal) {
    equal = a.GetDescriptor()->full_name() == b.GetDescriptor()->full_name();
    if (!equal) return true;
    std::vector<const FieldDescriptor*> left;
    std::vector<const FieldDescriptor*> right;
    a.GetReflection()->ListFields(a, &left);
    b.GetReflection()->ListFields(b, &right);
    equal = left.size() == right.size();
    for (std::size_t i = 0; equal && i < left.size(); ++i) {
      equal = left[i]->number() == right[i]->number();
      if (!equal) break;
      if (!Values(Value::Field(a, *left[i]), Value::Field(b, *right[i]), equal)) return false;
    }
    if (!equal) return true;
    // Fields that the type does not know are compared as they came.
    const std::string mine = UnknownOf(a);
    equal = mine == UnknownOf(b);
    return run_.ChargeBytes(mine.size());
  }

  static std::string UnknownOf(const Message& message) {
    std::string bytes;
    const auto& unknown = message.GetReflection()->GetUnknownFields(message);
    if (!unknown.empty()) unknown.SerializeToString(&bytes);
    return bytes;
  }

  Run& run_;
  std::uint32_t depth_ = 0;
};

}  // namespace

std::partial_ordering CompareNumbers(const Value& a, const Value& b) {
  if (a.Is(ValueKind::kInt)) {
    if (b.Is(ValueKind::kInt)) return a.AsInt() <=> b.AsInt();
    if (b.Is(ValueKind::kUint)) return CompareIntUint(a.AsInt(), b.AsUint());
    return CompareIntDouble(a.AsInt(), b.AsDouble());
  }
  if (a.Is(ValueKind::kUint)) {
    if (b.Is(ValueKind::kUint)) return a.AsUint() <=> b.AsUint();
    if (b.Is(ValueKind::kInt)) return Reverse(CompareIntUint(b.AsInt(), a.AsUint()));
    return CompareUintDouble(a.AsUint(), b.AsDouble());
  }
  if (b.Is(ValueKind::kInt)) return Reverse(CompareIntDouble(b.AsInt(), a.AsDouble()));
  if (b.Is(ValueKind::kUint)) return Reverse(CompareUintDouble(b.AsUint(), a.AsDouble()));
  return a.AsDouble() <=> b.AsDouble();
}

bool KeysEqual(const Value& a, const Value& b) {
  if (IsNumber(a) && IsNumber(b)) return CompareNumbers(a, b) == 0;
  if (a.kind() != b.kind()) return false;
  if (a.Is(ValueKind::kString)) return a.AsString() == b.AsString();
  return a.Is(ValueKind::kBool) && a.AsBool() == b.AsBool();
}

std::optional<std::partial_ordering> Order(const Value& a, const Value& b) {
  if (IsNumber(a) && IsNumber(b)) return CompareNumbers(a, b);
  if (a.kind() != b.kind()) return std::nullopt;
  // The order of UTF-8 is the order of code points; bytes of chars are compared as unsigned.
  if (a.Is(ValueKind::kString)) return a.AsString().compare(b.AsString()) <=> 0;
  if (a.Is(ValueKind::kBytes)) return a.AsBytes().compare(b.AsBytes()) <=> 0;
  if (a.Is(ValueKind::kBool)) return a.AsBool() <=> b.AsBool();
  if (a.Is(ValueKind::kTimestamp)) return a.AsTimestamp() <=> b.AsTimestamp();
  if (a.Is(ValueKind::kDuration)) return a.AsDuration().count() <=> b.AsDuration().count();
  return std::nullopt;
}

bool Equal(Run& run, const Value& a, const Value& b, bool& equal) {
  return Comparison(run).Values(a, b, equal);
}

}  // namespace saga::expr

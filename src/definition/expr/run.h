// One evaluation: what it may still cost, and why it failed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "definition/expr/functions.h"
#include "definition/expr/limits.h"
#include "definition/expr/value.h"

namespace saga::expr {

// The codes of runtime errors; part of the public interface (docs/reference/expressions.md).
inline constexpr std::string_view kNoSuchField = "no_such_field";
inline constexpr std::string_view kNoMatchingOverload = "no_matching_overload";
inline constexpr std::string_view kIndexOutOfBounds = "index_out_of_bounds";
inline constexpr std::string_view kOverflow = "overflow";
inline constexpr std::string_view kDivideByZero = "divide_by_zero";
inline constexpr std::string_view kModulusByZero = "modulus_by_zero";
inline constexpr std::string_view kRange = "range";
inline constexpr std::string_view kInvalidValue = "invalid_value";
inline constexpr std::string_view kDuplicateKey = "duplicate_key";
inline constexpr std::string_view kLimit = "limit";

struct Failure {
  std::string_view code;
  std::string message;
  std::uint32_t offset = 0;
};

// Functions that can fail return false after Fail. Threads: one.
class Run {
 public:
  // Where errors are from now on, until something else is evaluated.
  void SetOffset(std::uint32_t offset) { offset_ = offset; }

  bool Fail(std::string_view code, std::string message) {
    failure_ = {code, std::move(message), offset_};
    return false;
  }
  // "no + for int and string".
  bool NoOverload(std::string_view name, const Value& a);
  bool NoOverload(std::string_view name, const Value& a, const Value& b);

  // Pays for work. False = too much: the evaluation ends, no operator absorbs that.
  bool Charge(std::uint64_t steps) {
    steps_ += steps;
    return steps_ <= kStepsMax || Exhaust();
  }
  // Pays for looking at so many bytes.
  bool ChargeBytes(std::uint64_t bytes) { return Charge(bytes / 64 + 1); }
  bool Allocate(std::uint64_t bytes) {
    bytes_ += bytes;
    return (bytes_ <= kAllocatedBytesMax || Exhaust()) && ChargeBytes(bytes);
  }

  bool is_over() const { return over_; }
  void End() { over_ = true; }
  const Failure& failure() const { return failure_; }
  Failure TakeFailure() { return std::move(failure_); }
  void PutBack(Failure failure) { failure_ = std::move(failure); }

 private:
  bool Exhaust();

  std::uint64_t steps_ = 0;
  std::uint64_t bytes_ = 0;
  bool over_ = false;
  std::uint32_t offset_ = 0;
  Failure failure_;
};

}  // namespace saga::expr

#include "definition/expr/run.h"

#include <fmt/format.h>

namespace saga::expr {

bool Run::NoOverload(std::string_view name, const Value& a) {
  return Fail(kNoMatchingOverload, fmt::format("there is no {} for {}", name, KindName(a.kind())));
}

bool Run::NoOverload(std::string_view name, const Value& a, const Value& b) {
  return Fail(kNoMatchingOverload, fmt::format("there is no {} for {} and {}", name,
                                               KindName(a.kind()), KindName(b.kind())));
}

bool Run::Exhaust() {
  over_ = true;
  return Fail(kLimit, fmt::format("the evaluation takes more than {} steps or {} bytes", kStepsMax,
                                  kAllocatedBytesMax));
}

}  // namespace saga::expr

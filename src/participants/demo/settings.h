// What a demo participant is told when it starts, as far as its business sees it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "participants/demo/limits.h"

namespace saga::demo {

struct Settings {
  std::chrono::milliseconds outcome_after = kOutcomeAfterDefault;  // Accepted work takes so long.
  std::chrono::milliseconds late_after = kLateAfterDefault;        // A late payment comes then.
  std::chrono::milliseconds quote_valid = kQuoteValidDefault;
  std::vector<std::int64_t> fees;  // Of the network, one after the other, kFeeStep each.
};

// One whole number a line; # begins a comment.
// Errors:    INVALID_ARGUMENT FIELD_INVALID, naming the line.
Result<std::vector<std::int64_t>> ReadFees(const std::string& path);

}  // namespace saga::demo

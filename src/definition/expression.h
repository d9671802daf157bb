// Expressions as far as paths and literals go: input.order_id, steps.authorize.id, output.hold_id,
// failure.reason, saga.id, 'text', 42, 1.5, true. The full language joins here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"

namespace saga {

// Where a path begins.
enum class PathRoot : std::uint8_t { kInput, kStep, kOutput, kFailure, kSaga };

struct PathExpression {
  PathRoot root = PathRoot::kInput;
  std::string step;                 // kStep: its id.
  std::vector<std::string> fields;  // What follows.
  std::string text;                 // As written.
};

using LiteralExpression = std::variant<bool, std::int64_t, double, std::string>;
using Expression = std::variant<PathExpression, LiteralExpression>;

// Errors: INVALID_ARGUMENT FIELD_INVALID that says what is not understood and what would be.
Result<Expression> ParseExpression(std::string_view text);

}  // namespace saga

// Regular expressions by RE2, within limits.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>

#include "definition/expr/run.h"

namespace saga::expr {

struct PatternResult {
  std::unique_ptr<const re2::RE2> compiled;  // Null = error says why.
  std::string error;
};

PatternResult CompilePattern(std::string_view pattern);

// Whether a part of `a` matches `b`, which is `compiled` already when that is not null.
bool Matches(Run& run, const Value& a, const Value& b, const re2::RE2* compiled, Value& result);

}  // namespace saga::expr

#include "definition/expr/pattern.h"

#include <fmt/format.h>

#include <utility>

namespace saga::expr {

PatternResult CompilePattern(std::string_view pattern) {
  if (pattern.size() > kPatternBytesMax) {
    return {nullptr, fmt::format("it is longer than {} bytes", kPatternBytesMax)};
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemoryBytesMax);
  auto compiled =
      std::make_unique<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!compiled->ok()) return {nullptr, compiled->error()};
  return {std::move(compiled), {}};
}

bool Matches(Run& run, const Value& a, const Value& b, const re2::RE2* compiled, Value& result) {
  if (!a.Is(ValueKind::kString) || !b.Is(ValueKind::kString)) {
    return run.NoOverload("matches", a, b);
  }
  PatternResult own;
  if (compiled == nullptr) {
    // What is compiled for one use pays for it.
    if (!run.Charge(200 + 4 * b.AsString().size())) return false;
    own = CompilePattern(b.AsString());
    if (own.compiled == nullptr) {
      return run.Fail(kInvalidValue,
                      fmt::format("{} is no regular expression: {}", ToText(b), own.error));
    }
    compiled = own.compiled.get();
  }
  // At worst, every byte of the text meets every instruction of the program.
  const auto size = static_cast<std::uint64_t>(compiled->ProgramSize());
  const std::string_view text = a.AsString();
  if (!run.ChargeBytes(text.size() * (1 + size / 64))) return false;
  result =
      Value::Bool(re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled));
  return true;
}

}  // namespace saga::expr

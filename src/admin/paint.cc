#include "admin/paint.h"

#include "base/check.h"

namespace saga::admin {
namespace {

std::string_view CodeOf(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kGood:
      return "\033[32m";
    case Tone::kWarn:
      return "\033[33m";
    case Tone::kBad:
      return "\033[1;31m";
    case Tone::kDim:
      return "\033[2m";
    case Tone::kStrong:
      return "\033[1m";
  }
  SAGA_UNREACHABLE();
}

}  // namespace

std::string Paint::operator()(Tone tone, std::string_view text) const {
  const std::string_view code = CodeOf(tone);
  if (!on_ || code.empty() || text.empty()) return std::string(text);
  return std::string(code) + std::string(text) + "\033[0m";
}

}  // namespace saga::admin

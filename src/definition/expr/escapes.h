// What backslashes mean inside texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace saga::expr {

enum class LiteralKind : std::uint8_t { kString, kBytes };

struct Unescaped {
  std::string content;
  std::string error;       // Empty = fine.
  std::size_t offset = 0;  // Of the error, in `written`.
};

// The content of a literal that was written as `written`, without its quotes.
Unescaped Unescape(std::string_view written, LiteralKind kind);

void AppendUtf8(std::uint32_t code_point, std::string& text);

}  // namespace saga::expr

// Splits the text of an expression into its words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "definition/expr/program.h"

namespace saga::expr {

enum class TokenKind : std::uint8_t {
  kEnd,
  kName,        // Reserved words and `in` included; the parser knows them.
  kQuotedName,  // `a-b`, without the quotes.
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kSymbol,  // "(", "&&" and so on.
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t offset = 0;
  std::string_view text;     // As written.
  std::string content;       // Of strings, bytes and quoted names.
  std::uint64_t number = 0;  // Of kInt (without sign, maybe more than an int holds) and kUint.
  double real = 0;
};

// Threads: one. Borrows the text.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // Reads the next word into `token`. False = there is none, and error() says why.
  bool Next(Token& token);
  const CompileError& error() const { return *error_; }

 private:
  bool Fail(std::size_t offset, std::string message, std::string suggestion = "");
  void SkipSpace();
  bool ReadNumber(Token& token);
  bool ReadHex(Token& token);
  bool ReadText(Token& token, std::size_t prefix);
  bool ReadQuotedName(Token& token);
  bool ReadSymbol(Token& token);
  char At(std::size_t index) const { return index < text_.size() ? text_[index] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<CompileError> error_;
};

}  // namespace saga::expr

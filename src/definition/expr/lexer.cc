#include "definition/expr/lexer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "definition/expr/escapes.h"
#include "definition/expr/numbers.h"

namespace saga::expr {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNameChar(char c) { return IsNameStart(c) || IsDigit(c); }
bool IsQuote(char c) { return c == '"' || c == '\''; }

// The first characters of a character that may have several.
std::string_view Character(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return text.substr(at, end - at);
}

}  // namespace

bool Lexer::Fail(std::size_t offset, std::string message, std::string suggestion) {
  error_ =
      CompileError{CompileErrorKind::kSyntax, std::move(message), offset, std::move(suggestion)};
  return false;
}

void Lexer::SkipSpace() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r') {
      ++at_;
    } else if (c == '/' && At(at_ + 1) == '/') {
      while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
    } else {
      return;
    }
  }
}

bool Lexer::Next(Token& token) {
  SkipSpace();
  token = Token{};
  token.offset = at_;
  if (at_ == text_.size()) return true;
  const char c = text_[at_];
  if (IsQuote(c)) return ReadText(token, 0);
  const bool raw = c == 'r' || c == 'R';
  const bool bytes = c == 'b' || c == 'B';
  if ((raw || bytes) && IsQuote(At(at_ + 1))) return ReadText(token, 1);
  if (bytes && (At(at_ + 1) == 'r' || At(at_ + 1) == 'R') && IsQuote(At(at_ + 2))) {
    return ReadText(token, 2);
  }
  if (IsNameStart(c)) {
    std::size_t end = at_;
    while (IsNameChar(At(end))) ++end;
    token.kind = TokenKind::kName;
    token.text = text_.substr(at_, end - at_);
    at_ = end;
    return true;
  }
  if (c == '`') return ReadQuotedName(token);
  if (IsDigit(c) || (c == '.' && IsDigit(At(at_ + 1)))) return ReadNumber(token);
  return ReadSymbol(token);
}

bool Lexer::ReadHex(Token& token) {
  std::size_t end = at_ + 2;
  while (IsHexDigit(At(end))) ++end;
  if (end == at_ + 2) return Fail(at_, "0x is followed by hexadecimal digits");
  const std::string_view digits = text_.substr(at_ + 2, end - at_ - 2);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), token.number, 16);
  if (read.ec != std::errc()) return Fail(at_, "the number does not fit into 64 bits");
  token.kind = TokenKind::kInt;
  if (At(end) == 'u' || At(end) == 'U') {
    token.kind = TokenKind::kUint;
    ++end;
  }
  token.text = text_.substr(at_, end - at_);
  if (IsNameChar(At(end))) return Fail(at_, "a name cannot begin with a digit");
  at_ = end;
  return true;
}

bool Lexer::ReadNumber(Token& token) {
  if (At(at_) == '0' && At(at_ + 1) == 'x') return ReadHex(token);
  std::size_t end = at_;
  while (IsDigit(At(end))) ++end;
  bool whole = true;
  if (At(end) == '.' && IsDigit(At(end + 1))) {
    whole = false;
    ++end;
    while (IsDigit(At(end))) ++end;
  }
  if (At(end) == 'e' || At(end) == 'E') {
    std::size_t exponent = end + 1;
    if (At(exponent) == '+' || At(exponent) == '-') ++exponent;
    if (!IsDigit(At(exponent))) return Fail(at_, "an exponent has digits, as in 1e9");
    whole = false;
    end = exponent;
    while (IsDigit(At(end))) ++end;
  }
  const std::string_view digits = text_.substr(at_, end - at_);
  if (whole) {
    const auto number = ReadUint(digits);
    if (!number) return Fail(at_, "the number does not fit into 64 bits");
    token.number = *number;
    token.kind = TokenKind::kInt;
    if (At(end) == 'u' || At(end) == 'U') {
      token.kind = TokenKind::kUint;
      ++end;
    }
  } else {
    const auto number = ReadDouble(digits);
    if (!number) return Fail(at_, "the number does not fit into a double");
    token.kind = TokenKind::kDouble;
    token.real = *number;
  }
  token.text = text_.substr(at_, end - at_);
  if (IsNameChar(At(end))) return Fail(at_, "a name cannot begin with a digit");
  at_ = end;
  return true;
}

bool Lexer::ReadText(Token& token, std::size_t prefix) {
  const std::string_view marks = text_.substr(at_, prefix);
  const bool raw = marks.find_first_of("rR") != std::string_view::npos;
  const bool bytes = marks.find_first_of("bB") != std::string_view::npos;
  std::size_t begin = at_ + prefix;
  const char quote = text_[begin];
  const bool triple = At(begin + 1) == quote && At(begin + 2) == quote;
  begin += triple ? 3 : 1;
  std::size_t end = begin;
  while (true) {
    if (end >= text_.size()) return Fail(at_, "the closing quote is missing");
    const char c = text_[end];
    if (!triple && (c == '\n' || c == '\r')) {
      return Fail(end, "the text ends in the middle of a line",
                  "write \\n, or put the text into three quotes");
    }
    if (c == quote && (!triple || (At(end + 1) == quote && At(end + 2) == quote))) break;
    // What is escaped closes nothing.
    end += !raw && c == '\\' && end + 1 < text_.size() ? 2 : 1;
  }
  const std::string_view written = text_.substr(begin, end - begin);
  token.kind = bytes ? TokenKind::kBytes : TokenKind::kString;
  if (raw) {
    token.content = std::string(written);
  } else {
    Unescaped unescaped = Unescape(written, bytes ? LiteralKind::kBytes : LiteralKind::kString);
    if (!unescaped.error.empty()) return Fail(begin + unescaped.offset, unescaped.error);
    token.content = std::move(unescaped.content);
  }
  end += triple ? 3 : 1;
  token.text = text_.substr(at_, end - at_);
  at_ = end;
  return true;
}

bool Lexer::ReadQuotedName(Token& token) {
  const std::size_t end = text_.find('`', at_ + 1);
  if (end == std::string_view::npos) return Fail(at_, "the closing ` is missing");
  const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
  for (const char c : name) {
    if (!IsNameChar(c) && c != '.' && c != '-' && c != '/' && c != ' ') {
      return Fail(at_, "a name in ` has letters, digits, _, -, ., / and spaces",
                  "write an index: x['…']");
    }
  }
  if (name.empty()) return Fail(at_, "a name in ` is not empty");
  token.kind = TokenKind::kQuotedName;
  token.text = text_.substr(at_, end + 1 - at_);
  token.content = std::string(name);
  at_ = end + 1;
  return true;
}

bool Lexer::ReadSymbol(Token& token) {
  static constexpr std::array<std::string_view, 24> kSymbols{
      "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/",
      "%",  "!",  "?",  ":",  ".",  ",",  "(", ")", "[", "]", "{", "}"};
  const std::string_view rest = text_.substr(at_);
  for (const std::string_view symbol : kSymbols) {
    if (rest.substr(0, symbol.size()) != symbol) continue;
    token.kind = TokenKind::kSymbol;
    token.text = rest.substr(0, symbol.size());
    at_ += symbol.size();
    return true;
  }
  const std::string_view wrong = Character(text_, at_);
  if (wrong == "=") return Fail(at_, "= is no operator", "equality is ==");
  if (wrong == "&") return Fail(at_, "& is no operator", "both is &&");
  if (wrong == "|") return Fail(at_, "| is no operator", "either is ||");
  const auto byte = static_cast<unsigned char>(wrong.front());
  if (byte < 0x20 || byte == 0x7F) {
    return Fail(at_, fmt::format("the character U+{:04X} has no meaning here", byte));
  }
  return Fail(at_, fmt::format("the character {} has no meaning here", wrong));
}

}  // namespace saga::expr

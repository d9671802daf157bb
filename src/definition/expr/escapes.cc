#include "definition/expr/escapes.h"

#include <fmt/format.h>

#include <optional>

namespace saga::expr {
namespace {

constexpr std::uint32_t kHighSurrogate = 0xD800;
constexpr std::uint32_t kLowSurrogate = 0xDC00;
constexpr std::uint32_t kSurrogateEnd = 0xE000;
constexpr std::uint32_t kCodePointMax = 0x10FFFF;

std::optional<std::uint32_t> Digits(std::string_view text, std::uint32_t base) {
  std::uint32_t number = 0;
  for (const char c : text) {
    std::uint32_t digit = base;
    if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<std::uint32_t>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') digit = static_cast<std::uint32_t>(c - 'A') + 10;
    if (digit >= base) return std::nullopt;
    number = number * base + digit;
  }
  return number;
}

class Reader {
 public:
  Reader(std::string_view written, LiteralKind kind) : written_(written), kind_(kind) {}

  Unescaped Read() {
    while (at_ < written_.size() && result_.error.empty()) {
      if (written_[at_] != '\\') {
        result_.content += written_[at_++];
        continue;
      }
      result_.offset = at_;
      ReadEscape();
    }
    return std::move(result_);
  }

 private:
  void Fail(std::string error) { result_.error = std::move(error); }

  void ReadEscape() {
    const char c = at_ + 1 < written_.size() ? written_[at_ + 1] : '\0';
    static constexpr std::string_view kNames = "abfnrtv\\?\"'`";
    static constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\?\"'`";
    if (const std::size_t simple = kNames.find(c); c != '\0' && simple != std::string_view::npos) {
      result_.content += kMeanings[simple];
      at_ += 2;
    } else if (c == 'x' || c == 'X') {
      ReadNumber(2, 2, 16);
    } else if (c >= '0' && c <= '3') {
      ReadNumber(1, 3, 8);
    } else if (c == 'u' || c == 'U') {
      ReadCodePoint(c == 'u' ? 4 : 8);
    } else {
      Fail(c == '\0' ? "a backslash with nothing behind it"
                     : fmt::format("there is no escape \\{}", written_.substr(at_ + 1, 1)));
    }
  }

  // A code point of a string, a byte of bytes.
  void ReadNumber(std::size_t skip, std::size_t digits, std::uint32_t base) {
    const std::string_view text = written_.substr(at_ + skip, digits);
    const auto number = Digits(text, base);
    if (text.size() != digits || !number) {
      return Fail(base == 16 ? "\\x is followed by two hexadecimal digits"
                             : "an octal escape has three digits, \\000 to \\377");
    }
    if (kind_ == LiteralKind::kBytes) {
      result_.content += static_cast<char>(*number);
    } else {
      AppendUtf8(*number, result_.content);
    }
    at_ += skip + digits;
  }

  std::optional<std::uint32_t> HexAt(std::size_t at, std::size_t digits) const {
    if (at > written_.size()) return std::nullopt;
    const std::string_view text = written_.substr(at, digits);
    return text.size() == digits ? Digits(text, 16) : std::nullopt;
  }

  void ReadCodePoint(std::size_t digits) {
    if (kind_ == LiteralKind::kBytes) {
      return Fail("bytes have no \\u and \\U; write \\x with two digits for each byte");
    }
    auto code = HexAt(at_ + 2, digits);
    if (!code) return Fail(fmt::format("it is followed by {} hexadecimal digits", digits));
    at_ += 2 + digits;
    if (digits == 4 && *code >= kHighSurrogate && *code < kLowSurrogate &&
        written_.substr(at_, 2) == "\\u") {
      const auto low = HexAt(at_ + 2, 4);
      if (low && *low >= kLowSurrogate && *low < kSurrogateEnd) {
        code = 0x10000 + ((*code - kHighSurrogate) << 10) + (*low - kLowSurrogate);
        at_ += 6;
      }
    }
    if (*code > kCodePointMax || (*code >= kHighSurrogate && *code < kSurrogateEnd)) {
      return Fail("it is no code point of Unicode");
    }
    AppendUtf8(*code, result_.content);
  }

  std::string_view written_;
  LiteralKind kind_;
  std::size_t at_ = 0;
  Unescaped result_;
};

}  // namespace

void AppendUtf8(std::uint32_t code_point, std::string& text) {
  const auto tail = [&](int shift) {
    text += static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    text += static_cast<char>(0xC0 | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    text += static_cast<char>(0xE0 | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | (code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

Unescaped Unescape(std::string_view written, LiteralKind kind) {
  return Reader(written, kind).Read();
}

}  // namespace saga::expr

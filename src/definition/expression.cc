#include "definition/expression.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

#include "definition/limits.h"

namespace saga {
namespace {

Status Bad(std::string message) {
  return {StatusCode::kInvalidArgument, "FIELD_INVALID", std::move(message)};
}

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNameChar(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

Result<Expression> ParseString(std::string_view text) {
  const char quote = text.front();
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == quote) {
      if (i + 1 != text.size()) return Bad(fmt::format("'{}': text after the closing quote", text));
      return Expression(LiteralExpression(std::move(value)));
    }
    if (c != '\\') {
      value += c;
      continue;
    }
    if (++i == text.size()) break;
    switch (text[i]) {
      case 'n':
        value += '\n';
        break;
      case 't':
        value += '\t';
        break;
      case '\\':
      case '\'':
      case '"':
        value += text[i];
        break;
      default:
        return Bad(
            fmt::format("'{}': unknown escape \\{}; known: \\n \\t \\\\ \\' \\\"", text, text[i]));
    }
  }
  return Bad(fmt::format("{}: the closing quote is missing", text));
}

Result<Expression> ParseNumber(std::string_view text) {
  const char* const end = text.data() + text.size();
  std::int64_t integer = 0;
  if (const auto parsed = std::from_chars(text.data(), end, integer);
      parsed.ec == std::errc() && parsed.ptr == end) {
    return Expression(LiteralExpression(integer));
  }
  double real = 0;
  if (const auto parsed = std::from_chars(text.data(), end, real);
      parsed.ec == std::errc() && parsed.ptr == end) {
    if (text.find_first_of(".eE") != std::string_view::npos)
      return Expression(LiteralExpression(real));
    return Bad(fmt::format("'{}' does not fit into 64 bits", text));
  }
  return Bad(fmt::format("'{}' is not a number", text));
}

Result<std::vector<std::string>> SplitPath(std::string_view text) {
  std::vector<std::string> names;
  std::string_view rest = text;
  while (true) {
    std::size_t end = 0;
    while (end < rest.size() && IsNameChar(rest[end])) ++end;
    if (end == 0 || !IsNameStart(rest[0])) {
      return Bad(fmt::format("'{}' is neither a path nor a literal", text));
    }
    names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
    if (rest.empty()) return names;
    if (rest.front() != '.') {
      return Bad(
          fmt::format("'{}': '{}' is not understood; this version knows paths (input.a.b, "
                      "steps.x.y, output.z) and "
                      "literals",
                      text, rest.substr(0, 1)));
    }
    rest.remove_prefix(1);
  }
}

Result<Expression> MakePath(std::vector<std::string> names, std::string_view text) {
  PathExpression path;
  path.text = text;
  const std::string root = names.front();
  names.erase(names.begin());
  if (root == "input") {
    path.root = PathRoot::kInput;
  } else if (root == "steps") {
    path.root = PathRoot::kStep;
    if (names.empty()) return Bad("'steps' alone is no value; name a step: steps.authorize.id");
    path.step = names.front();
    names.erase(names.begin());
  } else if (root == "output") {
    path.root = PathRoot::kOutput;
  } else if (root == "failure") {
    path.root = PathRoot::kFailure;
    if (names.size() != 1 ||
        (names[0] != "reason" && names[0] != "message" && names[0] != "code")) {
      return Bad(fmt::format("'{}': failure has reason, message and code", text));
    }
  } else if (root == "saga") {
    path.root = PathRoot::kSaga;
    if (names.size() != 1 || (names[0] != "id" && names[0] != "key")) {
      return Bad(fmt::format("'{}': saga has id and key", text));
    }
  } else {
    return Bad(
        fmt::format("'{}' is not known; a path begins with input, steps, output, failure or saga, "
                    "and a text is quoted "
                    "twice: '\"{}\"'",
                    root, text));
  }
  path.fields = std::move(names);
  return Expression(std::move(path));
}

}  // namespace

Result<Expression> ParseExpression(std::string_view text) {
  if (text.empty()) return Bad("an empty expression; an empty text is written '\"\"'");
  if (text.size() > kExpressionCharsMax) {
    return Bad(fmt::format("an expression of {} characters; at most {} are allowed", text.size(),
                           kExpressionCharsMax));
  }
  if (text == "true") return Expression(LiteralExpression(true));
  if (text == "false") return Expression(LiteralExpression(false));
  if (text.front() == '\'' || text.front() == '"') return ParseString(text);
  if (text.front() == '-' || (text.front() >= '0' && text.front() <= '9')) return ParseNumber(text);
  SAGA_ASSIGN_OR_RETURN(std::vector<std::string> names, SplitPath(text));
  return MakePath(std::move(names), text);
}

}  // namespace saga

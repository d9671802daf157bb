#include "admin/json_lines.h"

#include "admin/text.h"

namespace saga::admin {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kDepthMax = 32;  // What is nested deeper stays on its line.

// Walks over JSON text and tells what stands inside a string.
class Scanner {
 public:
  // True when `c` is part of a string, its quotes included.
  bool InString(char c) {
    if (!in_string_) {
      in_string_ = c == '"';
      return in_string_;
    }
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
    }
    return true;
  }

 private:
  bool in_string_ = false;
  bool escaped_ = false;
};

bool Opens(char c) { return c == '{' || c == '['; }
bool Closes(char c) { return c == '}' || c == ']'; }

// White space outside of strings as one line of text has it: one space behind ':' and ','.
std::string OneLine(std::string_view json) {
  std::string line;
  Scanner scanner;
  for (const char c : json) {
    if (scanner.InString(c)) {
      line += c;
    } else if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
      line += c;
      if (c == ':' || c == ',') line += ' ';
    }
  }
  return line;
}

// The members of an object or the elements of a list, without the commas.
std::vector<std::string_view> MembersOf(std::string_view inside) {
  std::vector<std::string_view> members;
  Scanner scanner;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (scanner.InString(inside[i])) continue;
    depth += Opens(inside[i]) ? 1 : Closes(inside[i]) ? -1 : 0;
    if (inside[i] != ',' || depth > 0) continue;
    members.push_back(inside.substr(begin, i - begin));
    begin = i + 2;  // The comma and its space.
  }
  members.push_back(inside.substr(begin));
  return members;
}

// Where the value of `member` begins: behind its key, if it has one.
std::size_t ValueOf(std::string_view member) {
  Scanner scanner;
  for (std::size_t i = 0; i < member.size(); ++i) {
    if (scanner.InString(member[i])) continue;
    if (Opens(member[i])) return i;
    if (member[i] == ':') return i + 2;
  }
  return 0;
}

void Print(std::string_view member, std::size_t depth, std::string_view end, std::size_t width,
           std::vector<std::string>& lines) {
  const std::string indent(depth * kIndent, ' ');
  const std::size_t value = ValueOf(member);
  const bool fits = indent.size() + DisplayWidth(member) + end.size() <= width;
  const bool breaks = !fits && depth < kDepthMax && member.size() > value + 2 &&
                      Opens(member[value]) && Closes(member.back());
  if (!breaks) {
    lines.push_back(indent + std::string(member) + std::string(end));
    return;
  }
  lines.push_back(indent + std::string(member.substr(0, value + 1)));
  const auto members = MembersOf(member.substr(value + 1, member.size() - value - 2));
  for (std::size_t i = 0; i < members.size(); ++i) {
    Print(members[i], depth + 1, i + 1 < members.size() ? "," : "", width, lines);
  }
  lines.push_back(indent + member.back() + std::string(end));
}

}  // namespace

std::vector<std::string> JsonLines(std::string_view json, std::size_t width) {
  const std::string line = OneLine(json);
  std::vector<std::string> lines;
  if (line.empty() || !Opens(line.front())) return {std::string(json)};
  Print(line, 0, "", width, lines);
  return lines;
}

}  // namespace saga::admin

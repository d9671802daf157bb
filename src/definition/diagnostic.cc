#include "definition/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

namespace saga {
namespace {

std::string_view LineOf(std::string_view source, int line) {
  for (int i = 1; i < line; ++i) {
    const std::size_t end = source.find('\n');
    if (end == std::string_view::npos) return {};
    source.remove_prefix(end + 1);
  }
  source = source.substr(0, source.find('\n'));
  if (source.ends_with('\r')) source.remove_suffix(1);
  return source;
}

// What stands before the caret: as wide as the line up to `column`, which counts bytes.
std::string Indent(std::string_view line, int column) {
  std::string indent;
  const std::size_t before = static_cast<std::size_t>(std::max(column - 1, 0));
  for (const char c : line.substr(0, before)) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (!continues) indent += c == '\t' ? '\t' : ' ';
  }
  return indent;
}

}  // namespace

bool HasErrors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

std::string RenderDiagnostics(const Diagnostics& diagnostics, std::string_view file,
                              std::string_view source) {
  std::string text;
  int errors = 0;
  for (const Diagnostic& d : diagnostics) {
    const bool error = d.severity == Severity::kError;
    errors += error ? 1 : 0;
    const std::string place =
        d.line > 0 ? fmt::format("{}:{}:{}", file, d.line, d.column) : std::string(file);
    text += fmt::format("{}: {} {}: {}\n", place, error ? "error" : "warning", d.code, d.message);
    if (d.line > 0) {
      const std::string_view line = LineOf(source, d.line);
      text += fmt::format("{:5} | {}\n", d.line, line);
      text += fmt::format("      | {}^\n", Indent(line, d.column));
    }
    if (!d.suggestion.empty()) text += fmt::format("      help: {}\n", d.suggestion);
  }
  const int warnings = static_cast<int>(diagnostics.size()) - errors;
  text += fmt::format("{} error{}, {} warning{}\n", errors, errors == 1 ? "" : "s", warnings,
                      warnings == 1 ? "" : "s");
  return text;
}

}  // namespace saga

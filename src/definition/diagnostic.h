// Something to say about a definition, with its place in the source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saga {

enum class Severity : std::uint8_t { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string code;  // "SAGA004"; docs/reference/lint.md lists them.
  std::string message;
  int line = 0;  // From 1; 0 = the whole document.
  int column = 0;
  std::string path;        // "steps[2].undo.with.order_id"
  std::string suggestion;  // What would be right; may be empty.
};

using Diagnostics = std::vector<Diagnostic>;

bool HasErrors(const Diagnostics& diagnostics);

// As compilers print them: place, code, message, the source line with a caret, the suggestion; and
// a count at the end.
std::string RenderDiagnostics(const Diagnostics& diagnostics, std::string_view file,
                              std::string_view source);

}  // namespace saga

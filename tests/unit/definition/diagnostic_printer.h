// Readable failures for tests of diagnostics.
#pragma once

#include <fmt/format.h>

#include <ostream>

#include "definition/diagnostic.h"

namespace saga {

inline void PrintTo(const Diagnostic& d, std::ostream* out) {
  *out << fmt::format("{}:{} {} {}: {} ({})", d.line, d.column, d.code, d.path, d.message,
                      d.suggestion);
}

}  // namespace saga

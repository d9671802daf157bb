// Limits of definition documents, besides those of orchestrator/core/limits.h.
#pragma once

#include <cstddef>

namespace saga {

inline constexpr std::size_t kDocumentNodesMax = 20'000;  // Of one document.
inline constexpr std::size_t kDocumentDepthMax = 32;      // Of nesting.
inline constexpr std::size_t kDiagnosticsMax =
    100;  // Reported at once; the rest would not be read.
inline constexpr std::size_t kExpressionCharsMax = 1'000;  // Of one expression.
inline constexpr std::size_t kJsonDepthMax = 64;           // Of a JSON payload.

}  // namespace saga

// Limits of definition documents, besides those of orchestrator/core/limits.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace saga {

inline constexpr std::size_t kDocumentNodesMax = 20'000;  // Of one document.
inline constexpr std::size_t kDocumentDepthMax = 32;      // Of nesting.
inline constexpr std::size_t kDiagnosticsMax =
    100;  // Reported at once; the rest would not be read.
inline constexpr std::int32_t kAttemptsMax = 1'000'000;  // Of a limited retry.
inline constexpr std::chrono::hours kRetryDelayMax{
    24};  // Between two attempts; never nothing, or it would flood.
inline constexpr std::size_t kCompiledExpressionsMax = 8'192;  // Kept; beyond it all are dropped.
inline constexpr std::size_t kFollowUpsMax = 8;                // In `then` of one definition.
inline constexpr std::size_t kAdapterMethodsMax = 200;         // Of one adapter.
inline constexpr std::size_t kAdapterRulesMax = 64;            // For answers, and for errors, each.
inline constexpr std::size_t kAdapterErrorsShown = 10;         // Of one adapter at once.
inline constexpr std::size_t kDescriptorSetBytesMax = 4 * 1024 * 1024;  // Per participant.
inline constexpr std::size_t kDescriptorFilesMax = 1000;                // Per participant.
inline constexpr std::size_t kJsonDepthMax = 64;                        // Of a JSON payload.

}  // namespace saga

// Limits of expressions: with them every expression is compiled and evaluated in bounded time and
// memory, whoever wrote it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace saga::expr {

inline constexpr std::size_t kTextBytesMax = 8'192;  // Of one expression.
inline constexpr std::size_t kNodesMax = 4'000;      // Of one expression.
inline constexpr std::uint32_t kDepthMax = 200;      // Of nesting, chains of operators included.
inline constexpr std::size_t kLocalsMax = 32;        // Of macro variables, one inside another.
inline constexpr std::uint64_t kStepsMax =
    200'000;  // Of one evaluation: nodes, elements, 64 bytes.
inline constexpr std::uint64_t kAllocatedBytesMax = 8'388'608;   // Of one evaluation.
inline constexpr std::uint32_t kValueDepthMax = 200;             // Of values that are compared.
inline constexpr std::size_t kPatternBytesMax = 1000;            // Of a regular expression.
inline constexpr std::int64_t kPatternMemoryBytesMax = 262'144;  // Of a regular expression at work.

}  // namespace saga::expr

// What fuzzers demand of what they call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace saga::fuzz {

// Ends the process, and so the run, when something cannot be right.
inline void Require(bool condition) {
  if (!condition) std::abort();
}

inline std::string_view ToText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace saga::fuzz

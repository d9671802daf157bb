// What sagad's exit code says. Documented in docs/reference/config.md.
#pragma once

namespace saga::server {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // It could not start, or could not go on.
inline constexpr int kExitUsage = 2;   // Flags, arguments or configuration are wrong.

}  // namespace saga::server

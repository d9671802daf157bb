// Bytes as text that fits into URLs, headers and shells.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace saga {

// RFC 4648 section 5, without padding.
std::string ToBase64Url(std::string_view bytes);
// The inverse. Absent for anything that ToBase64Url does not make.
std::optional<std::string> FromBase64Url(std::string_view text);

}  // namespace saga

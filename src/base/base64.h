// Bytes as text.
#pragma once

#include <string>
#include <string_view>

namespace saga {

// RFC 4648 section 4, padded: as proto3 JSON has it.
std::string Base64(std::string_view bytes);

}  // namespace saga

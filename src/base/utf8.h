// Text that comes from outside and goes into protobuf strings must be UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace saga {

bool IsValidUtf8(std::string_view text);

// `text` with every invalid byte replaced by U+FFFD.
std::string ToValidUtf8(std::string_view text);

// The longest prefix of at most `bytes_max` bytes that ends between characters.
std::string_view CutUtf8(std::string_view text, std::size_t bytes_max);

}  // namespace saga

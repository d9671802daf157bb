// The release that this is built from.
#pragma once

#include <string_view>

namespace saga {

// E.g. "0.1.0".
std::string_view Version();

}  // namespace saga

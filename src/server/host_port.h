// Addresses to listen on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace saga::server {

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

// "127.0.0.1:7070", "[::1]:7070", "0.0.0.0:7070". Errors: INVALID_ARGUMENT.
Result<HostPort> ParseHostPort(std::string_view text);

}  // namespace saga::server

#include "server/host_port.h"

#include <fmt/format.h>

#include <charconv>

namespace saga::server {

Result<HostPort> ParseHostPort(std::string_view text) {
  const Status wrong(StatusCode::kInvalidArgument, "CONFIG_INVALID",
                     fmt::format("'{}' is no host:port, e.g. 127.0.0.1:7070 or [::1]:7070", text));
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return wrong;
  HostPort address{std::string(text.substr(0, colon))};
  const std::string_view port = text.substr(colon + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number > 65535) return wrong;
  address.port = static_cast<std::uint16_t>(number);
  const bool bracketed = address.host.front() == '[' && address.host.back() == ']';
  if (bracketed) address.host = address.host.substr(1, address.host.size() - 2);
  if (address.host.empty() || address.host.find_first_of(" []/") != std::string::npos ||
      (!bracketed && address.host.find(':') != std::string::npos)) {
    return wrong;
  }
  return address;
}

}  // namespace saga::server

// Tells the service manager that started sagad how it is (systemd's Type=notify).
#pragma once

#include <string_view>

#include "base/status.h"

namespace saga::server {

inline constexpr std::string_view kServiceReady = "READY=1";
inline constexpr std::string_view kServiceStopping = "STOPPING=1";

// Sends one datagram to the socket that $NOTIFY_SOCKET names: a path, or '@' and a name in the
// abstract space. Without that variable there is nobody to tell, and nothing happens.
// Errors: UNAVAILABLE NOTIFY_FAILED; sagad works without being heard.
Status TellServiceManager(std::string_view state);

}  // namespace saga::server

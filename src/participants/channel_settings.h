// What every gRPC channel to a participant is set to; for calls and for reflection alike.
#pragma once

#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

#include "base/status.h"
#include "participants/transport.h"

namespace saga::participants {

grpc::ChannelArguments ChannelSettings();

// The PEM texts behind an endpoint's TLS files; empty where no file is named.
struct TlsTexts {
  std::string ca;
  std::string certificate;
  std::string key;
};
// Errors: FIELD_INVALID that names the file.
Result<TlsTexts> ReadTlsFiles(const TlsFiles& files);

// Checks what people write as a target: "host:port", "dns:///host:port", "ipv4:1.2.3.4:80",
// "ipv6:[::1]:80", "unix:/path". Errors: FIELD_INVALID that says what would be right.
Status CheckTarget(const std::string& target);

}  // namespace saga::participants

#include "participants/channel_settings.h"

#include <fmt/format.h>
#include <grpc/grpc.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>

#include "participants/limits.h"

namespace saga::participants {
namespace {

int Millis(milliseconds duration) { return static_cast<int>(duration.count()); }

Result<std::string> ReadFile(const char* field, const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file || text.str().empty()) {
    return InvalidField(field, fmt::format("'{}' cannot be read on the server, or is empty", path));
  }
  return text.str();
}

Status BadTarget(const std::string& target, std::string_view why) {
  return InvalidField("target",
                      fmt::format("'{}' is no gRPC target: {}; write host:port, dns:///host:port, "
                                  "ipv4:address:port, ipv6:[address]:port or unix:/path",
                                  target, why));
}

Status CheckHostPort(const std::string& target, std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || address.ends_with(']')) {
    return BadTarget(target, "the port is missing");
  }
  const std::string_view host = address.substr(0, colon);
  const std::string_view port = address.substr(colon + 1);
  if (host.empty()) return BadTarget(target, "the host is missing");
  if (host.find(':') != std::string_view::npos && !host.starts_with('[')) {
    return BadTarget(target, "an IPv6 address needs brackets");
  }
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number == 0 || number > 65535) {
    return BadTarget(target, fmt::format("'{}' is no port (1 to 65535)", port));
  }
  return Status::Ok();
}

}  // namespace

grpc::ChannelArguments ChannelSettings() {
  grpc::ChannelArguments settings;
  // The engine repeats calls itself, with a policy per step.
  settings.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  settings.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A channel of its own is a connection of its own: a new registration means a new connection.
  settings.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  settings.SetInt(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, static_cast<int>(kMessageBytesMax));
  settings.SetInt(GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, static_cast<int>(kMessageBytesMax));
  settings.SetInt(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(kMetadataBytesMax));
  settings.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, Millis(kReconnectFirst));
  settings.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, Millis(kReconnectMax));
  settings.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, Millis(kConnectTimeout));
  settings.SetInt(GRPC_ARG_DNS_ARES_QUERY_TIMEOUT_MS, Millis(kNameResolutionTimeout));
  settings.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, Millis(kNameResolutionPause));
  settings.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  settings.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Millis(kKeepaliveTime));
  settings.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Millis(kKeepaliveTimeout));
  settings.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  // What costs every call and serves none here. grpc.minimal_stack would drop the limit on the
  // size of answers and the deadline with it, so the parts are named one by one.
  settings.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  settings.SetInt(GRPC_ARG_ENABLE_CENSUS, 0);
  settings.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  settings.SetInt(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
  settings.SetInt(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  return settings;
}

Result<TlsTexts> ReadTlsFiles(const TlsFiles& files) {
  if (files.certificate.empty() != files.key.empty()) {
    return InvalidField(files.key.empty() ? "tls_key_file" : "tls_cert_file",
                        "a certificate and its key go together");
  }
  TlsTexts texts;
  SAGA_ASSIGN_OR_RETURN(texts.ca, ReadFile("tls_ca_file", files.ca));
  SAGA_ASSIGN_OR_RETURN(texts.certificate, ReadFile("tls_cert_file", files.certificate));
  SAGA_ASSIGN_OR_RETURN(texts.key, ReadFile("tls_key_file", files.key));
  return texts;
}

Status CheckTarget(const std::string& target) {
  if (target.empty()) return BadTarget(target, "it is empty");
  if (std::ranges::any_of(target, [](unsigned char c) { return c <= ' ' || c >= 127; })) {
    return BadTarget(target, "it has a space or a character outside ASCII");
  }
  std::string_view rest = target;
  if (rest.starts_with("unix:") || rest.starts_with("unix-abstract:")) {
    return rest.ends_with(':') ? BadTarget(target, "the path is missing") : Status::Ok();
  }
  if (const std::size_t scheme = rest.find("://"); scheme != std::string_view::npos) {
    if (rest.substr(0, scheme) != "dns") {
      return BadTarget(
          target, fmt::format("'{}' is not a scheme that is known here", rest.substr(0, scheme)));
    }
    rest.remove_prefix(scheme + 3);
    const std::size_t slash = rest.find('/');  // An authority may name a DNS server.
    if (slash == std::string_view::npos) return BadTarget(target, "dns: takes three slashes");
    rest.remove_prefix(slash + 1);
  } else {
    for (const std::string_view scheme : {"dns:", "ipv4:", "ipv6:"}) {
      if (!rest.starts_with(scheme)) continue;
      rest.remove_prefix(scheme.size());
      break;
    }
  }
  if (rest.find('/') != std::string_view::npos)
    return BadTarget(target, "a path has no place here");
  return CheckHostPort(target, rest);
}

}  // namespace saga::participants

#include "server/healthcheck.h"

#include <fmt/format.h>
#include <httplib.h>

#include "server/host_port.h"

namespace saga::server {
namespace {

constexpr time_t kAnswerSeconds = 2;

std::string Askable(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  if (host == "::") return "::1";
  return host;
}

}  // namespace

Status AskReadiness(const std::string& listen) {
  SAGA_ASSIGN_OR_RETURN(const HostPort address, ParseHostPort(listen));
  httplib::Client client(Askable(address.host), address.port);
  client.set_connection_timeout(kAnswerSeconds);
  client.set_read_timeout(kAnswerSeconds);
  const auto answer = client.Get("/readyz");
  if (!answer) {
    return {StatusCode::kUnavailable, "NOT_READY", fmt::format("nothing answers at {}", listen)};
  }
  if (answer->status == 200) return Status::Ok();
  const std::string_view body = answer->body;
  return {StatusCode::kUnavailable, "NOT_READY",
          fmt::format("not ready: {}", body.substr(0, body.find('\n')))};
}

}  // namespace saga::server

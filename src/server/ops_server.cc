#include "server/ops_server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <thread>

#include "base/metrics.h"
#include "server/host_port.h"

namespace saga::server {
namespace {

constexpr std::size_t kOpsThreads = 4;
constexpr std::size_t kOpsPayloadBytesMax = 1024;
constexpr time_t kOpsTimeoutSeconds = 5;
constexpr const char* kText = "text/plain; charset=utf-8";

}  // namespace

struct OpsServer::Impl {
  Hooks hooks;
  httplib::Server http;
  std::thread thread;
  int port = 0;
};

OpsServer::OpsServer(Hooks hooks) : impl_(std::make_unique<Impl>()) {
  impl_->hooks = std::move(hooks);
  httplib::Server& http = impl_->http;
  http.new_task_queue = [] { return new httplib::ThreadPool(kOpsThreads); };
  http.set_payload_max_length(kOpsPayloadBytesMax);
  http.set_read_timeout(kOpsTimeoutSeconds);
  http.set_write_timeout(kOpsTimeoutSeconds);
  http.set_keep_alive_max_count(100);
  http.set_keep_alive_timeout(kOpsTimeoutSeconds);
  // The library's default shares the port with another process, which then gets half of the
  // requests.
  http.set_socket_options([](socket_t socket) {
    int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  http.Get("/livez", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", kText);
  });
  http.Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
    const Status status = impl_->hooks.readiness();
    response.status = status.ok() ? 200 : 503;
    response.set_content(status.ok() ? "ready\n" : fmt::format("{}\n", status.message()), kText);
  });
  http.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
    impl_->hooks.refresh();
    response.set_content(RenderMetrics(), "text/plain; version=0.0.4; charset=utf-8");
  });
}

OpsServer::~OpsServer() { Stop(); }

Status OpsServer::Start(const std::string& listen) {
  SAGA_ASSIGN_OR_RETURN(const HostPort address, ParseHostPort(listen));
  httplib::Server& http = impl_->http;
  if (address.port == 0) {
    impl_->port = http.bind_to_any_port(address.host);
  } else if (http.bind_to_port(address.host, address.port)) {
    impl_->port = address.port;
  }
  if (impl_->port <= 0) {
    impl_->port = 0;
    return {StatusCode::kFailedPrecondition, "PORT_TAKEN",
            fmt::format("ops.listen: cannot listen on {}: the port is taken, or the address is not "
                        "of this machine",
                        listen)};
  }
  impl_->thread = std::thread([this] { impl_->http.listen_after_bind(); });
  // A stop that came before the listening began would be lost, and the join wait for ever.
  while (!http.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return Status::Ok();
}

void OpsServer::Stop() {
  if (!impl_->thread.joinable()) return;
  impl_->http.stop();
  impl_->thread.join();
}

int OpsServer::port() const { return impl_->port; }

}  // namespace saga::server

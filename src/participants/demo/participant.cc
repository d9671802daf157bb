#include "participants/demo/participant.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <optional>
#include <utility>

#include "participants/demo/desk.h"
#include "participants/demo/limits.h"

namespace saga::demo {

struct Participant::Parts {
  explicit Parts(const ParticipantOptions& options)
      : spec(*options.service),
        pool(options.database, options.connections, options.service->schema_name()),
        workers(options.connections),
        faults(options.faults_file, [this](const Faults& changed) { SetHealth(changed); }),
        settings(options.settings),
        desk({faults, pool, workers, delays, settings, spec.domain}),
        service(spec.make(desk)) {
    if (spec.happen != nullptr) reporter.emplace(options.sagad, pool, spec.happen);
  }
  ~Parts() {
    MutexLock lock(mutex);
    server.reset();
  }

  void SetHealth(const Faults& changed) {
    MutexLock lock(mutex);
    if (server == nullptr) return;
    const bool serving = changed.presence == Presence::kUp && !stopping;
    server->GetHealthCheckService()->SetServingStatus(serving);
    server->GetHealthCheckService()->SetServingStatus(spec.grpc_name, serving);
  }

  const ServiceSpec& spec;
  Mutex mutex;
  // Uses all of the others, so it ends first; SetHealth may come before it is there.
  std::unique_ptr<grpc::Server> server SAGA_GUARDED_BY(mutex);
  bool stopping SAGA_GUARDED_BY(mutex) = false;
  sdk::ConnectionPool pool;
  DelayQueue delays;
  WorkerPool workers;
  FaultFile faults;
  const Settings settings;
  std::optional<OutcomeReporter> reporter;
  Desk desk;
  std::unique_ptr<grpc::Service> service;
};

Participant::Participant(ParticipantOptions options) : options_(std::move(options)) {}
Participant::~Participant() { Stop(); }

Faults Participant::faults() const { return *parts_->faults.current(); }

Status Participant::Start() {
  SAGA_RETURN_IF_ERROR(PrepareSchema(options_.database, *options_.service));
  static const bool kPluginsAreOn = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  SAGA_CHECK(kPluginsAreOn);
  auto parts = std::make_unique<Parts>(options_);
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(options_.listen, grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(parts->service.get());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port_ == 0) {
    return Status(StatusCode::kUnavailable, "PORT_TAKEN",
                  fmt::format("cannot listen on {}", options_.listen));
  }
  {
    MutexLock lock(parts->mutex);
    parts->server = std::move(server);
  }
  parts->SetHealth(*parts->faults.current());
  parts_ = std::move(parts);
  return Status::Ok();
}

void Participant::Stop() {
  if (parts_ == nullptr) return;
  {
    MutexLock lock(parts_->mutex);
    parts_->stopping = true;
  }
  parts_->SetHealth(*parts_->faults.current());
  // What was delayed goes on now, so that the server finds its calls answered.
  parts_->delays.Stop();
  grpc::Server* server = nullptr;
  {
    MutexLock lock(parts_->mutex);
    server = parts_->server.get();
  }
  server->Shutdown(std::chrono::system_clock::now() + kDrainLimit);
  server->Wait();
  parts_.reset();
}

}  // namespace saga::demo

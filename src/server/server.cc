#include "server/server.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/metrics.h"
#include "base/version.h"
#include "server/database.h"
#include "server/host_port.h"
#include "server/parts.h"

namespace saga::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kReadinessPoll = 20ms;
constexpr auto kCensusPatience = 250ms;  // Of a scrape; the numbers are as old as the last one.
constexpr std::chrono::milliseconds kLastEvents{5'000};
constexpr std::chrono::milliseconds kHandOver{500};  // For calls under way, where a peer waits.
constexpr auto kLastAnswers = 2s;  // For calls that are under way when the server is drained.

std::string AddressOf(const std::string& listen, int port) {
  const Result<HostPort> address = ParseHostPort(listen);
  return (address.ok() ? address->host : listen) + ":" + std::to_string(port);
}

std::int64_t OwnedShards(const Orchestrator& orchestrator) {
  std::int64_t owned = 0;
  for (std::uint16_t i = 0; i < orchestrator.shard_count(); ++i) {
    if (orchestrator.serves(ShardId{i})) ++owned;
  }
  return owned;
}

}  // namespace

Server::Server(Config config, StopRequested stop_requested)
    : config_(std::move(config)),
      stop_requested_(std::move(stop_requested)),
      ops_({.refresh = [this] { RefreshMetrics(); }, .readiness = [this] { return Readiness(); }}) {
}

Server::~Server() { Stop(); }

Status Server::Start() {
  spdlog::info("sagad {} starts: cluster {}", Version(), config_.cluster_name);
  SAGA_ASSIGN_OR_RETURN(const std::string conninfo, ConninfoOf(config_));
  SAGA_RETURN_IF_ERROR(GrpcServer::CheckPort(config_.api_listen));
  SAGA_RETURN_IF_ERROR(ops_.Start(config_.ops_listen));
  SAGA_RETURN_IF_ERROR(WaitForDatabase(config_, conninfo, stop_requested_));
  SAGA_RETURN_IF_ERROR(PrepareSchema(config_, conninfo));
  SAGA_RETURN_IF_ERROR(JoinConstants(config_, conninfo));

  SAGA_ASSIGN_OR_RETURN(const std::string secret, LoadSecret(conninfo));
  auto parts = std::make_unique<Parts>(config_, conninfo, secret);
  SAGA_RETURN_IF_ERROR(parts->Load());
  if (config_.kafka_mode == KafkaMode::kKafka) {
    SAGA_ASSIGN_OR_RETURN(parts->events,
                          EventPublishing::Open(config_, *parts->orchestrator, PgJournals(conninfo),
                                                parts->codec, parts->definitions));
  }
  // The port first: a server that cannot be reached must not take the shards from one that can.
  SAGA_RETURN_IF_ERROR(
      parts->grpc.Start(config_, {&parts->saga_service, &parts->definition_service,
                                  &parts->operator_service, &parts->participant_service}));
  parts->JoinCluster(config_);
  parts->orchestrator->Begin(parts->follow_ups);
  if (parts->events) parts->events->Start();
  parts->maintenance.Start();
  const MutexLock lock(parts_mutex_);
  parts_ = std::move(parts);
  spdlog::info("serving api={} ops={}", AddressOf(config_.api_listen, parts_->grpc.port()),
               AddressOf(config_.ops_listen, ops_.port()));
  return Status::Ok();
}

void Server::Run() {
  bool ready = false;
  while (!stop_requested_(ready ? 1000ms : std::chrono::milliseconds(kReadinessPoll))) {
    const bool now = parts_->ready();
    if (now == ready) continue;
    ready = now;
    parts_->grpc.SetHealth(ready ? GrpcServer::Health::kServing : GrpcServer::Health::kNotServing);
    if (ready) {
      if (parts_->orchestrator->HoldsAll()) {
        spdlog::info("ready: {} live sagas", parts_->orchestrator->counts().live);
      } else {
        spdlog::info("ready: standby, calls are handed on to the owner");
      }
    } else {
      spdlog::warn("not ready: a shard is without its journal");
    }
  }
}

void Server::Stop() {
  std::unique_ptr<Parts> parts;
  {
    const MutexLock lock(parts_mutex_);
    parts = std::move(parts_);
  }
  if (!parts) return ops_.Stop();
  spdlog::info("draining, at most {} ms", config_.drain_timeout.count());
  parts->grpc.SetHealth(GrpcServer::Health::kNotServing);
  // Where another node can go on at once, sagas need not wait for calls that are under way here: it
  // repeats them with their keys.
  parts->leases.StopTaking(kHandOver);
  const auto patience = parts->leases.HasPeers() && parts->orchestrator->HoldsAll()
                            ? std::min<std::chrono::milliseconds>(config_.drain_timeout, kHandOver)
                            : config_.drain_timeout;
  const auto end = std::chrono::steady_clock::now() + config_.drain_timeout;
  parts->orchestrator->Drain(patience);
  parts->leases.Stop();
  parts->watch.Stop();
  if (parts->events) {
    // What no broker takes in time stays in the journal for the next owner.
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    parts->events->Stop(std::clamp<std::chrono::milliseconds>(left, 0ms, kLastEvents));
  }
  parts->grpc.Stop(kLastAnswers);
  parts->maintenance.Stop();
  parts->workers.Stop();
  parts->caller.Stop();
  parts.reset();
  ops_.Stop();
  spdlog::info("stopped");
}

Status Server::Readiness() const {
  const MutexLock lock(parts_mutex_);
  if (!parts_) return {StatusCode::kUnavailable, "NOT_READY", "starting, or stopping"};
  if (parts_->ready()) return Status::Ok();
  const Status why = parts_->leases.WhyNot();
  if (why.reason() == "STORE_UNAVAILABLE") return why;
  return {StatusCode::kUnavailable, "NOT_READY", "not all shards are live"};
}

void Server::RefreshMetrics() {
  MetricGauge("sagad_build_info", "1, with the version.", {{"version", std::string(Version())}})
      .Set(1);
  const MutexLock lock(parts_mutex_);
  if (!parts_) return;
  const Orchestrator::Counts counts = parts_->orchestrator->counts();
  // Without an answer in time the numbers stay as they are: a shard in trouble says nothing.
  if (const auto census = parts_->orchestrator->TakeCensus(kCensusPatience)) {
    live_metrics_.Show(*census);
  }
  MetricGauge("sagad_mailbox_inputs", "Inputs that wait for their shard.")
      .Set(static_cast<double>(counts.mailbox));
  MetricGauge("sagad_calls_in_flight", "Calls to participants in flight.")
      .Set(static_cast<double>(counts.in_flight));
  MetricGauge("sagad_shards_owned", "Shards that this node owns and serves.")
      .Set(static_cast<double>(OwnedShards(*parts_->orchestrator)));
}

}  // namespace saga::server

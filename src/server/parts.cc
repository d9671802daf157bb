#include "server/parts.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "api/definition_uses.h"
#include "api/limits.h"
#include "base/version.h"
#include "definition/mapping.h"
#include "participants/limits.h"
#include "participants/mapped_calls.h"
#include "server/host_port.h"

namespace saga::server {
namespace {

std::string HostName() {
  char name[256] = {};
  if (gethostname(name, sizeof(name) - 1) != 0) return "sagad";
  return name;
}

// Where the other nodes reach the API.
std::string AddressOf(const Config& config, int port) {
  if (!config.cluster_address.empty()) return config.cluster_address;
  const Result<HostPort> listen = ParseHostPort(config.api_listen);
  const bool any =
      !listen.ok() || listen->host == "0.0.0.0" || listen->host == "::" || listen->host == "[::]";
  return fmt::format("{}:{}", any ? HostName() : listen->host, port);
}

NodeInfo SelfOf(const Config& config, int port) {
  return {.node = config.cluster_node.empty() ? fmt::format("{}:{}", HostName(), port)
                                              : config.cluster_node,
          .address = AddressOf(config, port),
          .version = std::string(Version())};
}

LeaseTimes TimesOf(const Config& config) {
  LeaseTimes times{.ttl = config.cluster_lease};
  times.margin = std::min(times.margin, times.ttl / 4);
  return times;
}

OrchestratorOptions OptionsOf(const Config& config, const std::string& secret,
                              const LeaseKeeper& leases) {
  return {.cluster = config.cluster_name,
          .secret = secret,
          .node = config.cluster_node.empty() ? HostName() : config.cluster_node,
          .shards = static_cast<std::uint16_t>(config.cluster_shards),
          .following =
              config.kafka_mode == KafkaMode::kKafka ? Following::kPublisher : Following::kNobody,
          .unpublished_max = static_cast<std::uint64_t>(config.kafka_backlog_max),
          .holds = [&leases](ShardId shard) { return leases.Holds(shard); },
          .why_not = [&leases] { return leases.WhyNot(); }};
}

// The output that a definition makes of a saga that has succeeded.
PayloadRef OutputOf(const Saga& saga, const DescriptorSource& types) {
  const Definition& definition = *saga.definition;
  if (definition.output.kind == Mapping::Kind::kNone) return nullptr;
  std::vector<PayloadRef> outputs;
  for (const StepProgress& step : saga.steps) outputs.push_back(step.output);
  const Failure no_failure;
  Result<std::string> json = BuildJson(definition.output, TypesOf(definition, types),
                                       {.saga = &saga.id,
                                        .business_key = &saga.business_key,
                                        .input = saga.input,
                                        .outputs = &outputs,
                                        .failure = &no_failure});
  if (!json.ok()) return nullptr;
  return MakePayload({.encoding = PayloadEncoding::kJson, .bytes = *std::move(json)});
}

api::ViewContext ViewOf(const Config& config, const participants::ParticipantRegistry& registry,
                        const DescriptorSource& types) {
  return {.cluster = config.cluster_name,
          .output = [&types](const Saga& saga) { return OutputOf(saga, types); },
          .target =
              [&registry](std::string_view name_space, const std::string& name) {
                const auto found = registry.Find(std::string(name_space), name);
                return found ? found->record.target : std::string();
              }};
}

participants::MethodUses UsesIn(const DefinitionRegistry& definitions) {
  return [&definitions](const std::string& name_space, const std::string& participant) {
    std::vector<participants::MethodUse> uses;
    for (api::DefinitionUse& use : api::UsesOf(definitions, name_space, participant)) {
      uses.push_back({std::move(use.definition), std::move(use.method)});
    }
    return uses;
  };
}

}  // namespace

std::size_t ReadConnections(const Config& config) {
  // One for each shard, one for the leases, for streams that catch up, for events, for maintenance.
  const std::int64_t taken = config.cluster_shards + 4;
  return static_cast<std::size_t>(std::max<std::int64_t>(1, config.store_connections_max - taken));
}

Parts::Parts(const Config& config, const std::string& conninfo, const std::string& secret)
    : pool(conninfo, ReadConnections(config)),
      catalog(pool),
      reader(pool),
      lease_store(conninfo, static_cast<std::uint16_t>(config.cluster_shards)),
      leases(lease_store, {}, static_cast<std::uint16_t>(config.cluster_shards), TimesOf(config)),
      registry(catalog),
      types(registry),
      definitions(catalog, types),
      conditions(types),
      transport(participants::kPollers),
      caller(registry, transport, participants::MappedCalls(types),
             [this](const std::string& name_space, const std::string& participant) {
               if (orchestrator) orchestrator->OnParticipantRecovered(name_space, participant);
             }),
      orchestrator(std::make_unique<Orchestrator>(OptionsOf(config, secret, leases),
                                                  PgJournals(conninfo), codec, definitions,
                                                  conditions, caller)),
      directory(registry, caller, UsesIn(definitions), [this] { return orchestrator->Now(); }),
      workers(static_cast<std::size_t>(config.api_threads), api::kBlockingQueueMax),
      forwarder([this](ShardId shard) { return leases.OtherOwner(shard); },
                [this](ShardId shard) { return leases.Holds(shard); },
                static_cast<std::uint16_t>(config.cluster_shards)),
      watch(*orchestrator, PgJournals(conninfo), codec, definitions, workers),
      finder(*orchestrator, reader, codec, definitions, workers, ViewOf(config, registry, types)),
      follow_ups(*orchestrator, reader, definitions, types, workers),
      news(*orchestrator, finder, catalog, follow_ups, types),
      saga_service(*orchestrator, reader, finder, news, watch, definitions, types, conditions,
                   forwarder),
      definition_service(definitions, reader, directory, workers, forwarder),
      operator_service(
          *orchestrator, reader, finder, directory, forwarder, types,
          {.self = [this] { return leases.self(); }, .leases = [this] { return leases.table(); }}),
      participant_service(directory, definitions, types, reader, news, TaskTokens(secret), workers,
                          forwarder),
      maintenance(conninfo, {}) {}

Parts::~Parts() = default;

void Parts::JoinCluster(const Config& config) {
  leases.SetSelf(SelfOf(config, grpc.port()));
  // Another node may have registered what its sagas need.
  leases.Start({.prepare = [this] { return Load(); },
                .changed =
                    [this] {
                      orchestrator->OnLeasesChanged();
                      watch.OnLeasesChanged();
                      forwarder.OnLeasesChanged();
                    }});
}

bool Parts::ready() const {
  for (std::uint16_t i = 0; i < orchestrator->shard_count(); ++i) {
    if (!orchestrator->serves(ShardId{i}) && !leases.OtherOwner(ShardId{i})) return false;
  }
  return true;
}

Status Parts::Load() {
  SAGA_RETURN_IF_ERROR(registry.Load());
  return definitions.Refresh();
}

}  // namespace saga::server

#include "server/parts.h"

#include <unistd.h>

#include <algorithm>

#include "api/definition_uses.h"
#include "api/limits.h"
#include "definition/mapping.h"
#include "participants/limits.h"
#include "participants/mapped_requests.h"

namespace saga::server {
namespace {

std::string NodeName(const Config& config) {
  if (!config.cluster_node.empty()) return config.cluster_node;
  char name[256] = {};
  if (gethostname(name, sizeof(name) - 1) != 0) return "sagad";
  return name;
}

OrchestratorOptions OptionsOf(const Config& config, const std::string& secret) {
  return {.cluster = config.cluster_name,
          .secret = secret,
          .node = NodeName(config),
          .shards = static_cast<std::uint16_t>(config.cluster_shards),
          .following =
              config.kafka_mode == KafkaMode::kKafka ? Following::kPublisher : Following::kNobody};
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
  // One for each shard, one for streams that catch up, one for events, one for maintenance.
  const std::int64_t taken = config.cluster_shards + 3;
  return static_cast<std::size_t>(std::max<std::int64_t>(1, config.store_connections_max - taken));
}

Parts::Parts(const Config& config, const std::string& conninfo, const std::string& secret)
    : pool(conninfo, ReadConnections(config)),
      catalog(pool),
      reader(pool),
      registry(catalog),
      types(registry),
      definitions(catalog, types),
      transport(participants::kPollers),
      caller(registry, transport, participants::MappedRequests(types),
             [this](const std::string& name_space, const std::string& participant) {
               if (orchestrator) orchestrator->OnParticipantRecovered(name_space, participant);
             }),
      orchestrator(std::make_unique<Orchestrator>(OptionsOf(config, secret), PgJournals(conninfo),
                                                  codec, definitions, NoConditions(), caller)),
      directory(registry, caller, UsesIn(definitions), [this] { return orchestrator->Now(); }),
      workers(static_cast<std::size_t>(config.api_threads), api::kBlockingQueueMax),
      watch(*orchestrator, PgJournals(conninfo), codec, definitions, workers),
      finder(*orchestrator, reader, codec, definitions, workers, ViewOf(config, registry, types)),
      follow_ups(*orchestrator, reader, definitions, types, workers),
      news(*orchestrator, finder, catalog, follow_ups, types),
      saga_service(*orchestrator, reader, finder, news, watch, definitions, types, NoConditions()),
      definition_service(definitions, reader, workers),
      operator_service(*orchestrator, reader, finder, directory),
      participant_service(directory, definitions, news, TaskTokens(secret), workers),
      maintenance(conninfo, {}) {}

Parts::~Parts() = default;

Status Parts::Load() {
  SAGA_RETURN_IF_ERROR(registry.Load());
  return definitions.Refresh();
}

}  // namespace saga::server

// What sagad is made of. The members stand in the order of their making: each borrows only what
// stands above it, and destruction runs upwards.
#pragma once

#include <memory>
#include <string>

#include "api/blocking_pool.h"
#include "api/definition_service.h"
#include "api/follow_ups.h"
#include "api/forwarder.h"
#include "api/operator_service.h"
#include "api/participant_service.h"
#include "api/saga_finder.h"
#include "api/saga_news.h"
#include "api/saga_service.h"
#include "api/watch_hub.h"
#include "definition/definition_conditions.h"
#include "definition/registry.h"
#include "orchestrator/lease_keeper.h"
#include "orchestrator/orchestrator.h"
#include "participants/caller.h"
#include "participants/directory.h"
#include "participants/grpc_transport.h"
#include "participants/registry.h"
#include "participants/registry_descriptors.h"
#include "server/config.h"
#include "server/event_publishing.h"
#include "server/grpc_server.h"
#include "server/maintenance_loop.h"
#include "store/pg_catalog.h"
#include "store/pg_journal.h"
#include "store/pg_leases.h"
#include "store/pg_pool.h"
#include "store/pg_reader.h"
#include "store/record_codec.h"

namespace saga::server {

struct Parts {
  // `secret` is the cluster's.
  Parts(const Config& config, const std::string& conninfo, const std::string& secret);
  ~Parts();

  // Reads what is registered. Errors: STORE_UNAVAILABLE.
  Status Load();
  // Says who this node is, and begins to look for shards without an owner. The port is open.
  void JoinCluster(const Config& config);
  // Every shard is served: here, or by another node that calls are handed on to.
  bool ready() const;

  // Store.
  PgPool pool;
  PgCatalog catalog;
  PgReader reader;
  ProtoRecordCodec codec;
  PgLeases lease_store;
  LeaseKeeper leases;

  // What is registered, and how participants are called.
  participants::ParticipantRegistry registry;
  participants::RegistryDescriptors types;
  DefinitionRegistry definitions;
  DefinitionConditions conditions;
  participants::GrpcTransport transport;
  participants::Caller caller;

  // The engine. Made when everything it borrows is; absent only inside the constructor.
  std::unique_ptr<Orchestrator> orchestrator;
  participants::Directory directory;

  // The API.
  api::BlockingPool workers;
  api::Forwarder forwarder;
  api::WatchHub watch;
  api::SagaFinder finder;
  api::FollowUps follow_ups;
  api::SagaNews news;
  api::SagaService saga_service;
  api::DefinitionService definition_service;
  api::OperatorService operator_service;
  api::ParticipantService participant_service;
  GrpcServer grpc;

  // Background.
  std::unique_ptr<EventPublishing> events;  // Null with kafka.mode=off.
  MaintenanceLoop maintenance;
};

// How many of store.connections_max are left for reads and registrations.
std::size_t ReadConnections(const Config& config);

}  // namespace saga::server

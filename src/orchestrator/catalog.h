// What is registered: definition versions and participants. The stored form, its store, and the
// engine's view of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/saga_row.h"

namespace saga {

// One version as stored. `document` (a serialised saga.v1.SagaDefinition) is what runs; `source` is
// what people read.
struct DefinitionVersion {
  std::string name_space;
  std::string name;
  std::uint32_t version = 0;
  std::string digest;
  std::string document;
  std::string source;
  std::string source_format;  // "yaml", "json" or "textproto".
  std::string owner;
  bool active = false;
  bool retired = false;
  TimePoint created;
  std::string registered_by;
};

struct TlsFiles {
  std::string ca;
  std::string certificate;
  std::string key;

  bool operator==(const TlsFiles&) const = default;
};

// A participant that does the work of another one for some of the sagas.
struct StandIn {
  std::string participant;    // Whose; empty = nobody's.
  std::uint32_t percent = 0;  // Of the sagas.

  bool operator==(const StandIn&) const = default;
};

// Where a participant lives and how it is reached.
struct ParticipantRecord {
  std::string name_space;
  std::string name;
  std::string target;   // gRPC target.
  std::string service;  // Default service of calls that name only a method; may be empty.
  bool tls = false;
  TlsFiles tls_files;
  std::uint32_t max_in_flight = 200;
  std::string
      descriptors;  // Serialised google.protobuf.FileDescriptorSet; what recovery works with.
  bool descriptors_uploaded = false;  // Not to be replaced by what reflection says.
  std::string
      adapter;  // YAML: how it serves the contract's methods; empty = definitions call its own.
  std::string
      contract;  // Serialised FileDescriptorSet of the methods that definitions call instead.
  StandIn stands_in;
  TimePoint updated;

  // The name by which definitions call it.
  const std::string& called() const {
    return stands_in.participant.empty() ? name : stands_in.participant;
  }
  bool operator==(const ParticipantRecord&) const = default;
};

// What came of a registration.
struct RegisteredVersion {
  DefinitionVersion version;
  bool unchanged = false;  // This content was registered before.
};

// Stores the registrations. Every change writes its audit entry in the same transaction.
// Threads: any. Errors: UNAVAILABLE STORE_UNAVAILABLE; NOT_FOUND DEFINITION_NOT_FOUND.
class CatalogStore {
 public:
  virtual ~CatalogStore() = default;

  // Gives the next version number unless the digest is there already. The first version of a name
  // becomes active; others when `candidate.active`.
  virtual Result<RegisteredVersion> RegisterDefinition(const DefinitionVersion& candidate,
                                                       const AuditEntry& audit) = 0;
  virtual Result<std::vector<DefinitionVersion>> LoadDefinitions() = 0;
  virtual Result<DefinitionVersion> ActivateDefinition(const std::string& name_space,
                                                       const std::string& name,
                                                       std::uint32_t version,
                                                       const AuditEntry& audit) = 0;
  virtual Result<DefinitionVersion> RetireDefinition(const std::string& name_space,
                                                     const std::string& name, std::uint32_t version,
                                                     const AuditEntry& audit) = 0;
  // Inserts or replaces. Returns false when nothing changed.
  virtual Result<bool> SaveParticipant(const ParticipantRecord& participant,
                                       const AuditEntry& audit) = 0;
  virtual Result<std::vector<ParticipantRecord>> LoadParticipants() = 0;
  // For what changes nothing but must be found later: an answer that came after its saga's end.
  virtual Status AddAuditEntry(const AuditEntry& entry) = 0;
};

// Finds the version that a saga is pinned to. Threads: any. Never touches the network.
class DefinitionResolver {
 public:
  virtual ~DefinitionResolver() = default;

  // Null = not known (an operator sees it as a stuck saga).
  virtual DefinitionRef Find(const std::string& name_space, const std::string& name,
                             std::uint32_t version) const = 0;
};

}  // namespace saga

// Who takes part in sagas: the registrations, in memory and in the catalog.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "definition/adapter.h"
#include "definition/service_types.h"
#include "orchestrator/catalog.h"

namespace saga::participants {

// A registration with its descriptors made usable. Immutable: a change makes a new one.
struct Participant {
  ParticipantRecord record;
  ServiceTypesRef types;  // Null when the stored descriptors are absent or cannot be used.
  AdapterRef adapter;     // Null when definitions call its own methods.

  // The adapter's part for a method that a definition calls; null = it is called as it is.
  const AdaptedMethod* Adapted(const std::string& method) const {
    return adapter ? adapter->Find(method, record.service) : nullptr;
  }
  // The method as definitions see it: the contract's where the adapter serves it, else its own.
  // Errors: NOT_FOUND METHOD_NOT_FOUND; FIELD_INVALID for a streaming method.
  Result<MethodHandle> FindMethod(const std::string& method) const;
  // A type of the contract, else of its own.
  std::optional<TypeHandle> FindType(const std::string& full_name) const;
};
using ParticipantRef = std::shared_ptr<const Participant>;

// The registration made usable. Errors: FIELD_INVALID (`descriptor_set`, `contract_descriptor_set`,
// `adapter`) when its descriptors or its adapter cannot be used.
Result<Participant> MakeParticipant(ParticipantRecord record);

// Threads:   any. Save blocks on the store; everything else answers from memory.
// Borrows:   the store, which must outlive it.
// Promises:  works without the network: what a call needs of a participant is stored with it.
class ParticipantRegistry {
 public:
  explicit ParticipantRegistry(CatalogStore& store) : store_(store) {}

  // Reads all registrations. Call it once, before the others.
  Status Load();

  // Null = not registered.
  ParticipantRef Find(const std::string& name_space, const std::string& name) const;
  // By name.
  std::vector<ParticipantRef> List(const std::string& name_space) const;
  // Those that stand in for it, by name.
  std::vector<ParticipantRef> StandIns(const std::string& name_space,
                                       const std::string& name) const;

  // Stores it, then makes it known. True when something changed. Requires: a checked participant
  // (registration.h).
  Result<bool> Save(ParticipantRef participant, const AuditEntry& audit);

  // Called after each change, on the thread that made it. One listener; set it before any change.
  void OnChange(std::function<void(const ParticipantRef&)> listener) {
    listener_ = std::move(listener);
  }

 private:
  using Key = std::pair<std::string, std::string>;  // Namespace and name.

  CatalogStore& store_;
  std::function<void(const ParticipantRef&)> listener_;
  mutable Mutex mutex_;
  std::map<Key, ParticipantRef> participants_ SAGA_GUARDED_BY(mutex_);
};

}  // namespace saga::participants

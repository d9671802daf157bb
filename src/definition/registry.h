// The definitions that are registered: in the store, and ready to run in memory.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "definition/checker.h"
#include "definition/descriptors.h"
#include "definition/diagnostic.h"
#include "definition/loader.h"
#include "orchestrator/catalog.h"

namespace saga {

// A candidate and what to do with it.
struct DefinitionCandidate {
  std::string name_space;
  std::string source;
  std::string source_format = "yaml";
  std::string registered_by;
  std::string client;
  std::string reason;  // May be empty.
  bool activate = false;
  bool validate_only = false;
};

// What came of it. With errors among the diagnostics nothing was registered.
struct RegistrationOutcome {
  DefinitionVersion version;
  bool unchanged = false;
  Diagnostics diagnostics;
};

// Threads:   any. Register, Activate, Retire and Refresh block on the store; the rest answers from
//            memory.
// Borrows:   the store and the descriptors; both must outlive it.
// Promises:  a version never changes; a saga's version is found for as long as it is stored.
class DefinitionRegistry final : public DefinitionResolver {
 public:
  DefinitionRegistry(CatalogStore& store, const DescriptorSource& descriptors)
      : store_(store), descriptors_(descriptors) {}

  // Reads everything from the store: at start, and when another node may have registered something.
  Status Refresh();

  // Errors: UNAVAILABLE STORE_UNAVAILABLE, ABORTED CONCURRENT_REGISTRATION. What is wrong with the
  // candidate itself is told in the diagnostics.
  Result<RegistrationOutcome> Register(const DefinitionCandidate& candidate);

  // What there is to say of a candidate; registers nothing.
  LoadedDefinition Lint(const std::string& name_space, std::string_view source,
                        DefinitionFormat format, const Reach& reach = nullptr) const;

  DefinitionRef Find(const std::string& name_space, const std::string& name,
                     std::uint32_t version) const override;

  // A version by "checkout", "checkout@7" or "namespaces/n/definitions/checkout/versions/7";
  // without a version the active one. Errors: NOT_FOUND DEFINITION_NOT_FOUND.
  Result<DefinitionVersion> Get(const std::string& name_space, const std::string& reference) const;
  // As Get, for a new saga. Errors: also FAILED_PRECONDITION DEFINITION_RETIRED.
  Result<DefinitionRef> ForStart(const std::string& name_space, const std::string& reference) const;
  // By name, then newest first; `name` empty = all.
  std::vector<DefinitionVersion> List(const std::string& name_space, const std::string& name) const;

  Result<DefinitionVersion> Activate(const std::string& name_space, const std::string& reference,
                                     const AuditEntry& audit);
  Result<DefinitionVersion> Retire(const std::string& name_space, const std::string& reference,
                                   const AuditEntry& audit);

 private:
  using Key = std::tuple<std::string, std::string, std::uint32_t>;
  struct Entry {
    DefinitionVersion version;
    DefinitionRef definition;  // Null when this release cannot read the stored document.
  };

  using EntryRef = std::shared_ptr<const Entry>;

  Result<EntryRef> FindEntry(const std::string& name_space, const std::string& reference) const;
  void Remember(const DefinitionVersion& version);

  CatalogStore& store_;
  const DescriptorSource& descriptors_;
  mutable Mutex mutex_;
  std::map<Key, EntryRef> entries_ SAGA_GUARDED_BY(mutex_);
};

}  // namespace saga

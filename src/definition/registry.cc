#include "definition/registry.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/suggest.h"
#include "definition/checker.h"
#include "definition/loader.h"

namespace saga {
namespace {

struct Reference {
  std::string name;
  std::uint32_t version = 0;  // 0 = the active one.
};

Status BadReference(const std::string& text) {
  return InvalidField("definition",
                      fmt::format("'{}' is no definition; write checkout, checkout@7 or "
                                  "namespaces/default/definitions/checkout/versions/7",
                                  text));
}

Result<Reference> ParseReference(const std::string& name_space, const std::string& text) {
  std::string rest = text;
  const std::string prefix = fmt::format("namespaces/{}/definitions/", name_space);
  if (rest.rfind(prefix, 0) == 0) rest = rest.substr(prefix.size());
  const std::size_t version_path = rest.find("/versions/");
  if (version_path != std::string::npos)
    rest.replace(version_path, std::string("/versions/").size(), "@");
  Reference reference;
  const std::size_t at = rest.find('@');
  reference.name = rest.substr(0, at);
  if (!IsValidId(reference.name)) return BadReference(text);
  if (at == std::string::npos) return reference;
  const char* const begin = rest.data() + at + 1;
  const char* const end = rest.data() + rest.size();
  const auto parsed = std::from_chars(begin, end, reference.version);
  if (parsed.ec != std::errc() || parsed.ptr != end || reference.version == 0)
    return BadReference(text);
  return reference;
}

Status ErrorsOf(const Diagnostics& diagnostics) {
  return Status(StatusCode::kInvalidArgument, "DEFINITION_INVALID",
                diagnostics.empty() ? "the definition is invalid" : diagnostics.front().message);
}

}  // namespace

Status DefinitionRegistry::Refresh() {
  SAGA_ASSIGN_OR_RETURN(const std::vector<DefinitionVersion> versions, store_.LoadDefinitions());
  for (const DefinitionVersion& version : versions) Remember(version);
  return Status::Ok();
}

void DefinitionRegistry::Remember(const DefinitionVersion& version) {
  const Key key(version.name_space, version.name, version.version);
  {
    const MutexLock lock(mutex_);
    const auto known = entries_.find(key);
    if (known != entries_.end()) {
      // The document is immutable, what is said of it is not.
      known->second = std::make_shared<const Entry>(Entry{version, known->second->definition});
      return;
    }
  }
  Entry entry{version, nullptr};
  saga::v1::SagaDefinition document;
  if (document.ParseFromString(version.document)) {
    auto made = ToDefinition(document, version.name_space, version.version);
    if (made.ok()) {
      entry.definition = *made;
    } else {
      spdlog::error("definition={}@{} cannot be used: {}", version.name, version.version,
                    made.status().ToString());
    }
  } else {
    spdlog::error("definition={}@{} cannot be used: its stored document is broken", version.name,
                  version.version);
  }
  const MutexLock lock(mutex_);
  entries_.emplace(key, std::make_shared<const Entry>(std::move(entry)));
}

Result<RegistrationOutcome> DefinitionRegistry::Register(const DefinitionCandidate& candidate) {
  RegistrationOutcome outcome;
  const LoadedDefinition loaded = LintDefinition(
      candidate.source, FormatNamed(candidate.source_format), candidate.name_space, descriptors_);
  outcome.diagnostics = loaded.diagnostics;
  DefinitionVersion& version = outcome.version;
  version.name_space = candidate.name_space;
  version.name = loaded.document.saga();
  version.owner = loaded.document.owner();
  version.source = candidate.source;
  version.source_format = candidate.source_format;
  version.registered_by = candidate.registered_by;
  version.active = candidate.activate;
  if (HasErrors(outcome.diagnostics)) return outcome;
  version.document = loaded.document.SerializeAsString();
  version.digest = DigestOf(loaded.document);
  if (candidate.validate_only) {
    for (const DefinitionVersion& known : List(candidate.name_space, version.name)) {
      if (known.digest != version.digest) continue;
      version = known;
      outcome.unchanged = true;
    }
    return outcome;
  }
  const AuditEntry audit{
      .name_space = candidate.name_space,
      .actor = candidate.registered_by,
      .client = candidate.client,
      .method = "RegisterDefinition",
      .resource = fmt::format("namespaces/{}/definitions/{}", candidate.name_space, version.name),
      .reason = candidate.reason,
      .outcome = "accepted"};
  SAGA_ASSIGN_OR_RETURN(RegisteredVersion registered, store_.RegisterDefinition(version, audit));
  SAGA_RETURN_IF_ERROR(Refresh());
  outcome.version = std::move(registered.version);
  outcome.unchanged = registered.unchanged;
  return outcome;
}

LoadedDefinition DefinitionRegistry::Lint(const std::string& name_space, std::string_view source,
                                          DefinitionFormat format, const Reach& reach) const {
  return LintDefinition(source, format, name_space, descriptors_, reach);
}

DefinitionRef DefinitionRegistry::Find(const std::string& name_space, const std::string& name,
                                       std::uint32_t version) const {
  const MutexLock lock(mutex_);
  const auto found = entries_.find({name_space, name, version});
  return found == entries_.end() ? nullptr : found->second->definition;
}

Result<DefinitionRegistry::EntryRef> DefinitionRegistry::FindEntry(const std::string& name_space,
                                                                   const std::string& text) const {
  SAGA_ASSIGN_OR_RETURN(const Reference reference, ParseReference(name_space, text));
  const MutexLock lock(mutex_);
  bool known = false;
  for (auto at = entries_.lower_bound({name_space, reference.name, 0}); at != entries_.end();
       ++at) {
    const auto& [key, entry] = *at;
    if (std::get<0>(key) != name_space || std::get<1>(key) != reference.name) break;
    known = true;
    const bool wanted = reference.version == 0 ? entry->version.active
                                               : entry->version.version == reference.version;
    if (wanted) return entry;
  }
  if (known && reference.version == 0) {
    return Status(StatusCode::kFailedPrecondition, "DEFINITION_RETIRED",
                  fmt::format("definition '{}' has no active version; name one, or activate one",
                              reference.name));
  }
  std::vector<std::string> names;
  for (const auto& [key, entry] : entries_) {
    if (std::get<0>(key) == name_space) names.push_back(std::get<1>(key));
  }
  return Status(StatusCode::kNotFound, "DEFINITION_NOT_FOUND",
                fmt::format("there is no definition '{}'{}", text,
                            known ? "" : DidYouMean(reference.name, names)));
}

Result<DefinitionVersion> DefinitionRegistry::Get(const std::string& name_space,
                                                  const std::string& reference) const {
  SAGA_ASSIGN_OR_RETURN(const EntryRef entry, FindEntry(name_space, reference));
  return entry->version;
}

Result<DefinitionRef> DefinitionRegistry::ForStart(const std::string& name_space,
                                                   const std::string& reference) const {
  SAGA_ASSIGN_OR_RETURN(const EntryRef entry, FindEntry(name_space, reference));
  if (entry->version.retired) {
    return Status(StatusCode::kFailedPrecondition, "DEFINITION_RETIRED",
                  fmt::format("definition {}@{} is retired: no new sagas", entry->version.name,
                              entry->version.version));
  }
  if (entry->definition == nullptr) return ErrorsOf({});
  return entry->definition;
}

std::vector<DefinitionVersion> DefinitionRegistry::List(const std::string& name_space,
                                                        const std::string& name) const {
  std::vector<DefinitionVersion> versions;
  const MutexLock lock(mutex_);
  for (const auto& [key, entry] : entries_) {
    if (std::get<0>(key) == name_space && (name.empty() || std::get<1>(key) == name))
      versions.push_back(entry->version);
  }
  std::sort(versions.begin(), versions.end(),
            [](const DefinitionVersion& a, const DefinitionVersion& b) {
              return a.name != b.name ? a.name < b.name : a.version > b.version;
            });
  return versions;
}

Result<DefinitionVersion> DefinitionRegistry::Activate(const std::string& name_space,
                                                       const std::string& reference,
                                                       const AuditEntry& audit) {
  SAGA_ASSIGN_OR_RETURN(const EntryRef entry, FindEntry(name_space, reference));
  SAGA_ASSIGN_OR_RETURN(
      DefinitionVersion version,
      store_.ActivateDefinition(name_space, entry->version.name, entry->version.version, audit));
  SAGA_RETURN_IF_ERROR(Refresh());
  return version;
}

Result<DefinitionVersion> DefinitionRegistry::Retire(const std::string& name_space,
                                                     const std::string& reference,
                                                     const AuditEntry& audit) {
  SAGA_ASSIGN_OR_RETURN(const EntryRef entry, FindEntry(name_space, reference));
  SAGA_ASSIGN_OR_RETURN(
      DefinitionVersion version,
      store_.RetireDefinition(name_space, entry->version.name, entry->version.version, audit));
  SAGA_RETURN_IF_ERROR(Refresh());
  return version;
}

}  // namespace saga

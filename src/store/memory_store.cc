#include "store/memory_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "store/row_filter.h"

namespace saga {

void MemoryStore::SetNow(TimePoint now) {
  MutexLock lock(mutex_);
  now_ = now;
}

void MemoryStore::AddFault(AppendFault fault) {
  MutexLock lock(mutex_);
  faults_.push_back(fault);
}

void MemoryStore::ClearFaults() {
  MutexLock lock(mutex_);
  faults_.clear();
  failing_claims_ = 0;
  poison_.clear();
}

void MemoryStore::FailClaims(int claims, bool took_effect) {
  MutexLock lock(mutex_);
  failing_claims_ = claims;
  failing_claims_take_effect_ = took_effect;
}

void MemoryStore::SetPoison(std::string text) {
  MutexLock lock(mutex_);
  poison_ = std::move(text);
}

std::vector<JournalEntry> MemoryStore::AllEntries(ShardId shard) const {
  MutexLock lock(mutex_);
  std::vector<JournalEntry> entries;
  const auto found = shards_.find(shard);
  if (found == shards_.end()) return entries;
  for (const StoredEntry& stored : found->second.entries) {
    if (!stored.is_void) entries.push_back(stored.entry);
  }
  return entries;
}

std::size_t MemoryStore::entry_count(ShardId shard) const {
  MutexLock lock(mutex_);
  const auto found = shards_.find(shard);
  return found == shards_.end() ? 0 : found->second.entries.size();
}

std::vector<SagaRow> MemoryStore::AllRows() const {
  MutexLock lock(mutex_);
  std::vector<SagaRow> rows;
  rows.reserve(sagas_.size());
  for (const auto& [id, saga] : sagas_) rows.push_back(saga.row);
  return rows;
}

Result<RowPage> MemoryStore::ListRows(const std::string& name_space, const RowFilter& filter,
                                      RowOrder order, const std::optional<RowCursor>& after,
                                      std::size_t rows_max) {
  MutexLock lock(mutex_);
  std::vector<const SagaRow*> matching;
  for (const auto& [id, saga] : sagas_) {
    if (id.name_space() == name_space && Passes(saga.row, filter)) matching.push_back(&saga.row);
  }
  const bool newest_first = order == RowOrder::kNewestFirst;
  const auto before = [newest_first](const auto& a, const auto& b) {
    return newest_first ? b < a : a < b;
  };
  const auto place = [](const SagaRow& row) { return std::tie(row.created, row.id); };
  std::sort(matching.begin(), matching.end(),
            [&](const SagaRow* a, const SagaRow* b) { return before(place(*a), place(*b)); });
  RowPage page;
  page.total = std::min<std::int64_t>(static_cast<std::int64_t>(matching.size()), kRowsCountedMax);
  for (const SagaRow* row : matching) {
    if (after && !before(std::tie(after->created, after->saga), place(*row))) continue;
    if (page.rows.size() == rows_max) {
      page.next = RowCursor{page.rows.back().created, page.rows.back().id};
      break;
    }
    page.rows.push_back(*row);
  }
  return page;
}

Result<std::optional<SagaRow>> MemoryStore::GetRow(const SagaId& saga) {
  MutexLock lock(mutex_);
  const auto found = sagas_.find(saga);
  return found == sagas_.end() ? std::nullopt : std::optional(found->second.row);
}

Result<std::optional<std::string>> MemoryStore::GetHistory(const SagaId& saga) {
  MutexLock lock(mutex_);
  const auto found = sagas_.find(saga);
  return found == sagas_.end() ? std::nullopt : found->second.history;
}

Result<std::vector<StuckGroupRow>> MemoryStore::ListStuckGroups(const std::string& name_space,
                                                                const RowFilter& filter,
                                                                std::size_t groups_max) {
  MutexLock lock(mutex_);
  std::map<std::string, StuckGroupRow> groups;
  std::map<std::tuple<std::string, std::string, std::optional<Operation>>, std::int64_t> retrying;
  for (const auto& [id, saga] : sagas_) {
    const SagaRow& row = saga.row;
    if (id.name_space() != name_space || IsEnded(row.status.state)) continue;
    const RowAttention& attention = row.status.attention;
    if (row.status.health == SagaHealth::kRetrying)
      ++retrying[{row.definition, attention.step, attention.operation}];
    // A pause does not forget that the saga is stuck: its reason says so.
    if (attention.reason.empty() || !Passes(row, filter)) continue;
    StuckGroupRow& group = groups[attention.fingerprint];
    const TimePoint since = attention.since.value_or(row.status.updated);
    if (group.sagas == 0 || since < group.oldest) {
      group.fingerprint = attention.fingerprint;
      group.definition = row.definition;
      group.owner = row.owner;
      group.attention = attention;
      group.oldest = since;
    }
    if (group.sagas == 0 || since > group.newest) group.newest = since;
    ++group.sagas;
    if (group.samples.size() < 3) group.samples.push_back(id);
  }
  std::vector<StuckGroupRow> sorted;
  for (auto& [fingerprint, group] : groups) {
    group.retrying = retrying[{group.definition, group.attention.step, group.attention.operation}];
    sorted.push_back(std::move(group));
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.oldest < b.oldest; });
  if (sorted.size() > groups_max) sorted.resize(groups_max);
  return sorted;
}

Result<AuditPage> MemoryStore::ListAudit(const std::string& name_space, const AuditFilter& filter,
                                         std::optional<std::int64_t> before,
                                         std::size_t entries_max) {
  MutexLock lock(mutex_);
  AuditPage page;
  for (auto entry = audit_.rbegin(); entry != audit_.rend(); ++entry) {
    if (entry->name_space != name_space || (before && entry->id >= *before)) continue;
    if (!filter.resource.empty() && entry->resource != filter.resource) continue;
    if (!filter.actor.empty() && entry->actor != filter.actor) continue;
    if (!filter.method.empty() && entry->method != filter.method) continue;
    if (page.entries.size() == entries_max) {
      page.next = page.entries.back().id;
      break;
    }
    page.entries.push_back(*entry);
  }
  return page;
}

Result<std::vector<std::pair<std::pair<std::string, std::uint32_t>, std::int64_t>>>
MemoryStore::CountLive(const std::string& name_space) {
  MutexLock lock(mutex_);
  std::map<std::pair<std::string, std::uint32_t>, std::int64_t> counts;
  for (const auto& [id, saga] : sagas_) {
    if (id.name_space() == name_space && !IsEnded(saga.row.status.state)) {
      ++counts[{saga.row.definition, saga.row.version}];
    }
  }
  return std::vector<std::pair<std::pair<std::string, std::uint32_t>, std::int64_t>>(counts.begin(),
                                                                                     counts.end());
}

namespace {

Status NoSuchVersion(const std::string& name, std::uint32_t version) {
  return {StatusCode::kNotFound, "DEFINITION_NOT_FOUND",
          "no definition " + name + "@" + std::to_string(version)};
}

}  // namespace

DefinitionVersion* MemoryStore::FindVersion(const std::string& name_space, const std::string& name,
                                            std::uint32_t version) {
  for (DefinitionVersion& stored : definitions_) {
    if (stored.name_space == name_space && stored.name == name && stored.version == version)
      return &stored;
  }
  return nullptr;
}

Result<RegisteredVersion> MemoryStore::RegisterDefinition(const DefinitionVersion& candidate,
                                                          const AuditEntry& audit) {
  MutexLock lock(mutex_);
  std::uint32_t latest = 0;
  DefinitionVersion* same = nullptr;
  for (DefinitionVersion& stored : definitions_) {
    if (stored.name_space != candidate.name_space || stored.name != candidate.name) continue;
    latest = std::max(latest, stored.version);
    if (stored.digest == candidate.digest) same = &stored;
  }
  if (same != nullptr && (!candidate.active || same->active)) return RegisteredVersion{*same, true};
  DefinitionVersion version = same != nullptr ? *same : candidate;
  if (same == nullptr) {
    version.version = latest + 1;
    version.created = now_;
  }
  version.active = candidate.active || latest == 0;
  if (version.active) {
    for (DefinitionVersion& stored : definitions_) {
      if (stored.name_space == version.name_space && stored.name == version.name)
        stored.active = false;
    }
  }
  if (same != nullptr) {
    *same = version;
  } else {
    definitions_.push_back(version);
  }
  AddAudit(audit);
  return RegisteredVersion{version, same != nullptr};
}

Result<std::vector<DefinitionVersion>> MemoryStore::LoadDefinitions() {
  MutexLock lock(mutex_);
  return definitions_;
}

Result<DefinitionVersion> MemoryStore::ActivateDefinition(const std::string& name_space,
                                                          const std::string& name,
                                                          std::uint32_t version,
                                                          const AuditEntry& audit) {
  MutexLock lock(mutex_);
  DefinitionVersion* wanted = FindVersion(name_space, name, version);
  if (wanted == nullptr) return NoSuchVersion(name, version);
  for (DefinitionVersion& stored : definitions_) {
    if (stored.name_space == name_space && stored.name == name) stored.active = false;
  }
  wanted->active = true;
  wanted->retired = false;
  AddAudit(audit);
  return *wanted;
}

Result<DefinitionVersion> MemoryStore::RetireDefinition(const std::string& name_space,
                                                        const std::string& name,
                                                        std::uint32_t version,
                                                        const AuditEntry& audit) {
  MutexLock lock(mutex_);
  DefinitionVersion* wanted = FindVersion(name_space, name, version);
  if (wanted == nullptr) return NoSuchVersion(name, version);
  wanted->retired = true;
  wanted->active = false;
  AddAudit(audit);
  return *wanted;
}

Result<bool> MemoryStore::SaveParticipant(const ParticipantRecord& participant,
                                          const AuditEntry& audit) {
  MutexLock lock(mutex_);
  for (ParticipantRecord& stored : participants_) {
    if (stored.name_space != participant.name_space || stored.name != participant.name) continue;
    ParticipantRecord candidate = participant;
    candidate.updated = stored.updated;
    if (candidate == stored) return false;
    candidate.updated = now_;
    stored = std::move(candidate);
    AddAudit(audit);
    return true;
  }
  participants_.push_back(participant);
  participants_.back().updated = now_;
  AddAudit(audit);
  return true;
}

Result<std::vector<ParticipantRecord>> MemoryStore::LoadParticipants() {
  MutexLock lock(mutex_);
  return participants_;
}

Status MemoryStore::AddAuditEntry(const AuditEntry& entry) {
  MutexLock lock(mutex_);
  AddAudit(entry);
  return Status::Ok();
}

}  // namespace saga

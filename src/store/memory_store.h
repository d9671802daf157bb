// A complete store in memory: what PostgreSQL holds, with its semantics, and with its faults on
// demand. It passes the same contract suites; the simulator and the unit tests of the engine run on
// it.
//
// Threads: any; one mutex guards it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "orchestrator/catalog.h"
#include "orchestrator/journal.h"
#include "orchestrator/saga_reader.h"

namespace saga {

// What happens to the next append instead of its normal course.
enum class AppendFault : std::uint8_t {
  kLostButCommitted,  // Committed, and the answer is lost.
  kLost,              // Not committed, and nobody can tell.
  kRefused,           // Certainly rolled back; the next try may succeed.
};

class MemoryStore final : public SagaReader, public CatalogStore {
 public:
  // The database's clock; moved by tests and by the simulator.
  void SetNow(TimePoint now);

  // Faults, consumed in order by the next appends of any shard.
  void AddFault(AppendFault fault);
  void ClearFaults();
  // The next `claims` claims fail; when `took_effect`, the epoch rises all the same.
  void FailClaims(int claims, bool took_effect);
  // An append that carries this text anywhere in a record is refused for good.
  void SetPoison(std::string text);
  // Drops entries up to each shard's low-water mark and cursor, as maintenance does.
  void Truncate();

  // A journal on this store; the store must outlive it.
  std::unique_ptr<Journal> MakeJournal();

  // Everything committed, for auditors: in order, void starts left out.
  std::vector<JournalEntry> AllEntries(ShardId shard) const;
  std::size_t entry_count(ShardId shard) const;
  std::vector<SagaRow> AllRows() const;

  // SagaReader.
  Result<RowPage> ListRows(const std::string& name_space, const RowFilter& filter, RowOrder order,
                           const std::optional<RowCursor>& after, std::size_t rows_max) override;
  Result<std::optional<SagaRow>> GetRow(const SagaId& saga) override;
  Result<std::optional<std::string>> GetHistory(const SagaId& saga) override;
  Result<std::vector<StuckGroupRow>> ListStuckGroups(const std::string& name_space,
                                                     const RowFilter& filter,
                                                     std::size_t groups_max) override;
  Result<AuditPage> ListAudit(const std::string& name_space, const AuditFilter& filter,
                              std::optional<std::int64_t> before, std::size_t entries_max) override;
  Result<std::vector<std::pair<std::pair<std::string, std::uint32_t>, std::int64_t>>> CountLive(
      const std::string& name_space) override;

  // CatalogStore.
  Result<RegisteredVersion> RegisterDefinition(const DefinitionVersion& candidate,
                                               const AuditEntry& audit) override;
  Result<std::vector<DefinitionVersion>> LoadDefinitions() override;
  Result<DefinitionVersion> ActivateDefinition(const std::string& name_space,
                                               const std::string& name, std::uint32_t version,
                                               const AuditEntry& audit) override;
  Result<DefinitionVersion> RetireDefinition(const std::string& name_space, const std::string& name,
                                             std::uint32_t version,
                                             const AuditEntry& audit) override;
  Result<bool> SaveParticipant(const ParticipantRecord& participant,
                               const AuditEntry& audit) override;
  Result<std::vector<ParticipantRecord>> LoadParticipants() override;
  Status AddAuditEntry(const AuditEntry& entry) override;

 private:
  friend class MemoryJournal;

  struct StoredEntry {
    JournalSeq seq{};
    JournalEntry entry;
    bool is_void = false;
  };
  struct StoredShard {
    Epoch epoch{};
    JournalSeq last{};
    JournalSeq published{};
    JournalSeq low_water{};
    JournalSeq truncated{};  // Entries up to here are gone.
    std::deque<StoredEntry> entries;
  };
  struct StoredSaga {
    SagaRow row;
    std::optional<std::string> history;
    std::optional<std::string> carried;
    JournalSeq carried_to{};
  };

  Result<ClaimedShard> Claim(ShardId shard);
  AppendResult Append(ShardId shard, Epoch epoch, const Batch& batch);
  Status LoadLive(ShardId shard, std::vector<LoadedSaga>& loaded) const;
  Result<CommittedPage> ReadCommitted(ShardId shard, JournalSeq after,
                                      std::size_t entries_max) const;
  AppendResult Write(StoredShard& stored, ShardId shard, const Batch& batch) SAGA_REQUIRES(mutex_);
  void WriteChange(const RowChange& change) SAGA_REQUIRES(mutex_);
  void AddAudit(AuditEntry audit) SAGA_REQUIRES(mutex_);
  DefinitionVersion* FindVersion(const std::string& name_space, const std::string& name,
                                 std::uint32_t version) SAGA_REQUIRES(mutex_);

  mutable Mutex mutex_;
  TimePoint now_ SAGA_GUARDED_BY(mutex_) = FromMicros(1'700'000'000'000'000);
  std::map<ShardId, StoredShard> shards_ SAGA_GUARDED_BY(mutex_);
  std::map<SagaId, StoredSaga> sagas_ SAGA_GUARDED_BY(mutex_);
  std::vector<AuditEntry> audit_ SAGA_GUARDED_BY(mutex_);
  std::vector<DefinitionVersion> definitions_ SAGA_GUARDED_BY(mutex_);
  std::vector<ParticipantRecord> participants_ SAGA_GUARDED_BY(mutex_);
  std::deque<AppendFault> faults_ SAGA_GUARDED_BY(mutex_);
  std::string poison_ SAGA_GUARDED_BY(mutex_);
  int failing_claims_ SAGA_GUARDED_BY(mutex_) = 0;
  bool failing_claims_take_effect_ SAGA_GUARDED_BY(mutex_) = false;
};

}  // namespace saga

// What the database has really committed, whatever it told the engine.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/core/decide.h"
#include "orchestrator/journal.h"
#include "simulation/plans.h"
#include "store/record_codec.h"

namespace saga::sim {

// One saga as its committed records tell it.
struct TrueSaga {
  DefinitionRef definition;
  std::optional<Saga> saga;
  std::vector<std::string> records;
  std::vector<NumberedRecord> decoded;
  std::map<DueCall, Epoch> due_in;  // The term in which a call became due.
  std::optional<Epoch> turned_back_in;
  RowStatus row;
  std::set<std::string> signals;  // Ids.
  bool resolved = false;
};

// Replays commits as they happen and checks each transaction for itself.
class Truth {
 public:
  Truth(const Plans& plans, Sightings& sightings) : plans_(plans), sightings_(sightings) {}

  // A claim has taken effect in the database, whether or not the claimant knows.
  void OnClaim(ShardId shard, Epoch epoch);
  // A transaction is committed.
  void OnCommit(ShardId shard, Epoch epoch, const Batch& batch,
                const std::vector<SagaId>& void_starts);

  Epoch epoch(ShardId shard) const { return epochs_.contains(shard) ? epochs_.at(shard) : Epoch{}; }
  const TrueSaga* Find(const SagaId& saga) const;
  const std::map<SagaId, TrueSaga>& all() const { return sagas_; }
  // Its definition and committed records, for the one who looks into a violation.
  std::string Tell(const SagaId& saga) const;
  std::size_t commits() const { return commits_; }
  // Sagas that have come to their end since the last question.
  std::vector<SagaId> TakeEnded() { return std::exchange(ended_, {}); }

 private:
  void OnEntry(const JournalEntry& entry, Epoch epoch);
  // Before the record counts.
  void CheckWait(TrueSaga& truth, const NumberedRecord& record);
  void Note(TrueSaga& truth, const NumberedRecord& record, Epoch epoch);
  void OnChange(const RowChange& change);
  void CheckAudit(const Batch& batch, const std::vector<SagaId>& void_starts) const;

  const Plans& plans_;
  Sightings& sightings_;
  ProtoRecordCodec codec_;
  std::map<ShardId, Epoch> epochs_;
  std::map<SagaId, TrueSaga> sagas_;
  std::vector<SagaId> ended_;
  std::size_t commits_ = 0;
};

// Everything of a saga that its records determine, as text: equal texts, equal states.
std::string HardStateOf(const Saga& saga);

}  // namespace saga::sim

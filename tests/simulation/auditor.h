// The judge: looks at what really happened, from outside, and throws Violation.
//
// Invariants (numbers of docs/architecture "Testing"):
//  I1  every saga ends or is flagged            I2  nothing new is called after a durable abort,
//                                                   nothing twice at a time by one node
//  I3  one key per saga, step and operation     I4  undos in reverse order of what depends on what
//  I5  events contiguous, one end, durable only I6  an acknowledged start exists; no other body
//  I7  no write of an old epoch                 I8  one outcome for everybody
//  I9  each effect stands 0 or 1 times          I10 replaying the records gives the state
//  I11 queues are bounded and balanced          I12 namespaces do not touch
//  I14 no undo once the pivot may have happened I15 every call is outstanding in a committed state
//  I16 SUCCEEDED = all, COMPENSATED = none      I17 truncation takes nothing that is needed
//  I13 CONFIRM or CANCEL is committed before   I18 one record and one audit entry per accepted
//      the first of them, and never both           request
//  I19 a timer fires once, not before its time  I20 a signal is taken once
#pragma once

#include <map>
#include <set>
#include <string>

#include "orchestrator/committed_feed.h"
#include "orchestrator/shard.h"
#include "simulation/ledger.h"
#include "simulation/network.h"
#include "simulation/truth.h"

namespace saga::sim {

// Whether the node that makes a call owns its shard at that moment, by the database's word.
enum class Caller : std::uint8_t { kOwner, kDeposed };

class Auditor final : public CallWitness {
 public:
  Auditor(const Truth& truth, const Ledger& ledger, Sightings& sightings)
      : truth_(truth), ledger_(ledger), sightings_(sightings) {}

  // A shard releases a call.
  void OnReleased(const ParticipantCall& call, Caller caller, Epoch epoch);
  // A call leaves for its participant.
  void OnSent(const ParticipantCall& call) override;
  // A client was told something.
  void OnStartAcknowledged(const SagaId& saga, const std::string& digest);
  void OnOutcomeTold(const SagaId& saga, SagaState state);
  // A follower was given a record, in the order of its partition.
  void OnPublished(const CommittedRecord& record);

  // After each tick: cheap.
  void CheckTick(const std::vector<SagaId>& ended);
  // The memory of a serving shard with nothing uncommitted.
  void CheckMemory(const Shard& shard, const Mailbox& mailbox) const;
  // At the end, when faults have stopped.
  void CheckEnd(const std::map<SagaId, SagaRow>& rows) const;

 private:
  void CheckOutstanding(const ParticipantCall& call, const TrueSaga& truth) const;
  void CheckUndo(const ParticipantCall& call, const TrueSaga& truth) const;
  void CheckHold(const ParticipantCall& call, const TrueSaga& truth) const;
  void CheckEffects(const SagaId& id, const TrueSaga& truth) const;

  const Truth& truth_;
  const Ledger& ledger_;
  Sightings& sightings_;
  std::map<std::tuple<SagaId, StepIndex, Operation>, std::set<std::string>> keys_;
  std::set<std::tuple<SagaId, StepIndex, Operation>> released_;
  std::set<std::pair<SagaId, StepIndex>> sent_;
  std::map<SagaId, std::string> acknowledged_;
  std::map<SagaId, SagaState> told_;
  std::map<SagaId, std::uint64_t> published_;
};

}  // namespace saga::sim

// The participants' own database: what really happened, and the barrier that keeps it right.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "orchestrator/participant_caller.h"
#include "simulation/sim.h"

namespace saga::sim {

// How a step of a saga is disposed; the same whenever it is asked.
struct Temper {
  bool rejects = false;
  bool declines = false;
  bool misconfigured = false;  // Until the deployment is put right.
  bool undo_refused = false;   // For ever.
};

// One step of one saga.
using Place = std::pair<SagaId, std::string>;

class Ledger {
 public:
  Ledger(Sightings& sightings, std::uint64_t seed, Mutant mutant)
      : sightings_(sightings), seed_(seed), mutant_(mutant) {}

  // The participant executes a request that has arrived, in one local transaction.
  CallReplied Execute(const ParticipantCall& call);

  // How often the step's effect stands; the auditor allows 0 and 1.
  int effect(const Place& place) const;
  // A hold is final.
  bool confirmed(const Place& place) const;
  // A person sees to it by hand.
  void DoByHand(const Place& place);
  void UndoByHand(const Place& place);
  void BlockByHand(const Place& place);
  void ConfirmByHand(const Place& place);

  // Faults stop: what was deployed wrongly is put right.
  void PutRight() { put_right_ = true; }
  Temper TemperOf(const Place& place) const;

 private:
  enum class Row : std::uint8_t { kNone, kDone, kRejected, kBlocked };
  struct Rows {
    Row action = Row::kNone;
    Row undo = Row::kNone;
    bool confirmed = false;
    int effect = 0;
  };

  CallReplied Act(const ParticipantCall& call, Rows& rows, const Temper& temper);
  CallReplied Undo(Rows& rows, const Temper& temper);
  CallReplied Query(const Rows& rows, const Temper& temper);
  CallReplied Confirm(Rows& rows);

  Sightings& sightings_;
  const std::uint64_t seed_;
  const Mutant mutant_;
  bool put_right_ = false;
  std::map<Place, Rows> rows_;
};

Place PlaceOf(const ParticipantCall& call);

}  // namespace saga::sim

// Between the engine and the participants: a network that loses, delays, repeats and reorders.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "orchestrator/participant_caller.h"
#include "simulation/ledger.h"
#include "simulation/sim.h"

namespace saga::sim {

// Hears when a call really leaves.
class CallWitness {
 public:
  virtual ~CallWitness() = default;
  virtual void OnSent(const ParticipantCall& call) = 0;
};

class Network {
 public:
  // Tells the engine the outcome of a call that was accepted.
  using Report = std::function<void(const ParticipantCall&, const CallReplied&)>;

  Network(Scheduler& scheduler, Random& random, Sightings& sightings, Ledger& ledger,
          CallWitness& witness, Report report)
      : scheduler_(scheduler),
        random_(random),
        sightings_(sightings),
        ledger_(ledger),
        witness_(witness),
        report_(std::move(report)) {}

  void Call(ParticipantCall call, ReplyPlace place);

  void SetDown(const std::string& participant) { down_.insert(participant); }
  void SetUp(const std::string& participant) { down_.erase(participant); }
  bool IsDown(const std::string& participant) const { return down_.contains(participant); }
  void StopFaults() {
    faults_ = false;
    down_.clear();
  }

 private:
  struct OpenCall {
    ParticipantCall call;
    ReplyPlace place;
    bool turned_away = false;  // By a server that does not serve it: copies go the same way.
  };
  using OpenCallRef = std::shared_ptr<OpenCall>;

  void Send(const OpenCallRef& open);
  void Deliver(const OpenCallRef& open, Duration after, bool answers);
  void LoseAnswer(const OpenCallRef& open);
  // Of an asynchronous step: the answer is that it was accepted, and `outcome` is reported.
  CallReplied Accept(const OpenCallRef& open, const CallReplied& outcome);
  const saga::Call& Spec(const OpenCall& open) const {
    return open.call.definition->call(open.call.step, open.call.operation);
  }

  Scheduler& scheduler_;
  Random& random_;
  Sightings& sightings_;
  Ledger& ledger_;
  CallWitness& witness_;
  const Report report_;
  std::set<std::string> down_;
  bool faults_ = true;
};

}  // namespace saga::sim

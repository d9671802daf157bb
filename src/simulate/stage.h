// The participants of a simulated run: they keep the rules (docs/semantics.md), except where a
// fault says otherwise.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/time.h"
#include "orchestrator/core/effect.h"
#include "orchestrator/core/input.h"
#include "orchestrator/core/saga.h"
#include "simulate/fault.h"
#include "simulate/scenario.h"

namespace saga::simulate {

// What a participant holds for a step.
enum class Trace : std::uint8_t {
  kNone,
  kHeld,     // Tried: to be confirmed or cancelled.
  kDone,     // For good, until it is undone.
  kUndone,   // It was there, and is not any more.
  kBlocked,  // Undone before it came: it can not come any more.
};

// What becomes of a call.
struct Reaction {
  CallReplied reply;
  Duration after{0};  // When the reply is there.
  bool acted = false;
  bool unsendable = false;                // Its request could not be built.
  std::optional<OutcomeReported> report;  // Comes by itself, later than the reply.
};

// Of one run.
//
// Threads:  one. Borrows the scenario.
class Stage final {
 public:
  Stage(const Scenario& scenario, std::vector<Fault> faults)
      : scenario_(scenario),
        faults_(std::move(faults)),
        traces_(scenario.definition()->steps.size(), Trace::kNone) {}

  Reaction Call(const Saga& saga, const CallParticipant& call);
  // True unless a fault keeps the signal away.
  bool SignalComes(StepIndex step);
  // Where a fault was, or would have been, met.
  std::vector<FaultPlace> places() const;
  Trace trace(StepIndex step) const { return traces_[ToSize(step)]; }

 private:
  const Fault* FaultAt(const FaultPlace& place);
  void Perform(StepIndex step, Operation operation);
  Reaction Fail(const Fault& fault, const Saga& saga, Reaction reaction);
  Reaction Accept(const Saga& saga, Reaction reaction);
  Reaction Ask(const Saga& saga, Reaction reaction);
  void Read(const Saga& saga, CallReplied& reply) const;
  OutcomeReported ReportOf(const Saga& saga, const CallReplied& reply) const;

  const Scenario& scenario_;
  const std::vector<Fault> faults_;
  std::map<FaultPlace, std::uint32_t> calls_;
  std::vector<Trace> traces_;
};

// What the expressions of a saga's definition read now.
MappingScope ScopeOf(const Saga& saga, const std::vector<PayloadRef>& outputs,
                     const Failure& failure);
std::vector<PayloadRef> OutputsOf(const Saga& saga);

}  // namespace saga::simulate

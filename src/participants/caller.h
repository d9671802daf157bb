// Calls participants for the engine.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "orchestrator/participant_caller.h"
#include "participants/call_codec.h"
#include "participants/call_plan.h"
#include "participants/call_task.h"
#include "participants/health_monitor.h"
#include "participants/lane.h"
#include "participants/registry.h"
#include "participants/transport.h"

namespace saga::participants {

// Threads:   Call from any thread; it never blocks on the network. Answers are posted on the
//            transport's threads, or at once on the caller's when nothing can be sent.
// Owns:      a lane per participant. Borrows the registry and the transport; both must outlive it.
// Promises:  never more calls in flight to a participant than its registration allows; the others
//            wait in order and delay nobody else; a change of a registration holds from the next
//            call on.
// Does not:  repeat calls: that is the engine's.
class Caller final : public ParticipantCaller {
 public:
  // `on_recovered` gets the namespace of a participant that answers again after it was down, and
  // the name by which definitions call it.
  Caller(ParticipantRegistry& registry, Transport& transport, CodecCompiler compile,
         HealthMonitor::OnRecovered on_recovered);
  ~Caller() override;  // Stops.

  void Call(ParticipantCall call, ReplyPlace place) override;

  // Sends nothing more, drops what waits, cancels what is in flight and waits for its end; nothing
  // is called back after it.
  void Stop();

  // Absent = never called.
  std::optional<Lane::View> Look(const std::string& name_space, const std::string& name) const;
  // Asks it for its health and waits for the answer, at most kProbeTimeout.
  Status CheckHealth(const ParticipantRef& participant);

 private:
  friend struct CallTask;
  using LaneKey = std::pair<std::string, std::string>;  // Namespace and participant.

  // With its stand-ins.
  CallPlanRef PlanFor(const ParticipantCall& call);
  // For a call that has its place in the lane already.
  CallPlanRef PlanAt(const std::shared_ptr<Lane>& lane, const ParticipantCall& call);
  // Null when the participant is not registered.
  std::shared_ptr<Lane> LaneFor(const std::string& name_space, const std::string& name);
  void OnChange(const ParticipantRef& participant);
  RouteRef MakeRoute(const ParticipantRef& participant);

  // Sends `task`, or answers it and goes on with the next of its lane.
  void Launch(CallTaskPtr task);
  // Null when it is under way, else why not.
  std::optional<CallReplied> Send(CallTaskPtr& task);
  void OnReply(CallTaskPtr task, UnaryReply reply);

  ParticipantRegistry& registry_;
  Transport& transport_;
  const CodecCompiler compile_;
  HealthMonitor monitor_;
  CallPlanCache plans_;
  mutable Mutex mutex_;
  std::map<LaneKey, std::shared_ptr<Lane>> lanes_ SAGA_GUARDED_BY(mutex_);
  bool stopped_ SAGA_GUARDED_BY(mutex_) = false;
};

}  // namespace saga::participants

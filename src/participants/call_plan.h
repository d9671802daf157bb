// What is the same for every call of one operation of one step, worked out once.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/participant_caller.h"
#include "participants/call_codec.h"
#include "participants/call_metrics.h"
#include "participants/lane.h"

namespace saga::participants {

struct CallPlan;
using CallPlanRef = std::shared_ptr<const CallPlan>;

// Immutable once it is used. Good for the participants' registrations that it was made for.
struct CallPlan {
  DefinitionRef definition;  // Keeps `call` alive.
  const Call* call = nullptr;
  std::shared_ptr<Lane> lane;  // Null when the participant is not registered.
  RouteRef route;
  std::string problem;  // Why no such call can be sent; empty when it can.

  const void* method = nullptr;            // Of route->channel.
  const AdaptedMethod* adapted = nullptr;  // Null = the definition's method is the participant's.
  std::unique_ptr<const CallCodec> codec;
  const google::protobuf::Message* response = nullptr;  // A prototype; the route's types own it.
  std::chrono::milliseconds timeout{0};
  std::unique_ptr<CallMetrics> metrics;
  std::string step_id;
  std::string operation_name;
  std::string definition_name;

  // The same call at those who stand in for the participant, each for the sagas below its percent
  // that are not the one's before it.
  struct Share {
    std::uint64_t below_percent = 0;
    CallPlanRef plan;
  };
  std::vector<Share> stand_ins;
};

// Makes the plan. Never fails: what is wrong is the plan's problem. `lane` may be null.
std::shared_ptr<CallPlan> MakeCallPlan(const ParticipantCall& call, std::shared_ptr<Lane> lane,
                                       const CodecCompiler& compile);
// The plan itself, or that of who stands in for this saga: always the same one while the shares are
// what they are.
CallPlanRef PlanOf(const CallPlanRef& plan, const SagaId& saga);

// Threads: any. Found by pointer, so that no name is looked up on the way of a call.
class CallPlanCache {
 public:
  // Null = not there yet.
  CallPlanRef Find(const ParticipantCall& call) const;
  // Changes with every Clear: what was made before it must not be added after it.
  std::uint64_t generation() const;
  void Add(CallPlanRef plan, const ParticipantCall& call, std::uint64_t generation);
  void Clear();

 private:
  using Key = std::tuple<const Definition*, StepIndex, Operation>;

  mutable Mutex mutex_;
  std::map<Key, CallPlanRef> plans_ SAGA_GUARDED_BY(mutex_);
  std::uint64_t generation_ SAGA_GUARDED_BY(mutex_) = 0;
};

}  // namespace saga::participants

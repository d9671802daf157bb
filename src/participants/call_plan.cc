#include "participants/call_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "orchestrator/core/limits.h"
#include "participants/adapted_call.h"
#include "participants/limits.h"

namespace saga::participants {
namespace {

// Others than where shards are chosen by, or a share would be of single shards.
constexpr std::uint64_t kShareSeed = 0x5a6a'5ea7;

// Fills in what depends on the participant. The error is the plan's problem.
Status FillIn(CallPlan& plan, const ParticipantCall& call, const CodecCompiler& compile) {
  const Participant& participant = *plan.route->participant;
  const auto unfit = [&](const std::string& why) {
    return Status(StatusCode::kFailedPrecondition, "CALL_MISCONFIGURED",
                  fmt::format("participant '{}': {}", participant.record.name, why));
  };
  if (!plan.route->channel) return unfit(plan.route->problem);
  if (!participant.types) return unfit("no descriptors are stored; register it again");
  const Result<MethodHandle> method = participant.FindMethod(plan.call->method);
  if (!method.ok()) return unfit(method.status().message());
  plan.adapted = participant.Adapted(plan.call->method);
  const MethodHandle& own = plan.adapted != nullptr ? plan.adapted->own() : *method;
  plan.method = plan.route->channel->Method("/" + own.full_name);
  plan.metrics = std::make_unique<CallMetrics>(MetricLabels{{"definition", call.definition->name},
                                                            {"step", plan.step_id},
                                                            {"op", plan.operation_name}},
                                               own.full_name);
  plan.response = own.response.prototype;
  SAGA_ASSIGN_OR_RETURN(plan.codec,
                        compile(call, {.request = method->request, .response = method->response}));
  if (plan.adapted != nullptr) plan.codec = AdaptCall(std::move(plan.codec), *plan.adapted);
  return Status::Ok();
}

}  // namespace

std::shared_ptr<CallPlan> MakeCallPlan(const ParticipantCall& call, std::shared_ptr<Lane> lane,
                                       const CodecCompiler& compile) {
  auto plan = std::make_shared<CallPlan>();
  plan->definition = call.definition;
  plan->call = &call.definition->call(call.step, call.operation);
  plan->lane = std::move(lane);
  plan->timeout = plan->call->timeout.count() > 0 ? plan->call->timeout : kCallTimeoutDefault;
  plan->timeout = std::min<milliseconds>(plan->timeout, kAttemptTimeoutMax);
  plan->step_id = call.definition->step(call.step).id;
  plan->operation_name = OperationName(call.operation);
  plan->definition_name = call.definition->NameAtVersion();
  if (!plan->lane) {
    plan->problem = fmt::format("participant '{}' is not registered in namespace '{}'",
                                plan->call->participant, call.saga.name_space());
    return plan;
  }
  plan->route = plan->lane->route();
  plan->problem = FillIn(*plan, call, compile).message();
  return plan;
}

CallPlanRef PlanOf(const CallPlanRef& plan, const SagaId& saga) {
  if (plan->stand_ins.empty()) return plan;
  const std::uint64_t percent = StableHash(saga.text(), kShareSeed) % 100;
  for (const CallPlan::Share& share : plan->stand_ins) {
    if (percent < share.below_percent) return share.plan;
  }
  return plan;
}

CallPlanRef CallPlanCache::Find(const ParticipantCall& call) const {
  const MutexLock lock(mutex_);
  const auto found = plans_.find({call.definition.get(), call.step, call.operation});
  return found == plans_.end() ? nullptr : found->second;
}

std::uint64_t CallPlanCache::generation() const {
  const MutexLock lock(mutex_);
  return generation_;
}

void CallPlanCache::Add(CallPlanRef plan, const ParticipantCall& call, std::uint64_t generation) {
  const MutexLock lock(mutex_);
  if (generation != generation_) return;
  if (plans_.size() >= kPlansMax) plans_.clear();
  plans_.insert_or_assign({call.definition.get(), call.step, call.operation}, std::move(plan));
}

void CallPlanCache::Clear() {
  const MutexLock lock(mutex_);
  ++generation_;
  plans_.clear();
}

}  // namespace saga::participants

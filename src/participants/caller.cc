#include "participants/caller.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>
#include <vector>

#include "participants/call_metadata.h"
#include "participants/classify.h"
#include "participants/limits.h"
#include "participants/registration.h"

namespace saga::participants {
namespace {

constexpr const char* kHealthMethod = "/grpc.health.v1.Health/Check";

CallReplied ReplyTo(const ParticipantCall& call, Verdict verdict) {
  return {.step = call.step,
          .operation = call.operation,
          .attempt = call.attempt,
          .outcome = verdict.outcome,
          .output = EmptyPayload(),
          .failure = std::move(verdict.failure),
          .retry_after = verdict.retry_after};
}

CallReplied NotSent(const ParticipantCall& call, std::string message) {
  return ReplyTo(call, {.outcome = CallOutcome::kNotSent,
                        .failure = {.code = StatusCode::kCancelled,
                                    .reason = "NOT_SENT",
                                    .domain = "sagad",
                                    .message = std::move(message)}});
}

bool IsReadable(const std::string& body, const google::protobuf::Message& prototype) {
  const std::unique_ptr<google::protobuf::Message> message(prototype.New());
  return message->ParseFromString(body);
}

// What the participant said, as the engine takes it.
CallReplied Understand(const CallTask& task, UnaryReply reply) {
  const CallPlan& plan = *task.plan;
  CallReplied answer = ReplyTo(task.call, Classify(reply, plan.call->errors, plan.adapted));
  if (reply.code != StatusCode::kOk) return answer;
  if (reply.accepted) {
    answer.outcome = CallOutcome::kAccepted;
    return answer;
  }
  const std::string type = plan.response->GetTypeName();
  if (!IsReadable(reply.body, *plan.response)) {
    return ReplyTo(task.call, UnreadableAnswer(reply.body, type));
  }
  AnswerRules::Reading reading = plan.codec->Read(
      task.call, MakePayload({PayloadEncoding::kProtobuf, type, std::move(reply.body)}));
  answer.outcome = reading.outcome;
  if (reading.output) answer.output = std::move(reading.output);
  answer.failure = std::move(reading.failure);
  return answer;
}

CallQuality QualityOf(const CallReplied& answer) {
  // A query that was answered and knows nothing.
  if (answer.failure.code == StatusCode::kOk) return CallQuality::kFine;
  switch (answer.outcome) {
    case CallOutcome::kSucceeded:
    case CallOutcome::kRejected:
    case CallOutcome::kDeclined:
    case CallOutcome::kAccepted:
    case CallOutcome::kNotSent:
      return CallQuality::kFine;
    case CallOutcome::kUnknown:
    case CallOutcome::kMisconfigured:
      return CallQuality::kFailed;
  }
  SAGA_UNREACHABLE();
}

// A health check that somebody waits for.
class AwaitedCall final : public UnaryCall {
 public:
  void OnReply(UnaryReply reply) override {
    const MutexLock lock(mutex_);
    reply_ = std::move(reply);
    answered_.notify_all();
  }
  UnaryReply Await() {
    const MutexLock lock(mutex_);
    while (!reply_) answered_.wait(mutex_);
    return std::move(*reply_);
  }

 private:
  Mutex mutex_;
  CondVar answered_;
  std::optional<UnaryReply> reply_ SAGA_GUARDED_BY(mutex_);
};

}  // namespace

void CallTask::OnReply(UnaryReply reply) { caller.OnReply(CallTaskPtr(this), std::move(reply)); }

Caller::Caller(ParticipantRegistry& registry, Transport& transport, CodecCompiler compile,
               HealthMonitor::OnRecovered on_recovered)
    : registry_(registry),
      transport_(transport),
      compile_(std::move(compile)),
      monitor_(std::move(on_recovered)) {
  registry_.OnChange([this](const ParticipantRef& participant) { OnChange(participant); });
}

Caller::~Caller() { Stop(); }

void Caller::Stop() {
  monitor_.Stop();
  std::vector<std::shared_ptr<Lane>> lanes;
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    for (const auto& [name, lane] : lanes_) lanes.push_back(lane);
  }
  for (const auto& lane : lanes) lane->Close();
}

RouteRef Caller::MakeRoute(const ParticipantRef& participant) {
  auto route = std::make_shared<Route>(Route{.participant = participant});
  Result<std::shared_ptr<Channel>> channel = transport_.Open(EndpointOf(participant->record));
  if (channel.ok()) {
    route->channel = *channel;
    route->health_method = route->channel->Method(kHealthMethod);
  } else {
    route->problem = channel.status().message();
  }
  return route;
}

std::shared_ptr<Lane> Caller::LaneFor(const std::string& name_space, const std::string& name) {
  const MutexLock lock(mutex_);
  const auto found = lanes_.find({name_space, name});
  if (found != lanes_.end()) return found->second;
  const ParticipantRef participant = registry_.Find(name_space, name);
  if (!participant) return nullptr;
  auto lane = std::make_shared<Lane>(MakeRoute(participant));
  if (stopped_) lane->Close();
  lanes_.emplace(LaneKey(name_space, name), lane);
  return lane;
}

void Caller::OnChange(const ParticipantRef& participant) {
  {
    const MutexLock lock(mutex_);
    const auto found = lanes_.find({participant->record.name_space, participant->record.name});
    if (found != lanes_.end()) found->second->SetRoute(MakeRoute(participant));
  }
  plans_.Clear();
}

CallPlanRef Caller::PlanFor(const ParticipantCall& call) {
  if (CallPlanRef plan = plans_.Find(call)) return plan;
  const std::uint64_t generation = plans_.generation();
  const std::string& participant = call.definition->call(call.step, call.operation).participant;
  const std::string name_space(call.saga.name_space());
  const auto plan = MakeCallPlan(call, LaneFor(name_space, participant), compile_);
  std::uint64_t below = 0;
  for (const ParticipantRef& other : registry_.StandIns(name_space, participant)) {
    below += other->record.stands_in.percent;
    plan->stand_ins.push_back(
        {.below_percent = below,
         .plan = MakeCallPlan(call, LaneFor(name_space, other->record.name), compile_)});
  }
  plans_.Add(plan, call, generation);
  return plan;
}

CallPlanRef Caller::PlanAt(const std::shared_ptr<Lane>& lane, const ParticipantCall& call) {
  CallPlanRef plan = PlanFor(call);
  if (plan->lane == lane) return plan;
  for (const CallPlan::Share& share : plan->stand_ins) {
    if (share.plan->lane == lane) return share.plan;
  }
  return MakeCallPlan(call, lane, compile_);  // It stood in when the call was made.
}

void Caller::Call(ParticipantCall call, ReplyPlace place) {
  CallPlanRef plan = PlanOf(PlanFor(call), call.saga);
  if (!plan->lane) return place.Post(ReplyTo(call, Unsendable(plan->problem)));
  const std::shared_ptr<Lane> lane = plan->lane;
  Launch(lane->Enter(
      std::make_unique<CallTask>(*this, std::move(call), std::move(place), std::move(plan))));
}

void Caller::Launch(CallTaskPtr task) {
  while (task) {
    const std::shared_ptr<Lane> lane = task->plan->lane;
    std::optional<CallReplied> answer = Send(task);
    if (!answer) return;
    task->place.Post(std::move(*answer));
    task.reset();
    monitor_.OnTurn(lane->Leave({}), lane);
    task = lane->Next();
  }
}

std::optional<CallReplied> Caller::Send(CallTaskPtr& task) {
  // It may have waited while the participant was registered anew.
  const std::shared_ptr<Lane> lane = task->plan->lane;
  if (task->plan->route != lane->route()) task->plan = PlanAt(lane, task->call);
  const CallPlan& plan = *task->plan;
  if (!plan.problem.empty()) return ReplyTo(task->call, Unsendable(plan.problem));
  Result<std::string> body = plan.codec->Build(task->call);
  if (!body.ok()) return ReplyTo(task->call, Unsendable(body.status().message()));
  if (body->size() > kMessageBytesMax) {
    return ReplyTo(task->call,
                   Unsendable(fmt::format("the request has {} bytes; at most {} are allowed",
                                          body->size(), kMessageBytesMax)));
  }
  if (!task->place.StillOwned()) {
    return NotSent(task->call, "the saga's shard went to another owner before the call was sent");
  }
  task->sent = std::chrono::steady_clock::now();
  const std::span<const MetadataEntry> metadata = FillMetadata(*task);
  const Status sent = plan.route->channel->Submit({.method = plan.method,
                                                   .metadata = metadata,
                                                   .body = std::move(*body),
                                                   .deadline = task->sent + plan.timeout},
                                                  *task);
  if (!sent.ok()) return ReplyTo(task->call, Unsendable(sent.message()));
  task.release();  // NOLINT(bugprone-unused-return-value): comes back in OnReply.
  return std::nullopt;
}

void Caller::OnReply(CallTaskPtr task, UnaryReply reply) {
  const CallPlan& plan = *task->plan;
  const std::shared_ptr<Lane> lane = plan.lane;
  const auto took = std::chrono::steady_clock::now() - task->sent;
  CallEnd end{.sign = SignOf(reply, *plan.route->channel),
              .took = std::chrono::duration_cast<std::chrono::microseconds>(took)};

  plan.metrics->Count(reply.code, end.took);
  CallReplied answer = Understand(*task, std::move(reply));
  end.quality = QualityOf(answer);
  if (end.quality == CallQuality::kFailed) end.failure = answer.failure;
  task->place.Post(std::move(answer));
  task.reset();
  monitor_.OnTurn(lane->Leave(std::move(end)), lane);
  Launch(lane->Next());
}

std::optional<Lane::View> Caller::Look(const std::string& name_space,
                                       const std::string& name) const {
  std::shared_ptr<Lane> lane;
  {
    const MutexLock lock(mutex_);
    const auto found = lanes_.find({name_space, name});
    if (found == lanes_.end()) return std::nullopt;
    lane = found->second;
  }
  return lane->Look();
}

Status Caller::CheckHealth(const ParticipantRef& participant) {
  const auto& record = participant->record;
  const std::shared_ptr<Lane> lane = LaneFor(record.name_space, record.name);
  if (!lane) {
    return Status(StatusCode::kNotFound, "PARTICIPANT_NOT_FOUND",
                  fmt::format("no participant '{}'", record.name));
  }
  const RouteRef route = lane->route();
  if (!route->channel) {
    return Status(StatusCode::kFailedPrecondition, "PARTICIPANT_UNREACHABLE", route->problem);
  }
  AwaitedCall call;
  SAGA_RETURN_IF_ERROR(
      route->channel->Submit({.method = route->health_method,
                              .deadline = std::chrono::steady_clock::now() + kProbeTimeout},
                             call));
  const UnaryReply reply = call.Await();
  const Sign sign = SignOfHealth(reply, *route->channel);
  monitor_.OnTurn(lane->OnProbe(sign), lane);
  switch (sign) {
    case Sign::kAnswered:
      return Status::Ok();
    case Sign::kUnreachable:
    case Sign::kTimedOut:
      break;
  }
  return Status(
      StatusCode::kUnavailable, "PARTICIPANT_UNREACHABLE",
      reply.code == StatusCode::kOk ? "its health service says NOT_SERVING" : reply.message);
}

}  // namespace saga::participants

// What people and programs do to the simulated engine.
#include <fmt/format.h>

#include <algorithm>

#include "simulation/world.h"

namespace saga::sim {
namespace {

constexpr std::size_t kSagasMax = 400;  // Of one run.
constexpr int kReportsMax = 20;         // Of one outcome, before its participant gives up.

std::string DigestOf(const SagaId& saga) { return "body-of-" + saga.text(); }

StartRequest StartOf(const SagaId& saga, const DefinitionRef& plan, std::string digest) {
  return {.saga = saga,
          .definition = plan,
          .input = MakePayload({PayloadEncoding::kJson, "", "{\"order\":1}"}),
          .business_key = std::string(saga.id()),
          .labels = {},
          .deadline = plan->deadline,
          .start_digest = std::move(digest),
          .started_by = "client",
          .traceparent = ""};
}

}  // namespace

void World::ClientActs() {
  const std::size_t what = random_.Below(100);
  if (what < 45) return StartNew();
  if (started_.empty()) return;
  if (what < 60) return Repeat();
  if (what < 75) return AskSomething();
  if (what < 85) return Wait();
  if (what < 95) {
    return Signal(random_.Pick(started_).first, fmt::format("signal-{}", random_.Below(2)));
  }
  Cancel();
}

void World::StartNew() {
  if (started_.size() >= kSagasMax) return;
  const DefinitionRef& plan = random_.Pick(plans_.all());
  const SagaId saga(plan->name_space, fmt::format("s{}", started_.size()));
  started_.emplace_back(saga, plan);
  // Its answer may never come; the client then repeats the start, some time.
  StartArrived start{.request = StartOf(saga, plans_.Bent(plan), DigestOf(saga)),
                     .answer = [this, saga](const RequestAnswer& answer) {
                       if (answer.status.ok() && answer.saga != nullptr) {
                         auditor_.OnStartAcknowledged(saga, DigestOf(saga));
                       }
                     }};
  (void)InCharge(saga).mailbox().PostStart(start);
}

void World::Repeat() {
  const auto& [saga, plan] = random_.Pick(started_);
  const bool other_body = random_.Chance(250);
  const std::string digest = other_body ? "another body" : DigestOf(saga);
  StartArrived start{.request = StartOf(saga, plans_.Bent(plan), digest),
                     .answer = [this, saga = saga, digest](const RequestAnswer& answer) {
                       if (answer.status.reason() == "SAGA_ID_REUSED") {
                         sightings_.Saw("start with another body refused");
                       }
                       if (!answer.status.ok() || answer.saga == nullptr) return;
                       if (answer.already_started) sightings_.Saw("start repeated");
                       auditor_.OnStartAcknowledged(saga, digest);
                     }};
  // A saga nobody has started yet is not started with another body: that would be the first one.
  const TrueSaga* truth = truth_.Find(saga);
  if (other_body && truth == nullptr) return;
  (void)InCharge(saga).mailbox().PostStart(start);
}

void World::AskSomething() {
  const SagaId saga = random_.Pick(started_).first;
  Node& node = InCharge(saga);
  ShardRequest request = ReadArrived{
      saga, [this, saga](const RequestAnswer& answer) {
        if (answer.saga == nullptr) return;
        const TrueSaga* truth = truth_.Find(saga);
        const bool committed = truth != nullptr && answer.saga->revision <= truth->saga->revision;
        if (!committed) {
          throw Violation("I8: a reader saw what is not committed: " + HardStateOf(*answer.saga));
        }
      }};
  (void)node.mailbox().PostRequest(request);
}

void World::Wait() {
  const SagaId saga = random_.Pick(started_).first;
  ShardRequest request =
      WaitArrived{saga, WaitGoal::kEnd, scheduler_.now() + random_.Between(100, 20'000),
                  [this, saga](const RequestAnswer& answer) {
                    if (answer.saga == nullptr || !IsEnded(answer.saga->state)) return;
                    sightings_.Saw("wait answered at the end");
                    auditor_.OnOutcomeTold(saga, answer.saga->state);
                  }};
  (void)InCharge(saga).mailbox().PostRequest(request);
}

void World::Signal(const SagaId& saga, const std::string& id) {
  for (const std::string name : {"go0", "go1"}) {
    ShardRequest request = NewsArrived{
        saga, SignalArrived{name, name + "/" + id, MakePayload({PayloadEncoding::kJson, "", "{}"})},
        [](const RequestAnswer&) {}};
    (void)InCharge(saga).mailbox().PostRequest(request);
  }
}

void World::Report(const ParticipantCall& call, const CallReplied& outcome, int tries) {
  const auto answered = std::make_shared<bool>(false);
  ShardRequest request = NewsArrived{call.saga,
                                     OutcomeReported{.step = call.step,
                                                     .operation = call.operation,
                                                     .outcome = outcome.outcome,
                                                     .output = outcome.output,
                                                     .failure = outcome.failure},
                                     [this, answered](const RequestAnswer& answer) {
                                       *answered = answer.status.code() != StatusCode::kUnavailable;
                                       if (answer.status.ok()) sightings_.Saw("report taken");
                                     }};
  (void)InCharge(call.saga).mailbox().PostRequest(request);
  if (tries >= kReportsMax) return;
  scheduler_.After(random_.Between(300, 3'000), [this, call, outcome, tries, answered] {
    if (*answered) return;
    sightings_.Saw("report repeated");
    Report(call, outcome, tries + 1);
  });
}

void World::Cancel() {
  const SagaId saga = random_.Pick(started_).first;
  ShardRequest request = CancelArrived{saga,
                                       {.actor = "client", .reason = "changed their mind"},
                                       [this](const RequestAnswer& answer) {
                                         if (!answer.status.ok()) sightings_.Saw("cancel refused");
                                       },
                                       nullptr};
  (void)InCharge(saga).mailbox().PostRequest(request);
}

void World::Request(Node& node, const Saga& saga, OperatorRequest request,
                    const std::string& sighting) {
  request.actor = "alice";
  request.reason = "because I have looked";
  request.reference = "INC-1";
  // What was looked at may be gone by now.
  request.etag = saga.revision;
  request.request_digest = fmt::format("request-{}", ++requests_);
  ShardRequest posted =
      OperateArrived{saga.id, std::move(request), OperateMode::kDo,
                     [this, sighting](const RequestAnswer& answer) {
                       if (answer.status.ok() && answer.saga != nullptr && !sighting.empty()) {
                         sightings_.Saw(sighting);
                       }
                     },
                     nullptr};
  (void)node.mailbox().PostRequest(posted);
}

void World::OperatorActs() {
  Node& node = *seats_[random_.Below(seats_.size())].node;
  if (!node.owns() || !node.shard().settled()) return;
  std::vector<SagaId> stuck;
  std::vector<SagaId> all;
  node.shard().live().ForEach([&](const LiveSaga& live) {
    all.push_back(live.saga.id);
    if (HealthOf(live.saga) == SagaHealth::kStuck) stuck.push_back(live.saga.id);
  });
  if (all.empty()) return;
  std::sort(all.begin(), all.end());
  std::sort(stuck.begin(), stuck.end());
  if (!stuck.empty() && random_.Chance(600)) {
    return Repair(node.shard().live().Find(random_.Pick(stuck))->saga, node);
  }
  const Saga& saga = node.shard().live().Find(random_.Pick(all))->saga;
  if (saga.paused) {
    Request(node, saga, {.action = OperatorAction::kResume}, "");
  } else if (random_.Chance(300)) {
    Request(node, saga, {.action = OperatorAction::kPause}, "");
  } else if (random_.Chance(300)) {
    Request(node, saga, {.action = OperatorAction::kCompensate}, "");
  }
}

// A person who tells the truth: looks at the participant, or sees to it by hand, and then says so.
void World::Repair(const Saga& saga, Node& node) {
  if (!saga.unreadable.empty()) return;  // Nothing here makes one: the auditor will say so.
  const StepIndex index = *CurrentStep(saga);
  const PendingCall& pending = *saga.step(index).pending;
  const Step& step = saga.definition->step(index);
  const Place place{saga.id, step.id};
  const bool late = pending.stuck == StuckReason::kLateSuccess;
  if (!late && random_.Chance(500)) {
    return Request(node, saga, {.action = OperatorAction::kRetry, .step = index},
                   "retried by an operator");
  }
  if (random_.Chance(150)) {
    return Request(
        node, saga,
        {.action = OperatorAction::kResolve,
         .resolve_as = random_.Chance(500) ? ResolvedAs::kSucceeded : ResolvedAs::kCompensated},
        "");
  }
  OperatorRequest settle{.action = OperatorAction::kSettleDone,
                         .step = index,
                         .operation = pending.operation,
                         .output = MakePayload({PayloadEncoding::kJson, "", "{}"})};
  if (IsUndo(pending.operation)) {
    ledger_.UndoByHand(place);
  } else if (pending.operation == Operation::kConfirm) {
    ledger_.ConfirmByHand(place);
  } else if (ledger_.effect(place) == 0 && !step.after_pivot && random_.Chance(700)) {
    ledger_.BlockByHand(place);
    settle.action = OperatorAction::kSettleRejected;
  } else {
    ledger_.DoByHand(place);
  }
  const bool done = settle.action == OperatorAction::kSettleDone;
  Request(node, saga, std::move(settle), done ? "settled as done" : "settled as rejected");
}

}  // namespace saga::sim

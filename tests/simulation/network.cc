#include "simulation/network.h"

#include <utility>

namespace saga::sim {
namespace {

CallReplied Unknown(StatusCode code) {
  return {
      .outcome = CallOutcome::kUnknown, .output = nullptr, .failure = {code, "LOST", "sim", ""}};
}

}  // namespace

void Network::Call(ParticipantCall call, ReplyPlace place) {
  auto open = std::make_shared<OpenCall>(OpenCall{std::move(call), std::move(place), false});
  // It waits for a permit of its participant.
  const Duration wait = faults_ && random_.Chance(100) ? random_.Between(1, 800) : milliseconds(0);
  scheduler_.After(wait, [this, open] { Send(open); });
}

void Network::Send(const OpenCallRef& open) {
  if (!open->place.StillOwned() || (faults_ && random_.Chance(20))) {
    sightings_.Saw("call not sent");
    open->place.Post({.outcome = CallOutcome::kNotSent,
                      .output = nullptr,
                      .failure = {StatusCode::kUnavailable, "NOT_SENT", "sim", ""}});
    return;
  }
  witness_.OnSent(open->call);
  if (IsDown(Spec(*open).participant)) {
    scheduler_.After(random_.Between(1, 50),
                     [open] { open->place.Post(Unknown(StatusCode::kUnavailable)); });
    return;
  }
  const milliseconds there = random_.Between(1, faults_ && random_.Chance(200) ? 1'200 : 30);
  switch (faults_ ? random_.Below(20) : 19) {
    case 0:  // The request is lost.
      LoseAnswer(open);
      break;
    case 1:  // It did it, and the answer is lost.
      Deliver(open, there, false);
      LoseAnswer(open);
      break;
    case 2:  // Late: long after the engine has given up on it.
      sightings_.Saw("call delivered late");
      Deliver(open, Spec(*open).timeout + random_.Between(1, 20'000), false);
      LoseAnswer(open);
      break;
    case 3:  // Twice.
      Deliver(open, there, true);
      Deliver(open, there + random_.Between(0, 15'000), false);
      break;
    default:
      Deliver(open, there, true);
      LoseAnswer(open);  // At its deadline, if the answer is not there by then.
      break;
  }
}

void Network::Deliver(const OpenCallRef& open, Duration after, bool answers) {
  const milliseconds back = random_.Between(1, faults_ && random_.Chance(200) ? 1'200 : 30);
  scheduler_.After(after, [this, open, answers, back] {
    if (open->turned_away) return;
    CallReplied reply = ledger_.Execute(open->call);
    open->turned_away = reply.outcome == CallOutcome::kMisconfigured;
    const bool works_on = open->call.definition->step(open->call.step).async &&
                          IsForward(open->call.operation) && !open->turned_away;
    if (works_on && random_.Chance(800)) reply = Accept(open, reply);
    if (!answers) return;
    scheduler_.After(back, [open, reply] { open->place.Post(reply); });
  });
}

CallReplied Network::Accept(const OpenCallRef& open, const CallReplied& outcome) {
  const std::size_t times = faults_ ? random_.Below(3) : 1;  // Never, once, twice.
  for (std::size_t i = 0; i < times; ++i) {
    const Duration after = random_.Between(1, faults_ && random_.Chance(200) ? 20'000 : 600);
    scheduler_.After(after, [this, open, outcome] { report_(open->call, outcome); });
  }
  sightings_.Saw("call accepted");
  return {.outcome = CallOutcome::kAccepted, .output = EmptyPayload(), .failure = {}};
}

void Network::LoseAnswer(const OpenCallRef& open) {
  scheduler_.After(Spec(*open).timeout,
                   [open] { open->place.Post(Unknown(StatusCode::kDeadlineExceeded)); });
}

}  // namespace saga::sim

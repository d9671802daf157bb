#include "orchestrator/mailbox.h"

#include <algorithm>
#include <utility>

#include "orchestrator/limits.h"

namespace saga {

// The reservation behind a ReplyPlace.
class ReplyTicket {
 public:
  ReplyTicket(std::shared_ptr<Mailbox> mailbox, SagaId saga, const CallParticipant& call)
      : mailbox_(std::move(mailbox)), saga_(std::move(saga)), call_(call) {}
  ReplyTicket(const ReplyTicket&) = delete;
  ReplyTicket& operator=(const ReplyTicket&) = delete;
  ~ReplyTicket() {
    if (used_) return;
    Deliver({.step = {},
             .operation = {},
             .attempt = 0,
             .outcome = CallOutcome::kUnknown,
             .output = nullptr,
             .failure = {StatusCode::kCancelled, "CALL_DROPPED", "sagad",
                         "the call was given up before its answer came"}});
  }

  void Deliver(CallReplied reply) {
    used_ = true;
    // The place knows best whose answer it holds.
    reply.step = call_.step;
    reply.operation = call_.operation;
    reply.attempt = call_.attempt;
    mailbox_->PostReply(ReplyArrived{std::move(saga_), std::move(reply)});
  }

 private:
  const std::shared_ptr<Mailbox> mailbox_;
  SagaId saga_;
  const CallParticipant call_;
  bool used_ = false;
};

// The same for the start of a follow-up.
class FollowUpTicket {
 public:
  FollowUpTicket(std::shared_ptr<Mailbox> mailbox, SagaId saga, const FollowUpPlace& place)
      : mailbox_(std::move(mailbox)), saga_(std::move(saga)), place_(place) {}
  FollowUpTicket(const FollowUpTicket&) = delete;
  FollowUpTicket& operator=(const FollowUpTicket&) = delete;
  ~FollowUpTicket() {
    if (used_) return;
    Deliver({.place = {},
             .outcome = CallOutcome::kUnknown,
             .failure = {StatusCode::kCancelled, "CALL_DROPPED", "sagad",
                         "the start was given up before its answer came"}});
  }

  void Deliver(FollowUpReplied reply) {
    used_ = true;
    reply.place = place_;
    mailbox_->PostReply(FollowUpAnswered{std::move(saga_), std::move(reply)});
  }

 private:
  const std::shared_ptr<Mailbox> mailbox_;
  SagaId saga_;
  const FollowUpPlace place_;
  bool used_ = false;
};

PostOutcome Mailbox::PostStart(StartArrived& input) {
  MutexLock lock(mutex_);
  if (closed_) return PostOutcome::kClosed;
  if (starts_.size() >= kMailboxStartsMax) return PostOutcome::kFull;
  starts_.push_back(std::move(input));
  Wake();
  return PostOutcome::kAccepted;
}

PostOutcome Mailbox::PostRequest(ShardRequest& input) {
  MutexLock lock(mutex_);
  if (closed_) return PostOutcome::kClosed;
  if (requests_.size() >= kMailboxRequestsMax) return PostOutcome::kFull;
  requests_.push_back(std::move(input));
  Wake();
  return PostOutcome::kAccepted;
}

void Mailbox::PostParticipantBack(ParticipantBack note) {
  MutexLock lock(mutex_);
  if (closed_) return;
  const bool known =
      std::any_of(requests_.begin(), requests_.end(), [&note](const ShardRequest& request) {
        const auto* other = std::get_if<ParticipantBack>(&request);
        return other != nullptr && other->name_space == note.name_space &&
               other->participant == note.participant;
      });
  if (known) return;
  requests_.emplace_back(std::move(note));
  Wake();
}

ReplyPlace Mailbox::Reserve(const SagaId& saga, const CallParticipant& call, Epoch epoch) {
  TakePlace();
  auto ticket = std::make_shared<ReplyTicket>(shared_from_this(), saga, call);
  return {[ticket](CallReplied&& reply) { ticket->Deliver(std::move(reply)); },
          [mailbox = shared_from_this(), epoch] { return mailbox->Owns(epoch); }};
}

FollowUpAnswerFn Mailbox::Reserve(const SagaId& saga, const FollowUpPlace& place) {
  TakePlace();
  auto ticket = std::make_shared<FollowUpTicket>(shared_from_this(), saga, place);
  return [ticket](FollowUpReplied reply) { ticket->Deliver(std::move(reply)); };
}

void Mailbox::TakePlace() {
  MutexLock lock(mutex_);
  ++places_;
}

void Mailbox::PostReply(ShardReply reply) {
  MutexLock lock(mutex_);
  SAGA_CHECK(places_ > 0);
  --places_;
  if (abandoned_) return;
  replies_.push_back(std::move(reply));
  Wake();
}

std::vector<ShardInput> Mailbox::Drain(std::size_t inputs_max) {
  std::vector<ShardInput> inputs;
  MutexLock lock(mutex_);
  inputs.reserve(std::min(inputs_max, replies_.size() + requests_.size() + starts_.size()));
  for (; inputs.size() < inputs_max && !replies_.empty(); replies_.pop_front()) {
    std::visit([&inputs](auto& reply) { inputs.emplace_back(std::move(reply)); }, replies_.front());
  }
  for (; inputs.size() < inputs_max && !requests_.empty(); requests_.pop_front()) {
    std::visit([&inputs](auto& request) { inputs.emplace_back(std::move(request)); },
               requests_.front());
  }
  for (; inputs.size() < inputs_max && !starts_.empty(); starts_.pop_front()) {
    inputs.emplace_back(std::move(starts_.front()));
  }
  return inputs;
}

std::vector<ShardInput> Mailbox::DrainRefusable() {
  std::vector<ShardInput> inputs;
  MutexLock lock(mutex_);
  for (ShardRequest& request : requests_) {
    std::visit([&inputs](auto& r) { inputs.emplace_back(std::move(r)); }, request);
  }
  requests_.clear();
  for (StartArrived& start : starts_) inputs.emplace_back(std::move(start));
  starts_.clear();
  return inputs;
}

void Mailbox::Wait(WaitFor wait, std::chrono::steady_clock::time_point until) {
  MutexLock lock(mutex_);
  waiting_ = wait == WaitFor::kInput;
  while (!signalled_ && !(wait == WaitFor::kInput && HasInput())) {
    if (wake_.wait_until(mutex_, until) == std::cv_status::timeout) break;
  }
  waiting_ = false;
  signalled_ = false;
}

void Mailbox::Signal() {
  MutexLock lock(mutex_);
  signalled_ = true;
  wake_.notify_one();
}

void Mailbox::Close() {
  MutexLock lock(mutex_);
  closed_ = true;
}

bool Mailbox::is_closed() const {
  MutexLock lock(mutex_);
  return closed_;
}

void Mailbox::Abandon() {
  MutexLock lock(mutex_);
  closed_ = true;
  abandoned_ = true;
  replies_.clear();
}

std::size_t Mailbox::size() const {
  MutexLock lock(mutex_);
  return replies_.size() + requests_.size() + starts_.size();
}

std::size_t Mailbox::in_flight() const {
  MutexLock lock(mutex_);
  return places_;
}

bool Mailbox::HasInput() const {
  return !replies_.empty() || !requests_.empty() || !starts_.empty();
}

void Mailbox::Wake() {
  // A shard that is at work looks into its mailbox by itself.
  if (!waiting_) return;
  waiting_ = false;
  wake_.notify_one();
}

}  // namespace saga

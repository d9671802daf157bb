#include "simulation/node.h"

#include <fmt/format.h>

#include <algorithm>

namespace saga::sim {
namespace {

constexpr std::uint64_t kCarryAfter = 150;  // Entries; few, so that it happens.
constexpr std::size_t kPageMax = 40;

}  // namespace

Node::Node(const Ground& ground, ShardId shard)
    : ground_(ground),
      shard_id_(shard),
      journal_(ground.store, ground.truth, ground.scheduler, ground.random, ground.sightings,
               ground.faults, ground.mutant),
      follower_journal_(ground.store.MakeJournal()),
      mailbox_(std::make_shared<Mailbox>()),
      feed_(shard),
      dispatcher_({"sim", "secret"}, mailbox_, *this, feed_),
      shard_({.shard = shard, .node = "node", .carry_after_entries = kCarryAfter}, journal_, codec_,
             ground.plans, conditions_, mailbox_, dispatcher_, feed_),
      reader_(feed_, *follower_journal_, codec_, ground.plans) {}

Node::~Node() { mailbox_->Abandon(); }

Turn Node::RunTurn() {
  ground_.store.SetNow(ground_.scheduler.now());
  return shard_.RunOnce(ground_.scheduler.now());
}

std::optional<TimePoint> Node::WantsTurn(Turn last) const {
  if (last == Turn::kMore) return ground_.scheduler.now();
  if (last == Turn::kIdle && mailbox_->size() > 0) return ground_.scheduler.now();
  return shard_.NextWake();
}

bool Node::owns() const {
  return shard_.serving() && journal_.epoch() == ground_.truth.epoch(shard_id_);
}

void Node::Publish() {
  if (!owns()) return;
  if (!cursor_) cursor_ = feed_.published();
  for (bool more = true; more;) {
    const bool from_journal = *cursor_ < feed_.oldest_in_memory();
    auto page = reader_.Read(*cursor_, kPageMax);
    if (!page.ok()) throw Violation("I17: the publisher's cursor: " + page.status().ToString());
    if (from_journal) ground_.sightings.Saw("events read from the journal");
    for (const CommittedRecord& record : page->records) {
      if (ground_.mutant == Mutant::kEventLost && ground_.random.Chance(5)) continue;
      ground_.auditor.OnPublished(record);
    }
    more = page->read_to > *cursor_;
    cursor_ = page->read_to;
  }
  // What reached Kafka is known a little later, and saved later still.
  if (ground_.random.Chance(700)) feed_.SetPublished(*cursor_);
}

void Node::Check() const {
  if (owns() && shard_.settled()) ground_.auditor.CheckMemory(shard_, *mailbox_);
}

void Node::Call(ParticipantCall call, ReplyPlace place) {
  ground_.auditor.OnReleased(call, owns() ? Caller::kOwner : Caller::kDeposed, journal_.epoch());
  // The participants know the definition as it is.
  for (const DefinitionRef& plan : ground_.plans.all()) {
    if (plan->version == call.definition->version) call.definition = plan;
  }
  if (ground_.mutant == Mutant::kKeyPerAttempt) {
    call.idempotency_key += fmt::format(":{}", call.attempt);
  }
  const std::tuple what(call.saga, call.step, call.operation);
  if (!open_->insert(what).second) {
    throw Violation(fmt::format("I2: saga {}: step {} is called while a call of it is under way",
                                call.saga.text(), ToSize(call.step)),
                    call.saga.text());
  }
  auto inner = std::make_shared<ReplyPlace>(std::move(place));
  ground_.network.Call(std::move(call), {[inner, what, open = open_](CallReplied&& reply) {
                                           open->erase(what);
                                           inner->Post(std::move(reply));
                                         },
                                         [inner] { return inner->StillOwned(); }});
}

}  // namespace saga::sim

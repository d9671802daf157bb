#include "unit/orchestrator/shard_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "orchestrator/record_names.h"
#include "unit/core/scenario.h"

namespace saga::testing {

namespace {

std::string NameOf(const ParticipantCall& call) {
  return fmt::format("{}/{}#{}", call.definition->step(call.step).id, OperationName(call.operation),
                     call.attempt);
}

}  // namespace

std::string ScriptedCaller::Open() const {
  std::string names;
  for (const MadeCall& made : open_) names += (names.empty() ? "" : " ") + NameOf(made.call);
  return names;
}

MadeCall ScriptedCaller::Take(std::string_view step) {
  const auto found = std::find_if(open_.begin(), open_.end(), [step](const MadeCall& made) {
    return made.call.definition->step(made.call.step).id == step;
  });
  SAGA_CHECK(found != open_.end());
  MadeCall made = std::move(*found);
  open_.erase(found);
  return made;
}

DefinitionRef FixedDefinitions::Find(const std::string& name_space, const std::string& name,
                                     std::uint32_t version) const {
  for (const DefinitionRef& definition : all_) {
    if (definition->name_space == name_space && definition->name == name &&
        definition->version == version) {
      return definition;
    }
  }
  return nullptr;
}

ShardWorld::ShardWorld(std::string_view plan) : definition_(MakePlan(plan)) {
  definitions_.Add(definition_);
  NewShard();
}

void ShardWorld::NewShard() {
  journal_ = store_.MakeJournal();
  mailbox_ = std::make_shared<Mailbox>(holds_);
  feed_ = std::make_unique<CommittedFeed>(ShardId{0});
  dispatcher_ = std::make_unique<EffectDispatcher>(ClusterIdentity{"test", "secret"}, mailbox_,
                                                   caller_, *feed_);
  dispatcher_->StartFollowUpsBy(starter_);
  shard_ = std::make_unique<Shard>(ShardOptions{.shard = ShardId{0},
                                                .node = "n",
                                                .following = following_,
                                                .carry_after_entries = carry_after_entries_,
                                                .unpublished_max = unpublished_max_,
                                                .holds = holds_},
                                   *journal_, codec_, definitions_, *conditions_, mailbox_,
                                   *dispatcher_, *feed_);
}

void ShardWorld::Crash() {
  mailbox_->Abandon();
  shard_.reset();
  NewShard();
}

void ShardWorld::Settle() {
  store_.SetNow(now_);
  for (int turns = 0; turns < 1000; ++turns) {
    const Turn turn = shard_->RunOnce(now_);
    if (turn != Turn::kMore) return;
  }
  FAIL() << "the shard does not come to rest";
}

void ShardWorld::Pass(std::chrono::milliseconds time) {
  const TimePoint until = now_ + time;
  Settle();
  for (int wakes = 0; wakes < 10'000; ++wakes) {
    const auto wake = shard_->NextWake();
    if (!wake || *wake > until) break;
    now_ = std::max(now_, *wake);
    Settle();
  }
  now_ = until;
  Settle();
}

StartRequest ShardWorld::Request(const std::string& id, const std::string& digest) const {
  return {.saga = Id(id),
          .definition = definition_,
          .input = MakePayload({PayloadEncoding::kJson, "", "{\"n\":1}"}),
          .business_key = "key-" + id,
          .labels = {{"shop", "north"}},
          .deadline = std::chrono::seconds(60),
          .start_digest = digest,
          .started_by = "shop",
          .traceparent = ""};
}

void ShardWorld::Start(const std::string& id, Got& got, const std::string& digest) {
  StartArrived start{.request = Request(id, digest), .answer = got.Fn()};
  ASSERT_EQ(mailbox_->PostStart(start), PostOutcome::kAccepted);
}

void ShardWorld::Read(const std::string& id, Got& got) {
  ShardRequest request = ReadArrived{Id(id), got.Fn()};
  ASSERT_EQ(mailbox_->PostRequest(request), PostOutcome::kAccepted);
}

void ShardWorld::Wait(const std::string& id, Got& got, WaitGoal goal,
                      std::chrono::milliseconds timeout) {
  ShardRequest request = WaitArrived{Id(id), goal, now_ + timeout, got.Fn()};
  ASSERT_EQ(mailbox_->PostRequest(request), PostOutcome::kAccepted);
}

void ShardWorld::Cancel(const std::string& id, Got& got) {
  ShardRequest request =
      CancelArrived{Id(id), {.actor = "shop", .reason = "customer called"}, got.Fn(), nullptr};
  ASSERT_EQ(mailbox_->PostRequest(request), PostOutcome::kAccepted);
}

void ShardWorld::Tell(const std::string& id, std::variant<OutcomeReported, SignalArrived> news,
                      Got& got) {
  ShardRequest request = NewsArrived{Id(id), std::move(news), got.Fn()};
  ASSERT_EQ(mailbox_->PostRequest(request), PostOutcome::kAccepted);
}

void ShardWorld::Operate(const std::string& id, OperatorRequest request, OperateMode mode,
                         Got& got) {
  request.actor = "alice";
  request.reason = "because I say so";
  if (request.request_digest.empty()) request.request_digest = "r-" + id;
  ShardRequest posted = OperateArrived{Id(id), std::move(request), mode, got.Fn(), nullptr};
  ASSERT_EQ(mailbox_->PostRequest(posted), PostOutcome::kAccepted);
}

void ShardWorld::Reply(std::string_view step, CallOutcome outcome, std::string output) {
  MadeCall made = caller_.Take(step);
  CallReplied reply{.outcome = outcome, .output = nullptr, .failure = {}};
  if (outcome == CallOutcome::kSucceeded) {
    reply.output = MakePayload({PayloadEncoding::kJson, "", std::move(output)});
  } else {
    reply.failure = {StatusCode::kUnavailable, "TEST", "test", output};
  }
  made.place.Post(std::move(reply));
}

std::string ShardWorld::Journalled(const std::string& id) const {
  std::string kinds;
  for (const JournalEntry& entry : store_.AllEntries(ShardId{0})) {
    if (entry.saga != Id(id)) continue;
    const auto record = codec_.Decode(entry.record);
    kinds += (kinds.empty() ? "" : " ") +
             (record.ok() ? std::string(RecordTypeName(record->record)) : std::string("?"));
  }
  return kinds;
}

SagaRow ShardWorld::Row(const std::string& id) {
  const auto row = store_.GetRow(Id(id));
  SAGA_CHECK(row.ok() && row->has_value());
  return **row;
}

}  // namespace saga::testing

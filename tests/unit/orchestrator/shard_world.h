// A shard with everything around it, on one thread under a virtual clock: a store in memory,
// participants that answer when the test says so.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "orchestrator/effect_dispatcher.h"
#include "orchestrator/shard.h"
#include "store/memory_store.h"
#include "store/record_codec.h"

namespace saga::testing {

// A call that waits for its answer.
struct MadeCall {
  ParticipantCall call;
  ReplyPlace place;
};

class ScriptedCaller final : public ParticipantCaller {
 public:
  void Call(ParticipantCall call, ReplyPlace place) override {
    ++made_[call.idempotency_key];
    open_.push_back({std::move(call), std::move(place)});
  }
  // "start/action#1 …" of what is open, in the order it was made.
  std::string Open() const;
  // Takes the open call of `step` out. Requires: there is one.
  MadeCall Take(std::string_view step);
  int made(const std::string& key) const { return made_.contains(key) ? made_.at(key) : 0; }
  std::vector<MadeCall>& open() { return open_; }

 private:
  std::vector<MadeCall> open_;
  std::map<std::string, int> made_;
};

// Keeps what it is asked to start until the test answers.
class ScriptedStarter final : public FollowUpStarter {
 public:
  struct Asked {
    FollowUpOrder order;
    FollowUpAnswerFn answer;
  };
  void Start(FollowUpOrder order, FollowUpAnswerFn answer) override {
    open.push_back({std::move(order), std::move(answer)});
  }
  std::vector<Asked> open;
};

class FixedDefinitions final : public DefinitionResolver {
 public:
  DefinitionRef Find(const std::string& name_space, const std::string& name,
                     std::uint32_t version) const override;
  void Add(const DefinitionRef& definition) { all_.push_back(definition); }
  void Forget() { all_.clear(); }

 private:
  std::vector<DefinitionRef> all_;
};

// What a caller got; `times` must become 1.
struct Got {
  int times = 0;
  Status status;
  std::optional<Saga> saga;
  RequestAnswer answer;  // Without `saga`.
  AnswerFn Fn() {
    return [this](const RequestAnswer& a) {
      ++times;
      status = a.status;
      answer = a;
      answer.saga = nullptr;
      if (a.saga != nullptr) saga = *a.saga;
    };
  }
};

class ShardWorld : public ::testing::Test {
 protected:
  explicit ShardWorld(std::string_view plan = "stock, card!, ship");

  // Runs turns until nothing is left to do now.
  void Settle();
  // Lets time pass, running turns whenever the shard asks for one.
  void Pass(std::chrono::milliseconds time);
  // Kills the shard and makes a new one on the same store.
  void Crash();
  void NewShard();

  StartRequest Request(const std::string& id, const std::string& digest = "d1") const;
  void Start(const std::string& id, Got& got, const std::string& digest = "d1");
  void Read(const std::string& id, Got& got);
  void Wait(const std::string& id, Got& got, WaitGoal goal, std::chrono::milliseconds timeout);
  void Cancel(const std::string& id, Got& got);
  void Operate(const std::string& id, OperatorRequest request, OperateMode mode, Got& got);
  // Answers the open call of `step`.
  void Reply(std::string_view step, CallOutcome outcome, std::string output = "");
  void Tell(const std::string& id, std::variant<OutcomeReported, SignalArrived> news, Got& got);
  // "kind kind …" of the saga's committed records.
  std::string Journalled(const std::string& id) const;
  SagaRow Row(const std::string& id);
  SagaId Id(const std::string& id) const { return {"default", id}; }

  MemoryStore store_;
  ProtoRecordCodec codec_;
  FixedDefinitions definitions_;
  ScriptedCaller caller_;
  ScriptedStarter starter_;
  const Conditions* conditions_ = &NoConditions();
  DefinitionRef definition_;
  TimePoint now_ = FromMicros(1'700'000'000'000'000);
  std::uint64_t carry_after_entries_ = kCarryAfterEntries;
  Following following_ = Following::kPublisher;
  std::uint64_t unpublished_max_ = kUnpublishedMax;
  std::function<bool()> holds_;

  std::unique_ptr<Journal> journal_;
  std::shared_ptr<Mailbox> mailbox_;
  std::unique_ptr<CommittedFeed> feed_;
  std::unique_ptr<EffectDispatcher> dispatcher_;
  std::unique_ptr<Shard> shard_;
};

}  // namespace saga::testing

// What waits in a shard's mailbox.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "orchestrator/census.h"
#include "orchestrator/core/input.h"
#include "orchestrator/request_answer.h"

namespace saga {

struct StartArrived {
  StartRequest request;
  AnswerFn answer;
  bool doubted = false;  // It was in a batch whose commit was in doubt: if the saga is there now,
                         // this start made it.
};

struct ReplyArrived {
  SagaId saga;
  CallReplied reply;
};

// The answer to the start of a follow-up.
struct FollowUpAnswered {
  SagaId saga;
  FollowUpReplied reply;
};

// What somebody outside tells a saga: the outcome of a call that was accepted, or a signal. Told
// again, it is nothing new, whether the saga lives or has ended.
struct NewsArrived {
  SagaId saga;
  std::variant<OutcomeReported, SignalArrived> news;
  AnswerFn answer;
};

struct CancelArrived {
  SagaId saga;
  CancelRequest request;
  AnswerFn answer;
  // Set when a batch in doubt ended the saga: what to answer if the saga is not live any more.
  std::shared_ptr<const Saga> ended_as;
};

struct OperateArrived {
  SagaId saga;
  OperatorRequest request;
  OperateMode mode = OperateMode::kDo;
  AnswerFn answer;
  std::shared_ptr<const Saga> ended_as;  // As in CancelArrived.
};

struct ReadArrived {
  SagaId saga;
  AnswerFn answer;
};

struct HistoryArrived {
  SagaId saga;
  HistoryFn answer;
};

struct WaitArrived {
  SagaId saga;
  WaitGoal goal = WaitGoal::kEnd;
  TimePoint until;
  AnswerFn answer;
};

// A participant answers again: concerns all sagas that wait for it.
struct ParticipantBack {
  std::string name_space;
  std::string participant;
};

struct CensusArrived {
  CensusFn answer;
};

// What the engine itself has asked for.
using ShardReply = std::variant<ReplyArrived, FollowUpAnswered>;

// Everything that is not a start or a reply.
using ShardRequest = std::variant<NewsArrived, CancelArrived, OperateArrived, ReadArrived,
                                  HistoryArrived, WaitArrived, CensusArrived, ParticipantBack>;

using ShardInput = std::variant<StartArrived, ReplyArrived, FollowUpAnswered, NewsArrived,
                                CancelArrived, OperateArrived, ReadArrived, HistoryArrived,
                                WaitArrived, CensusArrived, ParticipantBack>;

// UNAVAILABLE NOT_OWNER: another node has the shard.
Status NotOwner();

// Answers whoever waits for `input` with an error; nobody waits for some inputs.
void Refuse(const ShardInput& input, const Status& status);

}  // namespace saga

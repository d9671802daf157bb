// Decides inputs and collects what they lead to, for one batch.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/batch_part.h"
#include "orchestrator/core/conditions.h"
#include "orchestrator/in_flight_calls.h"
#include "orchestrator/live_sagas.h"
#include "orchestrator/record_codec.h"

namespace saga {

// Threads:   the shard's. One builder makes one batch.
// Borrows:   the live sagas, which it changes ahead of the commit; if the commit is not known to
//            have succeeded, the shard loads them anew.
// Promises:  a saga whose start or calls are in this batch takes no further input in it: nothing
//            is decided on what may not be committed, and no call leaves after a decision that
//            would have prevented it.
class BatchBuilder {
 public:
  BatchBuilder(ShardId shard, TimePoint now, LiveSagas& live, InFlightCalls& in_flight,
               const RecordCodec& codec, const Conditions& conditions)
      : shard_(shard),
        now_(now),
        live_(live),
        in_flight_(in_flight),
        codec_(codec),
        conditions_(conditions) {}

  // New sagas are refused with `status`; a repeated start is still answered.
  void RefuseNewSagas(Status status) { intake_ = std::move(status); }

  // Takes an input, or hands it back because it must wait for the next batch.
  std::optional<ShardInput> Take(ShardInput input);
  // An input that nobody waits for (a timer, a participant that is back). False = not now.
  bool Fire(LiveSaga& live, const Input& input);
  // Makes the calls that are outstanding in the saga's state and not in flight. False = not now.
  bool Resume(LiveSaga& live);
  // Its row may have to change, whatever happened.
  void Touch(const LiveSaga& live) { PartOf(live.saga.id); }

  bool full() const;
  bool Has(const SagaId& saga) const { return index_.contains(saga); }
  // The shares, with the changes of their rows.
  std::vector<BatchPart> Finish() &&;

 private:
  BatchPart& PartOf(const SagaId& saga);
  bool MustWait(const SagaId& saga) const;
  void Keep(const SagaId& saga, DoneInput done);

  void TakeStart(StartArrived start);
  RequestAnswer Begin(const StartRequest& request);
  std::optional<ShardInput> TakeReply(ReplyArrived arrived);
  std::optional<ShardInput> TakeFollowUp(FollowUpAnswered answered);
  std::optional<ShardInput> TakeNews(NewsArrived arrived);
  Decision DecideNews(const Saga& saga, const NewsArrived& arrived) const;
  std::optional<ShardInput> TakeCancel(CancelArrived arrived);
  std::optional<ShardInput> TakeOperate(OperateArrived arrived);
  // Applies a decision to memory and adds its records and calls to the part.
  void Apply(LiveSaga& live, const Decision& decision);
  void AddRecord(BatchPart& part, LiveSaga& live, NumberedRecord record);

  const ShardId shard_;
  const TimePoint now_;
  LiveSagas& live_;
  InFlightCalls& in_flight_;
  const RecordCodec& codec_;
  const Conditions& conditions_;
  Status intake_;
  std::vector<BatchPart> parts_;
  std::unordered_map<SagaId, std::size_t> index_;
  std::size_t bytes_ = 0;
};

}  // namespace saga

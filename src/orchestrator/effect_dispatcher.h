// Releases committed batches into the world: calls to participants, records to followers.
#pragma once

#include <memory>
#include <string>

#include "orchestrator/effect_sink.h"
#include "orchestrator/mailbox.h"
#include "orchestrator/participant_caller.h"

namespace saga {

// The attempt that `call` asks for, with all that its request is built from.
ParticipantCall BuildCall(const std::string& cluster, const Saga& saga,
                          const CallParticipant& call);

// Threads:   the shard's.
// Borrows:   `caller` and `feed`; both must outlive it.
// Promises:  a call leaves with a reserved place for its answer. Never blocks: a call without a
//            permit of its participant waits in the caller.
class EffectDispatcher final : public EffectSink {
 public:
  EffectDispatcher(std::string cluster, std::shared_ptr<Mailbox> mailbox, ParticipantCaller& caller,
                   CommittedFeed& feed)
      : cluster_(std::move(cluster)), mailbox_(std::move(mailbox)), caller_(caller), feed_(feed) {}

  void Release(CommittedBatch batch) override;

 private:
  const std::string cluster_;
  const std::shared_ptr<Mailbox> mailbox_;
  ParticipantCaller& caller_;
  CommittedFeed& feed_;
};

}  // namespace saga

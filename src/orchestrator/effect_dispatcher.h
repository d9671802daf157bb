// Releases committed batches into the world: calls to participants, starts of follow-ups, records
// to followers.
#pragma once

#include <memory>
#include <string>

#include "orchestrator/effect_sink.h"
#include "orchestrator/mailbox.h"
#include "orchestrator/participant_caller.h"
#include "orchestrator/task_token.h"

namespace saga {

// The attempt that `call` asks for, with all that its request is built from.
ParticipantCall BuildCall(const std::string& cluster, const TaskTokens& tokens, const Saga& saga,
                          const CallParticipant& call);

// What an engine is known by to those it calls.
struct ClusterIdentity {
  std::string name;
  std::string secret;  // Of task tokens.
};

// Threads:   the shard's.
// Borrows:   `caller`, `feed` and the starter; all must outlive it.
// Requires:  StartFollowUpsBy before the first follow-up is released.
// Promises:  a call leaves with a reserved place for its answer. Never blocks: a call without a
//            permit of its participant waits in the caller.
class EffectDispatcher final : public EffectSink {
 public:
  EffectDispatcher(ClusterIdentity cluster, std::shared_ptr<Mailbox> mailbox,
                   ParticipantCaller& caller, CommittedFeed& feed)
      : cluster_(std::move(cluster.name)),
        tokens_(std::move(cluster.secret)),
        mailbox_(std::move(mailbox)),
        caller_(caller),
        feed_(feed) {}

  void StartFollowUpsBy(FollowUpStarter& starter) { starter_ = &starter; }

  void Release(CommittedBatch batch) override;

 private:
  const std::string cluster_;
  const TaskTokens tokens_;
  const std::shared_ptr<Mailbox> mailbox_;
  ParticipantCaller& caller_;
  CommittedFeed& feed_;
  FollowUpStarter* starter_ = nullptr;
};

}  // namespace saga

// Starts sagas because of others.
#pragma once

#include "api/blocking_pool.h"
#include "definition/descriptors.h"
#include "definition/registry.h"
#include "orchestrator/follow_up_starter.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/saga_reader.h"

namespace saga::api {

// A follow-up starts as any other saga: its definition is looked up by name, its input is checked,
// its id is taken once. Only the id is derived from the cause, so that starting it twice is one.
//
// Threads:   any. Borrows everything passed to the constructor.
// Promises:  what can never start is rejected; all else (nobody has time, the store is away) is
//            unknown, and to be tried again.
class FollowUps final : public FollowUpStarter {
 public:
  FollowUps(Orchestrator& orchestrator, SagaReader& reader, const DefinitionRegistry& definitions,
            const DescriptorSource& types, BlockingPool& pool)
      : orchestrator_(orchestrator),
        reader_(reader),
        definitions_(definitions),
        types_(types),
        pool_(pool) {}

  void Start(FollowUpOrder order, FollowUpAnswerFn answer) override;

 private:
  Result<StartRequest> Make(const FollowUpOrder& order) const;
  void Submit(const FollowUpOrder& order, const FollowUpAnswerFn& answer);
  // The id belongs to a saga that has ended. Blocks.
  Status CheckEnded(const SagaId& saga, const std::string& digest);

  Orchestrator& orchestrator_;
  SagaReader& reader_;
  const DefinitionRegistry& definitions_;
  const DescriptorSource& types_;
  BlockingPool& pool_;
};

}  // namespace saga::api

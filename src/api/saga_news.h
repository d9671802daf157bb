// What is told to sagas from outside: outcomes of accepted calls, signals. Live or ended.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "api/call.h"
#include "api/saga_finder.h"
#include "definition/descriptors.h"
#include "orchestrator/catalog.h"
#include "orchestrator/follow_up_starter.h"
#include "orchestrator/orchestrator.h"

namespace saga::api {

// What came of it.
struct NewsTaken {
  const Saga* saga = nullptr;  // Only during the call; null when the saga has ended.
  bool repeated = false;
  std::string follow_up;  // Name of the saga that was started because it came too late.
};
using NewsDone = std::function<void(const Status&, const NewsTaken&)>;

// Threads:   any. Borrows everything passed to the constructor.
// Promises:  `done` is called exactly once, with OK only when what was told is durable: in the
//            saga's journal, or, after its end, in the audit, with its follow-up started.
class SagaNews {
 public:
  SagaNews(Orchestrator& orchestrator, SagaFinder& finder, CatalogStore& audit,
           FollowUpStarter& follow_ups, const DescriptorSource& types)
      : orchestrator_(orchestrator),
        finder_(finder),
        audit_(audit),
        follow_ups_(follow_ups),
        types_(types) {}

  // Errors: FIELD_INVALID when the output is not what the called method answers; see the rules
  // (docs/semantics.md) for the rest.
  void Report(const SagaId& saga, const OutcomeReported& report, const Caller& caller,
              const NewsDone& done);
  void Signal(const SagaId& saga, const SignalArrived& signal, const Caller& caller,
              const NewsDone& done);

 private:
  using News = std::variant<OutcomeReported, SignalArrived>;

  void Post(const SagaId& saga, const News& news, const Caller& caller, const NewsDone& done);
  void AnswerAfterEnd(const SagaId& saga, const News& news, const Caller& caller,
                      const NewsDone& done);
  void StartLate(const Saga& saga, const FollowUpPlace& place, const News& news,
                 const Caller& caller, const NewsDone& done);
  Status Note(const Saga& saga, const News& news, const Caller& caller,
              const std::string& follow_up);

  Orchestrator& orchestrator_;
  SagaFinder& finder_;
  CatalogStore& audit_;
  FollowUpStarter& follow_ups_;
  const DescriptorSource& types_;
};

}  // namespace saga::api

// How the engine starts other sagas because of one. Implemented on top of the API's own start.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "orchestrator/core/definition.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/input.h"
#include "orchestrator/core/payload.h"
#include "orchestrator/core/saga.h"

namespace saga {

// A follow-up to start, with all that its input is built from.
struct FollowUpOrder {
  SagaId cause;
  DefinitionRef definition;  // Of the cause.
  FollowUpPlace place;
  std::string business_key;  // Of the cause.
  PayloadRef input;
  std::vector<PayloadRef> outputs;  // By step; null = none.
  Failure failure;                  // Why the cause turned back; code kOk = it has not.
  std::string traceparent;
};

// From the state of the saga that causes it.
FollowUpOrder OrderOf(const Saga& saga, const FollowUpPlace& place);

// `place` of the reply need not be filled in.
using FollowUpAnswerFn = std::function<void(FollowUpReplied)>;

// Threads:   Start from any thread.
// Promises:  never blocks; `answer` is called at most once, on any thread. Dropped without a call
//            it counts as unknown.
class FollowUpStarter {
 public:
  virtual ~FollowUpStarter() = default;
  virtual void Start(FollowUpOrder order, FollowUpAnswerFn answer) = 0;
};

}  // namespace saga

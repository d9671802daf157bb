// Records are facts, journalled, past tense. Evolve reads every record that any release ever wrote,
// so a record only grows, and it says all that was decided: what it made due, what it skipped.
#pragma once

#include <variant>

#include "base/time.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/saga_records.h"
#include "orchestrator/core/step_records.h"

namespace saga {

using Record = std::variant<SagaStarted, StepSucceeded, StepRejected, StepInDoubt, StepRetrying,
                            StepGivenUp, StepLate, StepUndone, StepStuck, StepRecovered,
                            CompensationStarted, SagaPaused, SagaResumed, OperatorActed,
                            SagaSucceeded, SagaCompensated, SagaResolved, HoldsDecided,
                            StepAccepted, StepConfirmed, StepCancelled, TimerFired, SignalReceived,
                            FollowUpRequested, FollowUpStarted, FollowUpStuck, FollowUpRecovered>;

// A record with its place in its saga.
struct NumberedRecord {
  Revision revision{};
  TimePoint at;  // When it was decided, by the database's clock.
  Record record;
};

}  // namespace saga

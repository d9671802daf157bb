// What the core asks of a definition's expressions. The core decides when to ask, and journals the
// answer; nobody asks again on a replay.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/payload.h"

namespace saga {

// What an expression may read: the saga as it will be after the record that is being decided.
struct ConditionScope {
  const SagaId& saga;
  const Definition& definition;
  const PayloadRef& input;
  const std::string& business_key;
  const std::vector<PayloadRef>& outputs;  // One for each step; null = it has none.
  TimePoint now;                           // The time of that record: `saga.now`.
};

// Threads:   any; implementations keep no state that calls change.
// Promises:  the same scope gives the same answer.
// Errors:    whatever the evaluation says. It makes the step stuck (CONDITION_FAILED) and is never
//            taken as true or false.
class Conditions {
 public:
  virtual ~Conditions() = default;

  // `when` of the step. Requires: it has one.
  virtual Result<bool> When(const ConditionScope& scope, StepIndex step) const = 0;
  // The length of a delay of the step: of `wait` for a timer or a signal, of `async.within` for
  // anything else. Requires: it is an expression.
  virtual Result<std::chrono::milliseconds> Length(const ConditionScope& scope,
                                                   StepIndex step) const = 0;
};

// Evaluates nothing: for definitions without expressions, and for decisions whose refusal is all
// that is asked for. Every question is an error.
const Conditions& NoConditions();

}  // namespace saga

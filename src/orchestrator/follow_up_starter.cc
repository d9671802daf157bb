#include "orchestrator/follow_up_starter.h"

namespace saga {

FollowUpOrder OrderOf(const Saga& saga, const FollowUpPlace& place) {
  FollowUpOrder order{.cause = saga.id,
                      .definition = saga.definition,
                      .place = place,
                      .business_key = saga.business_key,
                      .input = saga.input,
                      .outputs = {},
                      .failure = saga.compensation ? saga.compensation->failure : Failure(),
                      .traceparent = saga.traceparent};
  order.outputs.reserve(saga.steps.size());
  for (const StepProgress& step : saga.steps) order.outputs.push_back(step.output);
  return order;
}

}  // namespace saga

#include "participants/call_metadata.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/duration.h"

namespace saga::participants {
namespace {

// What comes from the caller of StartSaga goes on only if gRPC would send it.
bool IsSendable(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::span<const MetadataEntry> FillMetadata(CallTask& task) {
  const ParticipantCall& call = task.call;
  const CallPlan& plan = *task.plan;
  std::size_t count = 0;
  const auto add = [&](std::string_view key, std::string_view value) {
    task.metadata[count++] = {key, value};
  };
  task.attempt_text = std::to_string(call.attempt);
  add("idempotency-key", call.idempotency_key);
  add("saga-id", call.saga.id());
  add("saga-step", plan.step_id);
  add("saga-op", plan.operation_name);
  add("saga-attempt", task.attempt_text);
  add("saga-definition", plan.definition_name);
  add("saga-rejectable", call.rejectable ? "1" : "0");
  if (call.deadline) {
    task.deadline_text = FormatTime(*call.deadline);
    add("saga-deadline", task.deadline_text);
  }
  if (!call.task_token.empty()) add("saga-task-token", call.task_token);
  if (IsSendable(call.traceparent)) add("traceparent", call.traceparent);
  return {task.metadata.data(), count};
}

}  // namespace saga::participants

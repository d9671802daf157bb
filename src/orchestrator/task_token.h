// What a participant shows when it reports the outcome of a call that it has accepted.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "orchestrator/core/call.h"
#include "orchestrator/core/ids.h"

namespace saga {

// The call that a token stands for.
struct TaskName {
  SagaId saga;
  StepIndex step{};
  Operation operation = Operation::kAction;

  bool operator==(const TaskName&) const = default;
};

// Makes and reads task tokens: the name of a call with an HMAC-SHA-256 under the cluster's secret,
// as base64url. The same for all attempts of a call, on every node, for as long as the secret is
// kept. Whoever has a token can settle that one call, and nothing else.
//
// Immutable. Threads: any.
class TaskTokens final {
 public:
  explicit TaskTokens(std::string secret) : secret_(std::move(secret)) {}

  std::string Make(const TaskName& task) const;
  // Errors: INVALID_ARGUMENT TASK_TOKEN_INVALID, whatever is wrong with it.
  Result<TaskName> Read(std::string_view token) const;

 private:
  const std::string secret_;
};

}  // namespace saga

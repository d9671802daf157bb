#include "orchestrator/task_token.h"

#include <cstdint>
#include <optional>

#include "base/base64url.h"
#include "base/hash.h"

namespace saga {
namespace {

// Version, operation, step (two bytes, high one first), HMAC, then "namespace/saga".
constexpr char kVersion = 1;
constexpr std::size_t kHeadBytes = 4;
constexpr std::size_t kHmacBytes = 32;
constexpr std::size_t kTokenCharsMax = 512;
// So that no other use of the secret can make a token.
constexpr std::string_view kPurpose = "sagad task token;";

std::optional<Operation> ToOperation(char byte) {
  for (const Operation operation : {Operation::kAction, Operation::kUndo, Operation::kTry,
                                    Operation::kConfirm, Operation::kCancel}) {
    if (static_cast<char>(operation) == byte) return operation;
  }
  return std::nullopt;
}

Status Invalid() {
  return {
      StatusCode::kInvalidArgument, "TASK_TOKEN_INVALID",
      "this is no task token of this cluster: it is the value of `saga-task-token` of the call, "
      "unchanged"};
}

}  // namespace

std::string TaskTokens::Make(const TaskName& task) const {
  const auto step = static_cast<std::uint16_t>(task.step);
  const std::string head{kVersion, static_cast<char>(task.operation), static_cast<char>(step >> 8U),
                         static_cast<char>(step & 255U)};
  const std::string& saga = task.saga.text();
  const std::string hmac = HmacSha256(secret_, std::string(kPurpose) + head + saga);
  return ToBase64Url(head + hmac + saga);
}

Result<TaskName> TaskTokens::Read(std::string_view token) const {
  if (token.size() > kTokenCharsMax) return Invalid();
  const std::optional<std::string> bytes = FromBase64Url(token);
  if (!bytes || bytes->size() < kHeadBytes + kHmacBytes || bytes->front() != kVersion) {
    return Invalid();
  }
  const std::string head = bytes->substr(0, kHeadBytes);
  const std::string saga = bytes->substr(kHeadBytes + kHmacBytes);
  const std::string hmac = HmacSha256(secret_, std::string(kPurpose) + head + saga);
  if (!EqualInConstantTime(hmac, std::string_view(*bytes).substr(kHeadBytes, kHmacBytes))) {
    return Invalid();
  }
  const std::optional<Operation> operation = ToOperation(head[1]);
  if (!operation) return Invalid();
  const unsigned step =
      static_cast<unsigned char>(head[2]) * 256U + static_cast<unsigned char>(head[3]);
  return TaskName{SagaId::FromText(saga), ToStep(step), *operation};
}

}  // namespace saga

#include "participants/sdk/call_context.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "participants/sdk/limits.h"

namespace saga::sdk {
namespace {

constexpr std::array<std::pair<std::string_view, Operation>, 5> kOperations{{
    {"action", Operation::kAction},
    {"undo", Operation::kUndo},
    {"try", Operation::kTry},
    {"confirm", Operation::kConfirm},
    {"cancel", Operation::kCancel},
}};

std::optional<Operation> OperationFromName(std::string_view name) {
  for (const auto& [known, operation] : kOperations) {
    if (known == name) return operation;
  }
  return std::nullopt;
}

bool MayBeRejected(Operation operation) {
  switch (operation) {
    case Operation::kAction:
    case Operation::kTry:
      return true;
    case Operation::kUndo:
    case Operation::kConfirm:
    case Operation::kCancel:
      return false;
  }
  SAGA_UNREACHABLE();
}

Status InvalidKey(std::string_view key) {
  return Status(StatusCode::kInvalidArgument, "IDEMPOTENCY_KEY_INVALID",
                fmt::format("idempotency-key '{}' is not cluster/namespace/saga:step:operation",
                            key.substr(0, kKeyBytesMax)));
}

}  // namespace

std::string_view OperationName(Operation operation) {
  for (const auto& [name, known] : kOperations) {
    if (known == operation) return name;
  }
  SAGA_UNREACHABLE();
}

Result<CallContext> CallContextOf(const MetadataLookup& metadata) {
  const std::string_view text = metadata("idempotency-key");
  if (text.empty()) {
    return Status(StatusCode::kInvalidArgument, "IDEMPOTENCY_KEY_MISSING",
                  "the call has no idempotency-key: it is a step of a saga");
  }
  const std::size_t colon = text.rfind(':');
  if (text.size() > kKeyBytesMax || colon == std::string_view::npos || colon == 0) {
    return InvalidKey(text);
  }
  CallContext call;
  call.idempotency_key = text;
  call.key = text.substr(0, colon);
  call.operation_name = text.substr(colon + 1);
  const std::string_view bare =
      std::string_view(call.operation_name).substr(0, call.operation_name.find('#'));
  const std::optional<Operation> operation = OperationFromName(bare);
  const std::size_t step = call.key.find(':');
  if (!operation || step == std::string::npos || step == 0) return InvalidKey(text);
  call.operation = *operation;
  call.saga = metadata("saga-id");
  call.step = call.key.substr(step + 1);
  call.definition = metadata("saga-definition");
  call.saga_deadline = metadata("saga-deadline");
  call.task_token = metadata("saga-task-token");
  const std::string_view attempt = metadata("saga-attempt");
  std::from_chars(attempt.data(), attempt.data() + attempt.size(), call.attempt);
  const bool final = MayBeRejected(call.operation) && metadata("saga-rejectable") != "0";
  call.rejection = final ? Rejection::kFinal : Rejection::kRetried;
  return call;
}

}  // namespace saga::sdk

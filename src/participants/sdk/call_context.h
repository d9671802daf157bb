// What sagad says of a call in its metadata.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/time.h"

namespace saga::sdk {

enum class Operation : std::uint8_t { kAction, kUndo, kTry, kConfirm, kCancel };
std::string_view OperationName(Operation operation);

// What a business "no" to this call means.
enum class Rejection : std::uint8_t {
  kFinal,    // Before the pivot: the saga turns back. The same call always gets the same no.
  kRetried,  // An undo, a confirm or a step after the pivot: it is tried again later, and may work.
};

// One call of one operation of one step.
struct CallContext {
  std::string key;             // cluster/namespace/saga:step
  std::string operation_name;  // As in the idempotency key: "undo", or "undo#2" with a new key.
  Operation operation = Operation::kAction;
  Rejection rejection = Rejection::kFinal;
  std::string saga;             // The saga's id.
  std::string step;             // The step's id.
  std::string definition;       // name@version; informative.
  std::uint32_t attempt = 1;    // Informative: counts the calls of this operation.
  std::string saga_deadline;    // RFC 3339, informative; empty = none.
  std::string idempotency_key;  // As sent: key:operation.
  std::string task_token;       // Empty: the outcome cannot be reported later.

  bool operator==(const CallContext&) const = default;
};

// The value of a metadata key; empty = absent.
using MetadataLookup = std::function<std::string_view(std::string_view key)>;

// Errors:    INVALID_ARGUMENT IDEMPOTENCY_KEY_MISSING or IDEMPOTENCY_KEY_INVALID: this is no call
//            of a saga.
Result<CallContext> CallContextOf(const MetadataLookup& metadata);

}  // namespace saga::sdk

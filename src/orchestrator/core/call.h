// One call of a step as its definition has it: which method, with what, how often, and what its
// answers mean.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace saga {

// What a call is for. The values are stored.
enum class Operation : std::uint8_t {
  kAction = 1,
  kUndo = 2,
  kTry = 3,
  kConfirm = 4,
  kCancel = 5,
  kQuery = 6,  // Asks what became of an action or a try.
};

// "action", "undo", "try", "confirm", "cancel" or "query".
std::string_view OperationName(Operation operation);
// Action and try: what happens on the way forward.
constexpr bool IsForward(Operation operation) {
  return operation == Operation::kAction || operation == Operation::kTry;
}
// Undo and cancel: what takes it back.
constexpr bool IsUndo(Operation operation) {
  return operation == Operation::kUndo || operation == Operation::kCancel;
}

// How often and how fast an operation is tried.
struct RetryPolicy {
  std::uint32_t attempts = 6;  // Calls in all; 0 = unlimited.
  std::chrono::milliseconds backoff{200};
  std::uint32_t factor_permille = 2000;
  std::chrono::milliseconds max{30'000};
  bool jitter = true;

  bool operator==(const RetryPolicy&) const = default;
};

// What an answer that the definition names means.
enum class ErrorRule : std::uint8_t { kCompensate, kRetry, kDone, kStuck };

struct MappingField;

// A value that is built from the saga; opaque to the core, compiled and evaluated by `definition`.
struct Mapping {
  enum class Kind : std::uint8_t { kNone, kExpression, kFields, kList };
  Kind kind = Kind::kNone;
  std::string expression;
  std::vector<MappingField> fields;
  std::vector<Mapping> list;
  int line = 0;
  int column = 0;
};

struct MappingField {
  std::string name;
  Mapping value;
};

// One operation: a unary gRPC method of a registered participant.
struct Call {
  std::string participant;
  std::string method;  // "Reserve", or "pkg.Service/Reserve".
  Mapping with;
  std::map<std::string, ErrorRule> errors;  // By google.rpc.ErrorInfo.reason or gRPC code name.
  std::string reject_if;  // Expression over the answer: true = it means no. Action and try only.
  std::chrono::milliseconds timeout{5'000};
  RetryPolicy retry;
};

}  // namespace saga

// Failures inside sagad: a canonical code, a message for people, and a stable reason for programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"

namespace saga {

// The canonical gRPC codes, with gRPC's numbers, so that the API adapter converts by a cast checked
// in one place.
enum class StatusCode : std::uint8_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// The upper-snake-case name, e.g. "FAILED_PRECONDITION".
std::string_view StatusCodeName(StatusCode code);
// The inverse; absent when the name is not a code.
std::optional<StatusCode> StatusCodeFromName(std::string_view name);

// One wrong field of a request, as it is shown to the caller.
struct FieldViolation {
  std::string field;        // Path, e.g. "context.reason".
  std::string description;  // What is wrong and what would be right.

  bool operator==(const FieldViolation&) const = default;
};

// An immutable outcome. Messages name the thing and the value; reasons are part of the public API
// (docs/reference/errors.md).
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string reason, std::string message)
      : code_(code), reason_(std::move(reason)), message_(std::move(message)) {}

  static Status Ok() { return {}; }

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& reason() const { return reason_; }
  const std::string& message() const { return message_; }
  const std::vector<FieldViolation>& violations() const { return violations_; }
  const std::vector<std::pair<std::string, std::string>>& metadata() const { return metadata_; }

  // By value, so that `status = std::move(status).WithField(...)` is no move onto itself.
  // Adds a wrong field.
  Status WithField(std::string field, std::string description) &&;
  // Adds a key and value for programs, e.g. current_etag.
  Status WithMetadata(std::string key, std::string value) &&;
  // Puts `context` and a colon before the message.
  Status WithContext(std::string_view context) &&;

  // "NOT_FOUND SAGA_NOT_FOUND: no saga 'x'": for logs.
  std::string ToString() const;

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string reason_;
  std::string message_;
  std::vector<FieldViolation> violations_;
  std::vector<std::pair<std::string, std::string>> metadata_;
};

// Short makers for the codes that carry a single well-known reason.
Status InvalidField(std::string field, std::string description);  // INVALID_ARGUMENT FIELD_INVALID
Status InternalError(std::string message);                        // INTERNAL INTERNAL
Status StoreUnavailable(std::string message);                     // UNAVAILABLE STORE_UNAVAILABLE

// A value or the Status of why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Status status)
      : state_(std::in_place_index<1>, std::move(status)) {  // NOLINT(google-explicit-constructor)
    SAGA_CHECK(!std::get<1>(state_).ok());
  }

  bool ok() const { return state_.index() == 0; }
  const Status& status() const {
    static const Status kOk;
    return ok() ? kOk : std::get<1>(state_);
  }

  // Requires: ok().
  const T& value() const& {
    SAGA_CHECK(ok());
    return std::get<0>(state_);
  }
  T& value() & {
    SAGA_CHECK(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    SAGA_CHECK(ok());
    return std::get<0>(std::move(state_));
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

 private:
  std::variant<T, Status> state_;
};

}  // namespace saga

#define SAGA_CONCAT_INNER(a, b) a##b
#define SAGA_CONCAT(a, b) SAGA_CONCAT_INNER(a, b)

// Returns the Status of `expression` from the enclosing function unless it is OK.
#define SAGA_RETURN_IF_ERROR(expression)                                \
  do {                                                                  \
    if (::saga::Status saga_status = (expression); !saga_status.ok()) { \
      return saga_status;                                               \
    }                                                                   \
  } while (false)

// Assigns the value of a Result, or returns its Status from the enclosing function.
#define SAGA_ASSIGN_OR_RETURN(target, expression) \
  SAGA_ASSIGN_OR_RETURN_INNER(SAGA_CONCAT(saga_result_, __LINE__), target, expression)
#define SAGA_ASSIGN_OR_RETURN_INNER(result, target, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return result.status();                     \
  target = std::move(result).value()

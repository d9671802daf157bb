#include "orchestrator/core/outcome.h"

#include "base/check.h"

namespace saga {
namespace {

CallOutcome OutcomeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return CallOutcome::kSucceeded;
    case StatusCode::kFailedPrecondition:
    case StatusCode::kInvalidArgument:
    case StatusCode::kNotFound:
    case StatusCode::kAlreadyExists:
    case StatusCode::kOutOfRange:
      return CallOutcome::kRejected;
    case StatusCode::kAborted:
    case StatusCode::kUnavailable:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kResourceExhausted:
    case StatusCode::kUnknown:
    case StatusCode::kInternal:
    case StatusCode::kCancelled:
    case StatusCode::kDataLoss:
      return CallOutcome::kUnknown;
    case StatusCode::kUnauthenticated:
    case StatusCode::kPermissionDenied:
    case StatusCode::kUnimplemented:
      return CallOutcome::kMisconfigured;
  }
  SAGA_UNREACHABLE();
}

CallOutcome OutcomeOf(ErrorRule rule) {
  switch (rule) {
    case ErrorRule::kCompensate:
      return CallOutcome::kRejected;
    case ErrorRule::kRetry:
      return CallOutcome::kUnknown;
    case ErrorRule::kDone:
      return CallOutcome::kSucceeded;
    case ErrorRule::kStuck:
      return CallOutcome::kMisconfigured;
  }
  SAGA_UNREACHABLE();
}

const ErrorRule* FindRule(const std::map<std::string, ErrorRule>& errors, const Failure& failure) {
  auto rule = failure.reason.empty() ? errors.end() : errors.find(failure.reason);
  if (rule == errors.end()) rule = errors.find(std::string(StatusCodeName(failure.code)));
  return rule == errors.end() ? nullptr : &rule->second;
}

}  // namespace

CallOutcome OutcomeOf(const Failure& failure, const std::map<std::string, ErrorRule>& errors) {
  const ErrorRule* rule = FindRule(errors, failure);
  return rule != nullptr ? OutcomeOf(*rule) : OutcomeOf(failure.code);
}

}  // namespace saga

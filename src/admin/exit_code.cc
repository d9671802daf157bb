#include "admin/exit_code.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace saga::admin {
namespace {

struct Meaning {
  ExitCode code;
  std::string_view text;
};

constexpr std::array kMeanings = {
    Meaning{ExitCode::kDone, "done"},
    Meaning{ExitCode::kInternal, "unexpected error: a bug, or an internal error of the server"},
    Meaning{ExitCode::kUsage, "wrong flags or arguments, or a value that the server does not take"},
    Meaning{ExitCode::kNotAllowed, "not authenticated, or not allowed"},
    Meaning{ExitCode::kNotFound, "not found"},
    Meaning{ExitCode::kRefused,
            "refused: the state does not allow it, or it changed since you looked"},
    Meaning{ExitCode::kUnreachable, "the server cannot be reached, is overloaded, or timed out"},
    Meaning{ExitCode::kSomethingFound,
            "something was found: stuck --fail-if-any, participants probe"},
    Meaning{ExitCode::kDefinitionBroken, "the definition has errors"},
    Meaning{ExitCode::kCompensated, "wait, start --wait, watch --exit-status: ended COMPENSATED"},
    Meaning{ExitCode::kStuck, "... is STUCK: a person is needed"},
    Meaning{ExitCode::kResolved, "... ended RESOLVED"},
    Meaning{ExitCode::kStillRunning, "... is still running at --timeout"},
    Meaning{ExitCode::kSomeRefused, "several sagas were named and some were refused"},
    Meaning{ExitCode::kInterrupted, "interrupted, or a question was answered with no"},
};

}  // namespace

ExitCode ExitCodeOf(const Status& status) {
  if (status.reason() == "DEFINITION_INVALID") return ExitCode::kDefinitionBroken;
  if (status.reason() == "DECLINED") return ExitCode::kInterrupted;
  switch (status.code()) {
    case StatusCode::kOk:
      return ExitCode::kDone;
    case StatusCode::kInvalidArgument:
    case StatusCode::kOutOfRange:
      return ExitCode::kUsage;
    case StatusCode::kUnauthenticated:
    case StatusCode::kPermissionDenied:
      return ExitCode::kNotAllowed;
    case StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case StatusCode::kAlreadyExists:
    case StatusCode::kFailedPrecondition:
    case StatusCode::kAborted:
      return ExitCode::kRefused;
    case StatusCode::kUnavailable:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kResourceExhausted:
      return ExitCode::kUnreachable;
    case StatusCode::kCancelled:
      return ExitCode::kInterrupted;
    case StatusCode::kUnknown:
    case StatusCode::kUnimplemented:
    case StatusCode::kInternal:
    case StatusCode::kDataLoss:
      return ExitCode::kInternal;
  }
  SAGA_UNREACHABLE();
}

std::string ExitCodeTable() {
  std::string text =
      "Exit codes of sagactl. From 10 on the command worked and the code is the answer.\n\n";
  for (const Meaning& meaning : kMeanings) {
    text += fmt::format("  {:>3}  {}\n", static_cast<int>(meaning.code), meaning.text);
  }
  return text;
}

}  // namespace saga::admin

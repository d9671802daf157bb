#include "simulate/fault.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/check.h"
#include "simulate/limits.h"

namespace saga::simulate {
namespace {

constexpr const char* kFail = "--fail";
constexpr const char* kTimeout = "--timeout";

std::vector<FaultPlace> PlacesOf(const Definition& definition, StepIndex index) {
  const Step& step = definition.step(index);
  std::vector<FaultPlace> places;
  for (const Operation operation :
       {ForwardOperation(step), Operation::kQuery, Operation::kConfirm, UndoOperation(step)}) {
    if (HasCall(step, operation)) places.push_back({index, Moment::kCall, operation});
  }
  if (step.async) places.push_back({index, Moment::kReport, ForwardOperation(step)});
  if (step.kind == StepKind::kSignal)
    places.push_back({index, Moment::kSignal, Operation::kAction});
  return places;
}

// Its work itself is what the step's name alone means.
bool IsPlain(const Step& step, const FaultPlace& place) {
  return place.moment == Moment::kSignal ||
         (place.moment == Moment::kCall && place.operation == ForwardOperation(step));
}

std::string_view MomentName(const FaultPlace& place) {
  switch (place.moment) {
    case Moment::kCall:
      return OperationName(place.operation);
    case Moment::kReport:
      return "report";
    case Moment::kSignal:
      return "signal";
  }
  SAGA_UNREACHABLE();
}

struct Words {
  std::string_view step;
  std::string_view operation;  // Empty = the step's work.
  std::string_view what;
  std::uint32_t times = 0;
};

Result<Words> Split(const char* field, const char* form, std::string_view text) {
  Words words;
  const std::size_t equals = text.find('=');
  if (equals == text.npos) return InvalidField(field, fmt::format("'{}' is not {}", text, form));
  words.step = text.substr(0, equals);
  words.what = text.substr(equals + 1);
  const std::size_t slash = words.step.find('/');
  if (slash != words.step.npos) {
    words.operation = words.step.substr(slash + 1);
    words.step = words.step.substr(0, slash);
  }
  const std::size_t star = words.what.find('*');
  if (star == words.what.npos) return words;
  const std::string_view times = words.what.substr(star + 1);
  words.what = words.what.substr(0, star);
  const auto read = std::from_chars(times.data(), times.data() + times.size(), words.times);
  if (read.ec != std::errc() || read.ptr != times.data() + times.size() || words.times == 0 ||
      words.times > kFaultTimesMax) {
    return InvalidField(
        field, fmt::format("'*{}' is no number of calls from 1 to {}", times, kFaultTimesMax));
  }
  return words;
}

Result<FaultPlace> FindPlace(const Definition& definition, const char* field, const Words& words) {
  const std::optional<StepIndex> index = definition.Find(words.step);
  if (!index) {
    std::vector<std::string> steps;
    for (const Step& step : definition.steps) steps.push_back(step.id);
    return InvalidField(field, fmt::format("there is no step '{}'; the steps are {}", words.step,
                                           fmt::join(steps, ", ")));
  }
  const Step& step = definition.step(*index);
  std::vector<std::string> names;
  for (const FaultPlace& place : PlacesOf(definition, *index)) {
    if (words.operation.empty() ? IsPlain(step, place) : MomentName(place) == words.operation) {
      return place;
    }
    names.push_back(PlaceName(definition, place));
  }
  if (names.empty()) {
    return InvalidField(field,
                        fmt::format("step '{}' is a timer: nothing of it can fail", step.id));
  }
  return InvalidField(field, fmt::format("step '{}' has no '{}'; there is {}", step.id,
                                         words.operation, fmt::join(names, ", ")));
}

}  // namespace

std::string PlaceName(const Definition& definition, const FaultPlace& place) {
  const Step& step = definition.step(place.step);
  return IsPlain(step, place) ? step.id : fmt::format("{}/{}", step.id, MomentName(place));
}

std::string FaultWord(const Fault& fault) {
  const auto word = [&fault]() -> std::string {
    switch (fault.kind) {
      case FaultKind::kAnswer:
        return fault.reason.empty()
                   ? std::string(StatusCodeName(fault.code))
                   : fmt::format("{}:{}", StatusCodeName(fault.code), fault.reason);
      case FaultKind::kDeclined:
        return "declined";
      case FaultKind::kHappened:
        return "did";
      case FaultKind::kLost:
        return "did-not";
    }
    SAGA_UNREACHABLE();
  };
  return fault.times > 0 ? fmt::format("{}*{}", word(), fault.times) : word();
}

std::string ToOption(const Definition& definition, const Fault& fault) {
  const bool answers = fault.kind == FaultKind::kAnswer || fault.kind == FaultKind::kDeclined;
  return fmt::format("{} {}={}", answers ? kFail : kTimeout, PlaceName(definition, fault.place),
                     FaultWord(fault));
}

Result<Fault> ParseFail(const Definition& definition, std::string_view text) {
  SAGA_ASSIGN_OR_RETURN(const Words words, Split(kFail, "STEP[/OP]=CODE[:REASON][*n]", text));
  Fault fault{.place = {}, .reason = {}, .times = words.times};
  SAGA_ASSIGN_OR_RETURN(fault.place, FindPlace(definition, kFail, words));
  const Step& step = definition.step(fault.place.step);
  if (fault.place.moment == Moment::kSignal) {
    return InvalidField(kFail,
                        fmt::format("step '{}' waits for a signal, which can only fail to come: "
                                    "--timeout {}=did-not",
                                    step.id, step.id));
  }
  if (words.what == "declined") {
    fault.kind = FaultKind::kDeclined;
    const bool may_decline = IsForward(fault.place.operation) && !step.action.reject_if.empty();
    if (may_decline) return fault;
    return InvalidField(kFail,
                        fmt::format("only a step with reject_if can be declined; '{}' has none",
                                    PlaceName(definition, fault.place)));
  }
  const std::size_t colon = words.what.find(':');
  const std::optional<StatusCode> code = StatusCodeFromName(words.what.substr(0, colon));
  if (!code || *code == StatusCode::kOk) {
    return InvalidField(kFail,
                        fmt::format("'{}' is no gRPC code of a failure; a reason goes behind "
                                    "one, as FAILED_PRECONDITION:{}",
                                    words.what, words.what.empty() ? "SOLD_OUT" : words.what));
  }
  fault.code = *code;
  if (colon != words.what.npos) fault.reason = words.what.substr(colon + 1);
  return fault;
}

Result<Fault> ParseTimeout(const Definition& definition, std::string_view text) {
  SAGA_ASSIGN_OR_RETURN(const Words words, Split(kTimeout, "STEP[/OP]=did|did-not[*n]", text));
  Fault fault{.place = {}, .reason = {}, .times = words.times};
  SAGA_ASSIGN_OR_RETURN(fault.place, FindPlace(definition, kTimeout, words));
  if (words.what == "did-not") {
    fault.kind = FaultKind::kLost;
    return fault;
  }
  if (words.what != "did") {
    return InvalidField(kTimeout, fmt::format("'{}' is neither did nor did-not", words.what));
  }
  if (fault.place.moment == Moment::kSignal) {
    return InvalidField(kTimeout, "a signal that does not come did not happen: did-not");
  }
  fault.kind = FaultKind::kHappened;
  return fault;
}

std::vector<Fault> AllFaults(const Definition& definition) {
  std::vector<Fault> faults;
  const auto add = [&faults](const FaultPlace& place, FaultKind kind,
                             StatusCode code = StatusCode::kUnavailable, std::uint32_t times = 0) {
    faults.push_back({place, kind, code, {}, times});
  };
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    for (const FaultPlace& place : PlacesOf(definition, ToStep(i))) {
      if (place.moment == Moment::kSignal) {
        add(place, FaultKind::kLost);
        continue;
      }
      if (place.operation != Operation::kQuery) {
        add(place, FaultKind::kAnswer, StatusCode::kFailedPrecondition);
        add(place, FaultKind::kHappened);
      }
      add(place, FaultKind::kLost);
      if (place.moment == Moment::kReport) continue;
      add(place, FaultKind::kAnswer, StatusCode::kUnavailable);
      add(place, FaultKind::kAnswer, StatusCode::kPermissionDenied);
      if (place.operation == Operation::kQuery) continue;
      add(place, FaultKind::kHappened, StatusCode::kUnavailable, 1);
      add(place, FaultKind::kLost, StatusCode::kUnavailable, 1);
      if (IsForward(place.operation) && !definition.steps[i].action.reject_if.empty()) {
        add(place, FaultKind::kDeclined);
      }
    }
  }
  return faults;
}

}  // namespace saga::simulate

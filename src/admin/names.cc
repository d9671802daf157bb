#include "admin/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "admin/text.h"
#include "base/status.h"

namespace saga::admin {
namespace {

// Generated names carry the enum's name as a prefix; an unknown number has none.
std::string Word(const std::string& name, std::string_view prefix, int value) {
  if (name.empty()) return fmt::format("{}", value);
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::vector<std::string_view> Segments(std::string_view resource) {
  std::vector<std::string_view> segments;
  for (;;) {
    const std::size_t slash = resource.find('/');
    segments.push_back(resource.substr(0, slash));
    if (slash == resource.npos) return segments;
    resource.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string LastSegment(std::string_view resource) {
  return Clean(resource.substr(resource.rfind('/') + 1));
}

std::string DefinitionLabel(std::string_view resource) {
  const auto segments = Segments(resource);
  if (segments.size() == 6 && segments[4] == "versions") {
    return Clean(fmt::format("{}@{}", segments[3], segments[5]));
  }
  return LastSegment(resource);
}

std::string SagaLabel(const v1::Saga& saga) {
  return saga.business_key().empty() ? LastSegment(saga.name()) : Clean(saga.business_key());
}

std::string StepLabel(std::string_view step_id, v1::Operation operation) {
  if (operation == v1::OPERATION_UNSPECIFIED || operation == v1::OPERATION_ACTION ||
      step_id.empty()) {
    return Clean(step_id);
  }
  return fmt::format("{}/{}", Clean(step_id), OperationWord(operation));
}

std::string MethodLabel(std::string_view participant, std::string_view method) {
  if (method.empty()) return Clean(participant);
  return fmt::format("{}/{}", Clean(participant), LastSegment(method));
}

std::string StateWord(v1::Saga::State state) {
  return Word(v1::Saga::State_Name(state), "STATE_", state);
}

std::string HealthWord(v1::Saga::Health health) {
  return Word(v1::Saga::Health_Name(health), "HEALTH_", health);
}

std::string OperationWord(v1::Operation operation) {
  return Lower(Word(v1::Operation_Name(operation), "OPERATION_", operation));
}

std::string StepStateWord(v1::Step::State state) {
  std::string word = Lower(Word(v1::Step::State_Name(state), "STATE_", state));
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

std::string ParticipantHealthWord(v1::Participant::Health health) {
  return Word(v1::Participant::Health_Name(health), "HEALTH_", health);
}

std::string CodeWord(int code) {
  if (code < 0 || code > static_cast<int>(StatusCode::kUnauthenticated)) {
    return fmt::format("CODE_{}", code);
  }
  return std::string(StatusCodeName(static_cast<StatusCode>(code)));
}

std::string FailureText(const v1::Failure& failure) {
  std::string text = failure.reason().empty() ? CodeWord(failure.code()) : Clean(failure.reason());
  if (!failure.message().empty()) text += ": " + Clean(failure.message());
  return text;
}

bool HasFailure(const v1::Failure& failure) {
  return failure.code() != 0 || !failure.reason().empty() || !failure.message().empty();
}

bool IsEnded(v1::Saga::State state) {
  return state == v1::Saga::STATE_SUCCEEDED || state == v1::Saga::STATE_COMPENSATED ||
         state == v1::Saga::STATE_RESOLVED;
}

}  // namespace saga::admin

#include "store/row_filter.h"

#include <algorithm>

#include "base/check.h"

namespace saga {
namespace {

template <typename T>
bool Compare(const T& value, Comparison comparison, const T& wanted) {
  switch (comparison) {
    case Comparison::kEqual:
      return value == wanted;
    case Comparison::kNotEqual:
      return value != wanted;
    case Comparison::kLess:
      return value < wanted;
    case Comparison::kLessOrEqual:
      return value <= wanted;
    case Comparison::kGreater:
      return value > wanted;
    case Comparison::kGreaterOrEqual:
      return value >= wanted;
  }
  SAGA_UNREACHABLE();
}

bool CompareTime(const std::optional<TimePoint>& value, const RowCondition& condition) {
  return value && condition.time && Compare(*value, condition.comparison, *condition.time);
}

bool CompareText(const std::string& value, const RowCondition& condition) {
  return Compare(value, condition.comparison, condition.text);
}

// Equality in which the wanted text may be a prefix.
bool ComparePrefix(const std::string& value, const RowCondition& condition,
                   std::string_view prefix) {
  const bool matches = value.compare(0, prefix.size(), prefix) == 0;
  return matches == (condition.comparison == Comparison::kEqual);
}

bool CompareDefinition(const SagaRow& row, const RowCondition& condition) {
  const bool with_version = condition.text.find('@') != std::string::npos;
  return CompareText(
      with_version ? row.definition + "@" + std::to_string(row.version) : row.definition,
      condition);
}

bool CompareSaga(const SagaRow& row, const RowCondition& condition) {
  const std::string id(row.id.id());
  if (!condition.text.empty() && condition.text.back() == '*') {
    return ComparePrefix(id, condition,
                         std::string_view(condition.text).substr(0, condition.text.size() - 1));
  }
  return CompareText(id, condition);
}

bool CompareGroup(const SagaRow& row, const RowCondition& condition) {
  const bool stuck =
      row.status.health == SagaHealth::kStuck || !row.status.attention.reason.empty();
  return stuck && ComparePrefix(row.status.attention.fingerprint, condition, condition.text);
}

bool PassesOne(const SagaRow& row, const RowCondition& condition) {
  switch (condition.field) {
    case RowField::kState:
      return CompareText(std::string(SagaStateName(row.status.state)), condition);
    case RowField::kHealth:
      return CompareText(std::string(SagaHealthName(row.status.health)), condition);
    case RowField::kDefinition:
      return CompareDefinition(row, condition);
    case RowField::kStep:
      return CompareText(row.status.attention.step, condition);
    case RowField::kBusinessKey:
      return CompareText(row.business_key, condition);
    case RowField::kSaga:
      return CompareSaga(row, condition);
    case RowField::kOwner:
      return CompareText(row.owner, condition);
    case RowField::kGroup:
      return CompareGroup(row, condition);
    case RowField::kLabel: {
      const auto label = row.labels.find(condition.label);
      return CompareText(label == row.labels.end() ? std::string() : label->second, condition);
    }
    case RowField::kCreateTime:
      return CompareTime(row.created, condition);
    case RowField::kUpdateTime:
      return CompareTime(row.status.updated, condition);
    case RowField::kEndTime:
      return CompareTime(row.status.ended, condition);
  }
  SAGA_UNREACHABLE();
}

}  // namespace

bool Passes(const SagaRow& row, const RowFilter& filter) {
  return std::all_of(filter.begin(), filter.end(),
                     [&row](const RowCondition& condition) { return PassesOne(row, condition); });
}

}  // namespace saga

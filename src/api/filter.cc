#include "api/filter.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <utility>

#include "api/limits.h"
#include "base/duration.h"
#include "base/suggest.h"
#include "orchestrator/core/saga.h"

namespace saga::api {
namespace {

Status FilterInvalid(std::size_t column, std::string_view what) {
  std::string message = fmt::format("filter, column {}: {}", column, what);
  return Status(StatusCode::kInvalidArgument, "FILTER_INVALID", message)
      .WithField("filter", std::move(message))
      .WithMetadata("column", std::to_string(column));
}

bool IsWordChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("._-@*/:+").find(c) != std::string_view::npos;
}

// Reads tokens from left to right. Not for reuse after an error.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::size_t column() const { return at_ + 1; }

  bool AtEnd() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ == text_.size();
  }

  // A run of word characters; empty when there is none.
  std::string Word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsWordChar(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<Comparison> Operator() {
    constexpr std::array<std::pair<std::string_view, Comparison>, 6> kOperators = {{
        {"!=", Comparison::kNotEqual},
        {"<=", Comparison::kLessOrEqual},
        {">=", Comparison::kGreaterOrEqual},
        {"=", Comparison::kEqual},
        {"<", Comparison::kLess},
        {">", Comparison::kGreater},
    }};
    for (const auto& [text, comparison] : kOperators) {
      if (text_.substr(at_, text.size()) != text) continue;
      at_ += text.size();
      return comparison;
    }
    return FilterInvalid(column(), "expected a comparison: = != < <= > >=");
  }

  Result<std::string> Value() {
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) return Quoted();
    const std::size_t begin = column();
    std::string word = Word();
    if (word.empty()) return FilterInvalid(begin, "expected a value, e.g. \"ord-1007\"");
    return word;
  }

 private:
  Result<std::string> Quoted() {
    const std::size_t begin = column();
    const char quote = text_[at_++];
    std::string value;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      if (text_[at_] == '\0') return FilterInvalid(column(), "a NUL character is not allowed");
      value += text_[at_++];
    }
    if (at_ == text_.size()) return FilterInvalid(begin, "this text has no closing quote");
    ++at_;
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// What joins two comparisons.
Status ReadAnd(Scanner& scanner) {
  const std::size_t column = scanner.column();
  const std::string word = scanner.Word();
  if (word == "AND" || word == "and") return Status::Ok();
  if (word == "OR" || word == "or") {
    return FilterInvalid(column, "OR is not supported; ask twice, or filter what comes back");
  }
  return FilterInvalid(column, "expected AND, or the end of the filter");
}

Result<RawComparison> ReadComparison(Scanner& scanner) {
  RawComparison raw;
  raw.field_column = scanner.column();
  raw.field = scanner.Word();
  if (raw.field.empty()) return FilterInvalid(raw.field_column, "expected a field name");
  if (raw.field == "NOT" || raw.field == "not") {
    return FilterInvalid(raw.field_column, "NOT is not supported; use !=");
  }
  if (scanner.AtEnd())
    return FilterInvalid(scanner.column(), "expected a comparison: = != < <= > >=");
  SAGA_ASSIGN_OR_RETURN(raw.comparison, scanner.Operator());
  scanner.AtEnd();
  raw.value_column = scanner.column();
  SAGA_ASSIGN_OR_RETURN(raw.value, scanner.Value());
  return raw;
}

enum class Kind { kText, kState, kHealth, kTime };

struct FieldRule {
  std::string_view name;
  RowField field;
  Kind kind;
  bool fixed;  // Never changes while a saga runs.
};
constexpr std::array<FieldRule, 11> kFields = {{
    {"state", RowField::kState, Kind::kState, false},
    {"health", RowField::kHealth, Kind::kHealth, false},
    {"definition", RowField::kDefinition, Kind::kText, true},
    {"step", RowField::kStep, Kind::kText, false},
    {"business_key", RowField::kBusinessKey, Kind::kText, true},
    {"saga", RowField::kSaga, Kind::kText, true},
    {"owner", RowField::kOwner, Kind::kText, false},
    {"group", RowField::kGroup, Kind::kText, false},
    {"create_time", RowField::kCreateTime, Kind::kTime, false},
    {"update_time", RowField::kUpdateTime, Kind::kTime, false},
    {"end_time", RowField::kEndTime, Kind::kTime, false},
}};
constexpr std::string_view kLabels = "labels.";

std::vector<std::string> NamesOf(FilterScope scope) {
  std::vector<std::string> names;
  for (const FieldRule& rule : kFields) {
    if (scope == FilterScope::kRows || rule.fixed) names.emplace_back(rule.name);
  }
  names.emplace_back("labels.KEY");
  return names;
}

Status CheckWord(const RawComparison& raw, const std::vector<std::string>& allowed) {
  for (const std::string& word : allowed) {
    if (raw.value == word) return Status::Ok();
  }
  return FilterInvalid(raw.value_column,
                       fmt::format("'{}' is no {}; known are {}{}", raw.value, raw.field,
                                   fmt::join(allowed, ", "), DidYouMean(raw.value, allowed)));
}

std::vector<std::string> StateNames() {
  std::vector<std::string> names;
  for (const SagaState state :
       {SagaState::kRunning, SagaState::kCompensating, SagaState::kSucceeded,
        SagaState::kCompensated, SagaState::kResolved}) {
    names.emplace_back(SagaStateName(state));
  }
  return names;
}

std::vector<std::string> HealthNames() {
  std::vector<std::string> names;
  for (const SagaHealth health :
       {SagaHealth::kOk, SagaHealth::kRetrying, SagaHealth::kStuck, SagaHealth::kPaused}) {
    names.emplace_back(SagaHealthName(health));
  }
  return names;
}

Status NeedsEquality(const RawComparison& raw) {
  if (raw.comparison == Comparison::kEqual || raw.comparison == Comparison::kNotEqual) {
    return Status::Ok();
  }
  return FilterInvalid(raw.field_column,
                       fmt::format("'{}' is text: only = and != are possible", raw.field));
}

Result<RowCondition> ToCondition(const RawComparison& raw, FilterScope scope) {
  RowCondition condition{.comparison = raw.comparison, .text = raw.value};
  if (raw.field.starts_with(kLabels) && raw.field.size() > kLabels.size()) {
    condition.field = RowField::kLabel;
    condition.label = raw.field.substr(kLabels.size());
    SAGA_RETURN_IF_ERROR(NeedsEquality(raw));
    return condition;
  }
  for (const FieldRule& rule : kFields) {
    if (rule.name != raw.field) continue;
    if (scope == FilterScope::kWatch && !rule.fixed) break;
    condition.field = rule.field;
    if (rule.kind == Kind::kTime) {
      Result<TimePoint> time = ParseTime(raw.value);
      if (!time.ok()) {
        return FilterInvalid(
            raw.value_column,
            fmt::format("'{}' is no time like \"2026-01-31T14:02:13Z\"", raw.value));
      }
      condition.time = *time;
      return condition;
    }
    SAGA_RETURN_IF_ERROR(NeedsEquality(raw));
    if (rule.kind == Kind::kState) SAGA_RETURN_IF_ERROR(CheckWord(raw, StateNames()));
    if (rule.kind == Kind::kHealth) SAGA_RETURN_IF_ERROR(CheckWord(raw, HealthNames()));
    return condition;
  }
  const std::vector<std::string> names = NamesOf(scope);
  return FilterInvalid(raw.field_column,
                       fmt::format("'{}' is no field{}; fields are {}", raw.field,
                                   DidYouMean(raw.field, names), fmt::join(names, ", ")));
}

bool TextMatches(const RowCondition& condition, std::string_view value) {
  return (value == condition.text) == (condition.comparison == Comparison::kEqual);
}

bool SagaMatches(const RowCondition& condition, std::string_view id) {
  if (!condition.text.ends_with('*')) return TextMatches(condition, id);
  const std::string_view prefix(condition.text.data(), condition.text.size() - 1);
  return id.starts_with(prefix) == (condition.comparison == Comparison::kEqual);
}

}  // namespace

Result<std::vector<RawComparison>> ParseComparisons(std::string_view text) {
  if (text.size() > kFilterCharsMax) {
    return FilterInvalid(
        1, fmt::format("has {} characters; at most {} are allowed", text.size(), kFilterCharsMax));
  }
  std::vector<RawComparison> comparisons;
  Scanner scanner(text);
  while (!scanner.AtEnd()) {
    if (comparisons.size() == kFilterConditionsMax) {
      return FilterInvalid(scanner.column(),
                           fmt::format("more than {} comparisons", kFilterConditionsMax));
    }
    if (!comparisons.empty()) {
      SAGA_RETURN_IF_ERROR(ReadAnd(scanner));
      scanner.AtEnd();
    }
    SAGA_ASSIGN_OR_RETURN(RawComparison raw, ReadComparison(scanner));
    comparisons.push_back(std::move(raw));
  }
  return comparisons;
}

Result<RowFilter> ParseRowFilter(std::string_view text, FilterScope scope) {
  SAGA_ASSIGN_OR_RETURN(const std::vector<RawComparison> comparisons, ParseComparisons(text));
  RowFilter filter;
  for (const RawComparison& raw : comparisons) {
    SAGA_ASSIGN_OR_RETURN(RowCondition condition, ToCondition(raw, scope));
    filter.push_back(std::move(condition));
  }
  return filter;
}

Result<AuditFilter> ParseAuditFilter(std::string_view text, std::string_view name_space) {
  SAGA_ASSIGN_OR_RETURN(const std::vector<RawComparison> comparisons, ParseComparisons(text));
  const std::vector<std::string> names = {"resource", "saga", "actor", "method"};
  AuditFilter filter;
  for (const RawComparison& raw : comparisons) {
    if (raw.comparison != Comparison::kEqual) {
      return FilterInvalid(raw.field_column, "only = is possible here");
    }
    if (raw.field == "resource") {
      filter.resource = raw.value;
    } else if (raw.field == "saga") {
      filter.resource = fmt::format("namespaces/{}/sagas/{}", name_space, raw.value);
    } else if (raw.field == "actor") {
      filter.actor = raw.value;
    } else if (raw.field == "method") {
      filter.method = raw.value;
    } else {
      return FilterInvalid(raw.field_column,
                           fmt::format("'{}' is no field{}; fields are {}", raw.field,
                                       DidYouMean(raw.field, names), fmt::join(names, ", ")));
    }
  }
  return filter;
}

bool Matches(const RowFilter& filter, const SagaHeader& header) {
  for (const RowCondition& condition : filter) {
    bool matches = true;
    if (condition.field == RowField::kLabel) {
      const auto label = header.labels.find(condition.label);
      matches =
          TextMatches(condition, label == header.labels.end() ? std::string_view()
                                                              : std::string_view(label->second));
    } else if (condition.field == RowField::kSaga) {
      matches = SagaMatches(condition, header.id.id());
    } else if (condition.field == RowField::kBusinessKey) {
      matches = TextMatches(condition, header.business_key);
    } else if (condition.field == RowField::kDefinition) {
      const bool with_version = condition.text.find('@') != std::string::npos;
      matches = TextMatches(condition, with_version ? fmt::format("{}@{}", header.definition_name,
                                                                  header.definition_version)
                                                    : header.definition_name);
    }
    if (!matches) return false;
  }
  return true;
}

}  // namespace saga::api

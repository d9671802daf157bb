#include "store/filter_sql.h"

#include <fmt/format.h>

#include "base/check.h"

namespace saga {
namespace {

const char* Operator(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return "=";
    case Comparison::kNotEqual:
      return "<>";
    case Comparison::kLess:
      return "<";
    case Comparison::kLessOrEqual:
      return "<=";
    case Comparison::kGreater:
      return ">";
    case Comparison::kGreaterOrEqual:
      return ">=";
  }
  SAGA_UNREACHABLE();
}

// The number that stands for a name in the row; 0 = no such name, which no row has.
template <typename Enum>
std::int64_t NumberOf(const std::string& name, Enum first, Enum last,
                      std::string_view (*name_of)(Enum)) {
  for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<Enum>(i)) == name) return i;
  }
  return 0;
}

class Translator {
 public:
  Translator(PgParams& params, int& next) : params_(params), next_(next) {}

  std::string Translate(const RowCondition& c) {
    switch (c.field) {
      case RowField::kState:
        return Number("state", c,
                      NumberOf(c.text, SagaState::kRunning, SagaState::kResolved, &SagaStateName));
      case RowField::kHealth:
        return Number("health", c,
                      NumberOf(c.text, SagaHealth::kOk, SagaHealth::kPaused, &SagaHealthName));
      case RowField::kDefinition: {
        const bool version = c.text.find('@') != std::string::npos;
        return Text(version ? "(definition || '@' || version)" : "definition", c);
      }
      case RowField::kStep:
        return Text("step", c);
      case RowField::kBusinessKey:
        return Text("business_key", c);
      case RowField::kSaga:
        return Saga(c);
      case RowField::kOwner:
        return Text("owner", c);
      case RowField::kGroup:
        return fmt::format("(stuck_reason <> '' AND {})", Prefix("fingerprint", c, c.text));
      case RowField::kLabel:
        return Text(fmt::format("coalesce(labels ->> {}::text, '')", Place(c.label)), c);
      case RowField::kCreateTime:
        return Time("created_us", c);
      case RowField::kUpdateTime:
        return Time("updated_us", c);
      case RowField::kEndTime:
        return Time("ended_us", c);
    }
    SAGA_UNREACHABLE();
  }

 private:
  std::string Place(const std::string& text) {
    params_.Add(text);
    return fmt::format("${}", next_++);
  }
  std::string Place(std::int64_t number) {
    params_.Add(number);
    return fmt::format("${}", next_++);
  }

  std::string Text(const std::string& column, const RowCondition& c) {
    return fmt::format("{} {} {}::text", column, Operator(c.comparison), Place(c.text));
  }
  // Written out: they are few, and only so can the planner use the indexes for some of them.
  std::string Number(const char* column, const RowCondition& c, std::int64_t number) {
    return fmt::format("{} {} {}", column, Operator(c.comparison), number);
  }
  std::string Time(const char* column, const RowCondition& c) {
    return fmt::format("{} {} {}::bigint", column, Operator(c.comparison),
                       Place(c.time ? ToMicros(*c.time) : 0));
  }
  std::string Prefix(const char* column, const RowCondition& c, const std::string& prefix) {
    const char* negate = c.comparison == Comparison::kEqual ? "" : "NOT ";
    return fmt::format("{}starts_with({}, {}::text)", negate, column, Place(prefix));
  }
  std::string Saga(const RowCondition& c) {
    if (!c.text.empty() && c.text.back() == '*')
      return Prefix("split_part(id, '/', 2)", c, c.text.substr(0, c.text.size() - 1));
    // Against the whole key, which has an index.
    return fmt::format("id {} $1 || '/' || {}::text", Operator(c.comparison), Place(c.text));
  }

  PgParams& params_;
  int& next_;
};

}  // namespace

std::string FilterSql(const RowFilter& filter, PgParams& params, int& next) {
  Translator translator(params, next);
  std::string sql;
  for (const RowCondition& condition : filter) sql += " AND " + translator.Translate(condition);
  return sql;
}

}  // namespace saga

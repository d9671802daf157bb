#include "definition/condition.h"

#include <fmt/format.h>

#include <utility>

#include "base/duration.h"
#include "definition/compiled_expression.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

using expr::TypeKind;
using expr::ValueKind;

Result<std::unique_ptr<const CompiledExpression>> CompileAs(TypeKind wanted, const char* name,
                                                            const std::string& text,
                                                            const Names& names) {
  SAGA_ASSIGN_OR_RETURN(CompiledExpression compiled, CompileExpression(text, names, ""));
  const expr::Type& type = compiled.type();
  const expr::Type& bare = type.Is(TypeKind::kWrapper) ? type.element() : type;
  if (!bare.Is(wanted) && !bare.Is(TypeKind::kDyn)) {
    return InvalidMapping("",
                          fmt::format("'{}' is a {}; {} is wanted", text, type.ToString(), name))
        .WithMetadata("lint", "SAGA008");
  }
  return std::make_unique<const CompiledExpression>(std::move(compiled));
}

}  // namespace

CompiledCondition::CompiledCondition(MappingTypes types, std::optional<StepIndex> own)
    : types_(std::move(types)), names_(std::make_unique<const Names>(types_, own)) {}
CompiledCondition::~CompiledCondition() = default;

Result<std::unique_ptr<const CompiledCondition>> CompiledCondition::Compile(
    const std::string& text, const MappingTypes& types, std::optional<StepIndex> own) {
  std::unique_ptr<CompiledCondition> compiled(new CompiledCondition(types, own));
  SAGA_ASSIGN_OR_RETURN(compiled->expression_,
                        CompileAs(TypeKind::kBool, "true or false", text, *compiled->names_));
  return std::unique_ptr<const CompiledCondition>(std::move(compiled));
}

Result<bool> CompiledCondition::Evaluate(const MappingScope& scope) const {
  const Evaluation evaluation(scope, *names_);
  SAGA_ASSIGN_OR_RETURN(const expr::Value value, evaluation.ValueOf(*expression_));
  if (value.Is(ValueKind::kBool)) return value.AsBool();
  return MappingFailed(expression_->text(), fmt::format("it is a {}, neither true nor false",
                                                        expr::KindName(value.kind())));
}

CompiledDelay::CompiledDelay(MappingTypes types)
    : types_(std::move(types)), names_(std::make_unique<const Names>(types_, std::nullopt)) {}
CompiledDelay::~CompiledDelay() = default;

Result<std::unique_ptr<const CompiledDelay>> CompiledDelay::Compile(const std::string& text,
                                                                    const MappingTypes& types) {
  std::unique_ptr<CompiledDelay> compiled(new CompiledDelay(types));
  SAGA_ASSIGN_OR_RETURN(
      compiled->expression_,
      CompileAs(TypeKind::kDuration, "a duration, e.g. duration('15m'),", text, *compiled->names_));
  return std::unique_ptr<const CompiledDelay>(std::move(compiled));
}

Result<std::chrono::milliseconds> CompiledDelay::Evaluate(const MappingScope& scope) const {
  using std::chrono::milliseconds;
  const Evaluation evaluation(scope, *names_);
  SAGA_ASSIGN_OR_RETURN(const expr::Value value, evaluation.ValueOf(*expression_));
  if (!value.Is(ValueKind::kDuration)) {
    return MappingFailed(expression_->text(),
                         fmt::format("it is a {}, no duration", expr::KindName(value.kind())));
  }
  const auto delay = std::chrono::ceil<milliseconds>(value.AsDuration());
  if (delay > kSagaDeadlineMax) {
    return MappingFailed(expression_->text(),
                         fmt::format("{} is too long; at most {} is allowed", FormatDuration(delay),
                                     FormatDuration(kSagaDeadlineMax)));
  }
  return std::max(delay, milliseconds(0));
}

}  // namespace saga

// Conditions, delays, queries, and the texts that are made when a saga starts.
#include <fmt/format.h>

#include "base/check.h"
#include "definition/check_context.h"
#include "definition/condition.h"

namespace saga {
namespace {

void CheckCondition(CheckContext& context, const std::string& text, const MappingTypes& types,
                    StepIndex own, const std::string& path) {
  if (text.empty()) return;
  const auto compiled = CompiledCondition::Compile(text, types, own);
  if (!compiled.ok()) context.Report(compiled.status(), path);
}

// What a query answers is known here only.
void CheckQueryCondition(CheckContext& context, const std::string& text, const MappingTypes& types,
                         StepIndex own, const std::string& path) {
  CheckCondition(context, text, types, own, path);
  const Names names(types, own);
  const auto compiled = CompileExpression(text, names, "");
  if (compiled.ok()) WarnOfMixedComparisons(context, *compiled, path);
}

void CheckDelay(CheckContext& context, const Delay& delay, const std::string& path) {
  if (delay.expression.empty()) return;
  const auto compiled = CompiledDelay::Compile(delay.expression, context.types);
  if (!compiled.ok()) context.Report(compiled.status(), path);
}

// The answer of a query becomes the step's own.
void CheckQueryOutput(CheckContext& context, StepIndex index, const MappingTypes& types,
                      const std::string& path) {
  const QueryRule& query = *context.definition->step(index).query;
  const TypeHandle& answer = types.steps[ToSize(index)];
  if (answer.type == nullptr || !types.output || types.output->type == nullptr) return;
  if (query.output.kind != Mapping::Kind::kNone) {
    const auto compiled = CompiledMapping::Compile(query.output, answer, types, index);
    if (!compiled.ok()) context.Report(compiled.status(), path + ".output");
    return;
  }
  const std::string& asked = types.output->type->full_name();
  if (asked == answer.type->full_name()) return;
  context.Error(
      path, "SAGA008",
      fmt::format("the query answers {}, but the step answers {}", asked, answer.type->full_name()),
      "output: { …: output.… }");
}

void CheckQuery(CheckContext& context, StepIndex index, const std::string& path) {
  const QueryRule& query = *context.definition->step(index).query;
  const auto method =
      context.source.FindMethod(context.name_space, query.call.participant, query.call.method);
  MappingTypes types = context.types;
  types.output = method.ok() ? method->response : TypeHandle{};
  CheckQueryCondition(context, query.done_if, types, index, path + ".done_if");
  if (!query.rejected_if.empty()) {
    CheckQueryCondition(context, query.rejected_if, types, index, path + ".rejected_if");
  }
  CheckQueryOutput(context, index, types, path);
}

bool IsText(const expr::Type& type) {
  using expr::TypeKind;
  switch (type.kind()) {
    case TypeKind::kBool:
    case TypeKind::kInt:
    case TypeKind::kUint:
    case TypeKind::kDouble:
    case TypeKind::kString:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
    case TypeKind::kDyn:
    case TypeKind::kWrapper:
      return true;
    case TypeKind::kNever:
    case TypeKind::kNull:
    case TypeKind::kBytes:
    case TypeKind::kList:
    case TypeKind::kMap:
    case TypeKind::kMessage:
      return false;
  }
  SAGA_UNREACHABLE();
}

// Business key and labels are made when a saga starts: only its input and its name are known then.
void CheckStartText(CheckContext& context, const Mapping& mapping, const std::string& path) {
  if (mapping.kind != Mapping::Kind::kExpression) return;
  const Names names(context.types, std::nullopt);
  const auto compiled = CompileExpression(mapping.expression, names, "");
  if (!compiled.ok()) return context.Report(compiled.status(), path);
  for (const expr::Reference& read : compiled->program().References()) {
    const NameKind kind = names.of(read.variable).kind;
    const bool known = kind == NameKind::kInput || kind == NameKind::kSagaId ||
                       (kind == NameKind::kSagaKey && path != "business_key");
    if (known) continue;
    const std::string& name = names.environment().variables()[read.variable].name;
    return context.Error(path, "SAGA010", fmt::format("{} is not known when a saga starts", name),
                         "read it from the input, e.g. input.order_id", read.offset);
  }
  if (IsText(compiled->type())) return;
  context.Error(path, "SAGA008",
                fmt::format("{} is no single value that could be text", mapping.expression));
}

}  // namespace

void CheckConditions(CheckContext& context, StepIndex index) {
  const Step& step = context.definition->step(index);
  const std::string path = CheckContext::PathOf(index);
  CheckCondition(context, step.when, context.types, index, path + ".when");
  CheckCondition(context, step.action.reject_if, context.types, index,
                 CheckContext::PathOfAction(index, step) + ".reject_if");
  CheckDelay(context, step.wait, path + (step.kind == StepKind::kSignal ? ".within" : ".wait"));
  if (step.async) CheckDelay(context, step.async->within, path + ".async.within");
  if (step.query) CheckQuery(context, index, path + ".query");
}

void CheckStartTexts(CheckContext& context) {
  CheckStartText(context, context.definition->business_key, "business_key");
  for (const auto& [key, mapping] : context.definition->labels) {
    CheckStartText(context, mapping, "labels." + key);
  }
}

}  // namespace saga

#include "definition/compiled_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/suggest.h"

namespace saga {
namespace {

using google::protobuf::Descriptor;

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

const char* LintCode(expr::CompileErrorKind kind) {
  switch (kind) {
    case expr::CompileErrorKind::kSyntax:
    case expr::CompileErrorKind::kLimit:
    case expr::CompileErrorKind::kUnknownName:
      return "SAGA001";
    case expr::CompileErrorKind::kNoSuchField:
      return "SAGA007";
    case expr::CompileErrorKind::kType:
      return "SAGA008";
  }
  SAGA_UNREACHABLE();
}

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The name at the beginning of `text`.
std::string FirstName(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && IsNameChar(text[end])) ++end;
  return std::string(text.substr(0, end));
}

// A name that is not declared: what it may have been meant to be. Empty = nothing to add.
struct Explanation {
  std::string message;
  const char* lint = "SAGA001";
};

Explanation ExplainStep(std::string_view rest, const MappingTypes& types) {
  const std::string step = rest.starts_with('.') ? FirstName(rest.substr(1)) : std::string();
  if (step.empty()) return {"`steps` alone is no value; name a step: steps.authorize.id"};
  if (types.definition->Find(step)) {
    return {fmt::format("steps.{}: no step has answered yet", step), "SAGA010"};
  }
  std::vector<std::string> ids;
  for (const Step& known : types.definition->steps) ids.push_back(known.id);
  return {fmt::format("steps.{}: there is no step '{}'{}", step, step, DidYouMean(step, ids)),
          "SAGA010"};
}

Explanation ExplainName(const std::string& text, std::size_t offset, const MappingTypes& types) {
  std::size_t begin = std::min(offset, text.size());
  while (begin > 0 && (IsNameChar(text[begin - 1]) || text[begin - 1] == '.')) --begin;
  const std::string_view at = std::string_view(text).substr(begin);
  const std::string name = FirstName(at);
  const std::string_view rest = at.substr(name.size());
  if (name == "steps") return ExplainStep(rest, types);
  if (name == "output") {
    return {
        fmt::format("{}: `output` is the answer of a step's own call; name a step: steps.x", text),
        "SAGA008"};
  }
  if (name == "failure") return {fmt::format("'{}': failure has reason, message and code", text)};
  if (name == "saga") return {fmt::format("'{}': saga has id, key and now", text)};
  if (name.size() == text.size()) {
    return {
        fmt::format("'{}' is not known; a path begins with input, steps, output, failure or "
                    "saga, and a text is quoted twice: '\"{}\"'",
                    name, name)};
  }
  return {};
}

Status CompileFailed(const expr::CompileError& error, const std::string& text, const Names& names,
                     const std::string& where) {
  Explanation why{.message = error.message, .lint = LintCode(error.kind)};
  if (error.kind == expr::CompileErrorKind::kUnknownName) {
    Explanation better = ExplainName(text, error.offset, names.types());
    if (!better.message.empty()) why = std::move(better);
  }
  std::string message = why.message;
  const bool suggested = !error.suggestion.empty() && why.message == error.message;
  if (suggested) message += "; " + error.suggestion;
  return InvalidMapping(where, message)
      .WithMetadata("lint", why.lint)
      .WithMetadata("offset", std::to_string(error.offset));
}

// Whether a plain path is followed without evaluating anything.
bool IsDirect(const expr::Reference& path, const Descriptor* type) {
  return type == nullptr || path.fields.size() == path.names.size();
}

}  // namespace

Status InvalidMapping(const std::string& where, const std::string& why) {
  return Status(StatusCode::kInvalidArgument, "MAPPING_INVALID",
                where.empty() ? why : fmt::format("{}: {}", where, why))
      .WithMetadata("field", where);
}

Status MappingFailed(const std::string& text, const std::string& why) {
  return {StatusCode::kFailedPrecondition, "MAPPING_FAILED", fmt::format("{}: {}", text, why)};
}

Status NoSuchField(const std::string& where, const Descriptor& type, const std::string& name) {
  return InvalidMapping(where, fmt::format("{} has no field {}{}", type.full_name(), name,
                                           DidYouMeanOrThereIs(name, FieldNames(type))))
      .WithMetadata("lint", "SAGA007");
}

CompiledExpression::CompiledExpression(std::string text, expr::Program program, const Names& names)
    : text_(std::move(text)), program_(std::move(program)) {
  const expr::Reference* path = program_.PlainPath();
  if (path == nullptr) return;
  const Name& name = names.of(path->variable);
  const TypeHandle* type = names.TypeOf(name);
  if (type != nullptr) root_type_ = type->type;
  if (IsDirect(*path, root_type_)) root_ = name;
}

Result<CompiledExpression> CompileExpression(const std::string& text, const Names& names,
                                             const std::string& where) {
  expr::CompileResult compiled = expr::Compile(text, names.environment());
  if (const auto* error = std::get_if<expr::CompileError>(&compiled)) {
    return CompileFailed(*error, text, names, where);
  }
  return CompiledExpression(text, std::get<expr::Program>(std::move(compiled)), names);
}

}  // namespace saga

// Paths and literals with everything looked up, and their values.
#pragma once

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "definition/expression.h"
#include "definition/mapping.h"
#include "definition/value.h"

namespace saga {

// Borrows the MappingTypes that it was compiled with.
struct CompiledExpression {
  Expression expression;
  StepIndex step{};                                             // kStep and kOutput.
  std::vector<const google::protobuf::FieldDescriptor*> chain;  // When the type is known.
  const TypeHandle* type = nullptr;  // Of what the path begins in; null = a text or a literal.

  const PathExpression* path() const { return std::get_if<PathExpression>(&expression); }
  // The type of what the path begins in; null = not known or schemaless.
  const google::protobuf::Descriptor* root_type() const { return type ? type->type : nullptr; }
};

// INVALID_ARGUMENT MAPPING_INVALID about the field `where` of a mapping.
Status InvalidMapping(const std::string& where, const std::string& why);
// "pkg.Type has no field x; did you mean y?"
Status NoSuchField(const std::string& where, const google::protobuf::Descriptor& type,
                   const std::string& name);

// `own` is the step whose `output` may be named. Errors: MAPPING_INVALID.
Result<CompiledExpression> CompileExpression(const std::string& text, const MappingTypes& types,
                                             std::optional<StepIndex> own,
                                             const std::string& where);

// The payloads of one scope, each opened at most once. Threads: one. Borrows scope and types.
class OpenedPayloads {
 public:
  OpenedPayloads(const MappingScope& scope, const MappingTypes& types)
      : scope_(scope), types_(types), open_(types.definition->steps.size() + 1) {}

  // Valid as long as this object. Errors: FAILED_PRECONDITION MAPPING_FAILED that names the path.
  Result<Value> Evaluate(const CompiledExpression& compiled);
  // True for a path into a step that never answered: optional and given up, or settled by a person.
  bool IsUnanswered(const CompiledExpression& compiled) const;

 private:
  Result<Value> EvaluatePath(const CompiledExpression& compiled, const PathExpression& path);
  Result<Value> OfSaga(const PathExpression& path) const;
  Result<Value> OfFailure(const PathExpression& path) const;
  Result<Value> At(std::size_t slot, const PayloadRef& payload, const TypeHandle& type,
                   const std::string& name, const CompiledExpression& compiled,
                   const PathExpression& path);

  const MappingScope& scope_;
  const MappingTypes& types_;
  std::vector<std::optional<OpenPayload>> open_;
};

}  // namespace saga

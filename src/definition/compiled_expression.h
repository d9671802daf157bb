// Expressions of a definition, compiled; and their values.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/status.h"
#include "definition/expr/program.h"
#include "definition/names.h"
#include "definition/open_payload.h"

namespace saga {

// A field of a message that somebody else keeps alive: singular, repeated or map. Unlike a value it
// knows whether it is set, and the names of its enum.
struct FieldOf {
  const google::protobuf::Message* message = nullptr;
  const google::protobuf::FieldDescriptor* field = nullptr;
};

// What an expression gives. JSON keeps its own rules of conversion, a message its type.
using Found =
    std::variant<expr::Value, FieldOf, const google::protobuf::Message*, const nlohmann::json*>;

// Borrows the types of its names.
class CompiledExpression final {
 public:
  CompiledExpression(std::string text, expr::Program program, const Names& names);

  const std::string& text() const { return text_; }
  const expr::Program& program() const { return program_; }
  const expr::Type& type() const { return program_.type(); }
  // What a plain path begins in, when nothing but fields of messages or of JSON follow; else
  // absent, and it is evaluated as any other expression.
  const std::optional<Name>& root() const { return root_; }
  // Requires: root().
  const expr::Reference& path() const { return *program_.PlainPath(); }
  // The type of what the path begins in; null = schemaless or unknown, or no payload at all.
  const google::protobuf::Descriptor* root_type() const { return root_type_; }

 private:
  std::string text_;
  expr::Program program_;
  std::optional<Name> root_;
  const google::protobuf::Descriptor* root_type_ = nullptr;
};

// INVALID_ARGUMENT MAPPING_INVALID about the field `where` of a mapping.
Status InvalidMapping(const std::string& where, const std::string& why);
// FAILED_PRECONDITION MAPPING_FAILED about the expression `text`.
Status MappingFailed(const std::string& text, const std::string& why);
// "pkg.Type has no field x; did you mean y?"
Status NoSuchField(const std::string& where, const google::protobuf::Descriptor& type,
                   const std::string& name);

// Errors: MAPPING_INVALID, with metadata "lint", "offset" (in the text) and "suggestion".
Result<CompiledExpression> CompileExpression(const std::string& text, const Names& names,
                                             const std::string& where);

// One evaluation of expressions: the payloads of one scope, each opened at most once.
// Threads: one. Borrows scope and names; what it gives is valid as long as it.
class Evaluation final : public expr::Activation {
 public:
  Evaluation(const MappingScope& scope, const Names& names);

  // Errors: FAILED_PRECONDITION MAPPING_FAILED that names the expression.
  Result<Found> Evaluate(const CompiledExpression& compiled) const;
  // As a value of the language, whatever it is.
  Result<expr::Value> ValueOf(const CompiledExpression& compiled) const;
  // True for an expression that reads a step that never answered: optional and given up, skipped,
  // or settled by a person.
  bool ReadsUnanswered(const CompiledExpression& compiled) const;

  Result<std::optional<expr::Value>> Find(std::size_t variable) const override;

 private:
  Result<Found> FollowPath(const CompiledExpression& compiled) const;
  Result<expr::Value> OfContext(const Name& name, const std::string& text) const;
  const PayloadRef& PayloadOf(const Name& name) const;
  Result<const OpenPayload*> Open(const Name& name) const;

  const MappingScope& scope_;
  const Names& names_;
  mutable std::vector<std::optional<OpenPayload>> open_;  // Input, output, steps.
};

}  // namespace saga

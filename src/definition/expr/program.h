// Expressions: a subset of CEL (docs/reference/expressions.md), checked once, evaluated often.
//
//   Environment environment;
//   const auto input = environment.Declare("input", Type::MessageOf(order_descriptor));
//   CompileResult compiled = Compile("input.total > 100 && has(input.coupon)", environment);
//   Bindings bindings;
//   bindings.Set(input, Value::Message(order));
//   Result<Value> value = std::get<Program>(compiled).Evaluate(bindings);
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"
#include "definition/expr/environment.h"
#include "definition/expr/type.h"
#include "definition/expr/value.h"

namespace saga::expr {

enum class CompileErrorKind : std::uint8_t {
  kSyntax,       // It is no expression.
  kLimit,        // It is too long, too large or too deep.
  kUnknownName,  // No such variable, constant or function.
  kNoSuchField,  // A message type has no such field.
  kType,         // The types do not go together.
};

struct CompileError {
  CompileErrorKind kind = CompileErrorKind::kSyntax;
  std::string message;     // What is wrong, with names and types.
  std::size_t offset = 0;  // In bytes from the beginning of the text.
  std::string suggestion;  // What would be right, or empty.

  // "1:7: message; suggestion", with line and column in `text`.
  std::string ToString(std::string_view text) const;
};

// Line and column, both from 1; columns count characters.
struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;
};
TextPlace PlaceOf(std::string_view text, std::size_t offset);

enum class ReferenceUse : std::uint8_t {
  kRead,
  kTest,  // has(): only whether it is there.
};

// A path that an expression reads: input.total.currency.
struct Reference {
  std::size_t variable = 0;        // Its number in the environment.
  std::vector<std::string> names;  // What follows the variable.
  // The fields of `names`, as far as they are fields of messages whose type is known.
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  ReferenceUse use = ReferenceUse::kRead;
  std::size_t offset = 0;
};

struct Node;

// A checked expression. Immutable. Threads: any. Borrows the descriptors of its environment; the
// environment itself is not needed any more.
class Program {
 public:
  Program(Program&& other) noexcept;
  Program& operator=(Program&& other) noexcept;
  ~Program();

  const Type& type() const;
  // In the order of the text.
  const std::vector<Reference>& References() const;
  // The path, when the expression is nothing else; else null.
  const Reference* PlainPath() const;
  // Where a whole number is put in order with a fraction, by offset: exact, but seldom meant. Whole
  // numbers that are written out do not count.
  std::vector<std::size_t> MixedComparisons() const;
  // The value, when the expression is a literal (or a negative number); else null.
  const Value* Literal() const;

  // Always ends, within the limits of limits.h; does no I/O. Errors: FAILED_PRECONDITION
  // EXPRESSION_FAILED, with metadata "error" ("no_such_field", "no_matching_overload",
  // "overflow", "limit" and so on, docs/reference/expressions.md) and "offset"; or what
  // `activation` failed with.
  Result<Value> Evaluate(const Activation& activation) const;

 private:
  friend class Compiler;
  struct Parts;
  explicit Program(std::unique_ptr<const Parts> parts);

  std::unique_ptr<const Parts> parts_;
};

using CompileResult = std::variant<Program, CompileError>;

// Parses and checks `text`.
CompileResult Compile(std::string_view text, const Environment& environment);

// Why `text` is no expression at all, types aside.
std::optional<CompileError> CheckSyntax(std::string_view text);

}  // namespace saga::expr

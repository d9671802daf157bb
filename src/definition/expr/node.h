// The tree of an expression: made by the parser, completed by the checker, walked by the evaluator.
#pragma once

#include <google/protobuf/descriptor.h>
#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "definition/expr/functions.h"
#include "definition/expr/type.h"
#include "definition/expr/value.h"

namespace saga::expr {

enum class NodeKind : std::uint8_t {
  kLiteral,
  kName,      // Of the parser only: the checker makes a variable, a local or a literal of it.
  kVariable,  // slot = its number in the environment.
  kLocal,     // slot = the macro's variable, counted from the outermost.
  kSelect,    // args[0].name
  kTest,      // has(args[0].name)
  kIndex,     // args[0][args[1]]
  kCall,      // args, the receiver first.
  kAnd,
  kOr,
  kConditional,
  kList,
  kMap,    // Key, value, key, value …
  kMacro,  // args[0] = what it goes over; then the predicate and the transformation.
};

enum class Macro : std::uint8_t { kAll, kExists, kExistsOne, kFilter, kMap };

struct Node {
  NodeKind kind = NodeKind::kLiteral;
  FunctionStyle style = FunctionStyle::kOperator;  // How a call was written.
  Macro macro = Macro::kAll;
  Function function = Function::kAdd;  // Of a call; named ones get it from the checker.
  bool rooted = false;                 // A name with a leading dot.
  std::uint32_t height = 1;            // 1 = no children.
  std::uint32_t offset = 0;            // Of what errors point at, in bytes.
  std::size_t slot = 0;
  std::string name;  // Of a name, a field, a named call, a macro's variable.
  Value literal;
  std::vector<std::unique_ptr<Node>> args;

  // From the checker.
  Type type = Type::Dyn();
  const google::protobuf::FieldDescriptor* field = nullptr;  // Of a select on a known message.
  std::unique_ptr<const re2::RE2> pattern;                   // Of matches() with a literal.
};

using NodePtr = std::unique_ptr<Node>;

}  // namespace saga::expr

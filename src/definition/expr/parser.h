// Makes the tree of an expression from its text.
#pragma once

#include <string_view>
#include <variant>

#include "definition/expr/node.h"
#include "definition/expr/program.h"

namespace saga::expr {

// Errors: kSyntax and kLimit. Recursion is bounded by kDepthMax.
std::variant<NodePtr, CompileError> Parse(std::string_view text);

}  // namespace saga::expr

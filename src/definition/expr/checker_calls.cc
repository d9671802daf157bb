// The calls of functions and operators.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/suggest.h"
#include "definition/expr/checker.h"
#include "definition/expr/pattern.h"

namespace saga::expr {
namespace {

std::string TypesText(const Node& node) {
  std::string text;
  for (std::size_t i = 0; i < node.args.size(); ++i) {
    if (i > 0) text += i + 1 == node.args.size() ? " and " : ", ";
    text += node.args[i]->type.ToString();
  }
  return text;
}

bool IsNumeric(const Type& type) {
  return type.Is(TypeKind::kInt) || type.Is(TypeKind::kUint) || type.Is(TypeKind::kDouble);
}

// How two arguments that do not go together are made to.
std::string ConversionHint(const Node& node) {
  if (node.args.size() != 2) return {};
  const Type& a = node.args[0]->type;
  const Type& b = node.args[1]->type;
  if (IsNumeric(a) && IsNumeric(b)) {
    return fmt::format("convert one of them: {}(…)", Type(a.kind()).ToString());
  }
  if (node.function == Function::kAdd && (a.Is(TypeKind::kString) || b.Is(TypeKind::kString))) {
    return "make a text of the other: string(…)";
  }
  const Type& number = a.enumeration() != nullptr ? a : b;
  if (number.enumeration() != nullptr && (a.Is(TypeKind::kString) || b.Is(TypeKind::kString))) {
    return fmt::format("an enum is a number; its names are written {}.{}", number.ToString(),
                       number.enumeration()->value(0)->name());
  }
  return {};
}

// One is a list, and the other may be.
bool AreLists(const Node& node) {
  const Type list = Type::ListOf(Type::Dyn());
  const Type& a = node.args[0]->type;
  const Type& b = node.args[1]->type;
  return (a.Is(TypeKind::kList) || b.Is(TypeKind::kList)) && IsAssignable(a, list) &&
         IsAssignable(b, list);
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool Checker::CheckCall(Node& node) {
  if (!CheckArgs(node)) return false;
  if (node.style != FunctionStyle::kOperator && !FindFunction(node)) return false;
  if (node.function == Function::kToDyn) {
    if (node.args.size() != 1) return NoOverload(node);
    node.type = Type::Dyn();
    return true;
  }
  if (node.function == Function::kEqual || node.function == Function::kNotEqual) {
    return CheckEquality(node);
  }
  if (node.function == Function::kIn) return CheckIn(node);
  if (node.function == Function::kAdd && AreLists(node)) return CheckJoinedLists(node);
  return CheckOverloads(node) && CheckPattern(node);
}

bool Checker::CheckJoinedLists(Node& node) {
  const auto joined = Join(node.args[0]->type, node.args[1]->type);
  if (joined == nullptr) return NoOverload(node);
  node.type = joined->Is(TypeKind::kList) ? *joined : Type::ListOf(Type::Dyn());
  return true;
}

bool Checker::FindFunction(Node& node) {
  const bool member = node.style == FunctionStyle::kMember;
  for (const Overload& overload : Overloads()) {
    if (overload.style == node.style && FunctionName(overload.function) == node.name) {
      node.function = overload.function;
      return true;
    }
  }
  if (!member && node.name == FunctionName(Function::kToDyn)) {
    node.function = Function::kToDyn;
    return true;
  }
  const auto known = FunctionNames(node.style);
  const auto others = FunctionNames(member ? FunctionStyle::kGlobal : FunctionStyle::kMember);
  std::string suggestion = Suggest(node.name, known);
  if (!suggestion.empty()) suggestion = fmt::format("did you mean '{}'?", suggestion);
  if (Contains(others, node.name)) {
    suggestion = fmt::format("write {}{}", member ? "" : "x.", node.name) + (member ? "(x)" : "()");
  }
  if (!member && (node.name == "all" || node.name == "exists" || node.name == "exists_one" ||
                  node.name == "filter" || node.name == "map")) {
    suggestion = fmt::format("write list.{}(x, …x…)", node.name);
  }
  return Fail(CompileErrorKind::kUnknownName, node,
              fmt::format("there is no function {}", node.name), std::move(suggestion));
}

bool Checker::CheckEquality(Node& node) {
  node.type = Type(TypeKind::kBool);
  const Type& a = node.args[0]->type;
  const Type& b = node.args[1]->type;
  if (IsAssignable(a, b) || IsAssignable(b, a)) return true;
  return NoOverload(node);
}

bool Checker::CheckIn(Node& node) {
  node.type = Type(TypeKind::kBool);
  const Type& in = node.args[1]->type;
  if (in.Is(TypeKind::kDyn) || in.Is(TypeKind::kNever)) return true;
  if (in.Is(TypeKind::kList) && IsAssignable(node.args[0]->type, in.element())) return true;
  if (in.Is(TypeKind::kMap) && IsAssignable(node.args[0]->type, in.key())) return true;
  return NoOverload(node);
}

bool Checker::CheckOverloads(Node& node) {
  std::unique_ptr<Type> result;
  for (const Overload& overload : Overloads()) {
    if (overload.function != node.function || overload.style != node.style ||
        overload.parameters.size() != node.args.size()) {
      continue;
    }
    bool fits = true;
    for (std::size_t i = 0; fits && i < node.args.size(); ++i) {
      // No function has a use for null, though times may be compared with it.
      fits = !node.args[i]->type.Is(TypeKind::kNull) &&
             IsAssignable(node.args[i]->type, overload.parameters[i]);
    }
    if (!fits) continue;
    // Through dyn, several may fit: then the result is known only if they agree.
    if (result == nullptr) {
      result = std::make_unique<Type>(overload.result);
    } else if (!IsSame(*result, overload.result)) {
      *result = Type::Dyn();
    }
  }
  if (result == nullptr) return NoOverload(node);
  // Two dyn may also be lists.
  const bool unknown = node.function == Function::kAdd && node.args[0]->type.Is(TypeKind::kDyn) &&
                       node.args[1]->type.Is(TypeKind::kDyn);
  node.type = unknown ? Type::Dyn() : *result;
  return true;
}

bool Checker::NoOverload(const Node& node) {
  const std::string_view name = FunctionName(node.function);
  if (node.args.empty()) {
    return Fail(CompileErrorKind::kType, node, fmt::format("{} takes an argument", name));
  }
  return Fail(CompileErrorKind::kType, node,
              fmt::format("there is no {} for {}", name, TypesText(node)), ConversionHint(node));
}

bool Checker::CheckPattern(Node& node) {
  if (node.function != Function::kMatches || node.args[1]->kind != NodeKind::kLiteral) return true;
  PatternResult pattern = CompilePattern(node.args[1]->literal.AsString());
  if (pattern.compiled == nullptr) {
    return Fail(CompileErrorKind::kType, *node.args[1],
                fmt::format("it is no regular expression: {}", pattern.error));
  }
  node.pattern = std::move(pattern.compiled);
  return true;
}

}  // namespace saga::expr

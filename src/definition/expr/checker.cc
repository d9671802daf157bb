#include "definition/expr/checker.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/suggest.h"
#include "definition/expr/limits.h"

namespace saga::expr {
namespace {

using google::protobuf::Descriptor;

Type TypeOfLiteral(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return Type(TypeKind::kNull);
    case ValueKind::kBool:
      return Type(TypeKind::kBool);
    case ValueKind::kInt:
      return Type(TypeKind::kInt);
    case ValueKind::kUint:
      return Type(TypeKind::kUint);
    case ValueKind::kDouble:
      return Type(TypeKind::kDouble);
    case ValueKind::kString:
      return Type(TypeKind::kString);
    case ValueKind::kBytes:
      return Type(TypeKind::kBytes);
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
    case ValueKind::kList:
    case ValueKind::kMap:
    case ValueKind::kMessage:
      break;  // There are no literals of these.
  }
  SAGA_UNREACHABLE();
}

std::string Ask(const std::string& candidate) {
  return candidate.empty() ? std::string() : fmt::format("did you mean '{}'?", candidate);
}

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

// "it has a, b, c", when these are few.
std::string Listing(const std::vector<std::string>& names) {
  if (names.empty() || names.size() > 8) return {};
  return fmt::format("there is {}", fmt::join(names, ", "));
}

bool IsBoolean(const Type& type) { return IsAssignable(type, Type(TypeKind::kBool)); }

bool IsKeyType(const Type& type) {
  return type.Is(TypeKind::kDyn) || type.Is(TypeKind::kNever) || type.Is(TypeKind::kBool) ||
         type.Is(TypeKind::kInt) || type.Is(TypeKind::kUint) || type.Is(TypeKind::kString) ||
         (type.Is(TypeKind::kWrapper) && IsKeyType(type.element()));
}

// The join of what stands in a list or a map; dyn when there is none.
Type JoinOrDyn(const Type& a, const Type& b) {
  const auto joined = Join(a, b);
  return joined == nullptr ? Type::Dyn() : *joined;
}

}  // namespace

bool Checker::Fail(CompileErrorKind kind, const Node& node, std::string message,
                   std::string suggestion) {
  error_ = CompileError{kind, std::move(message), node.offset, std::move(suggestion)};
  return false;
}

bool Checker::Check(Node& node) {
  switch (node.kind) {
    case NodeKind::kLiteral:
      node.type = TypeOfLiteral(node.literal);
      return true;
    case NodeKind::kName:
    case NodeKind::kSelect:
    case NodeKind::kTest:
      return CheckAccess(node);
    case NodeKind::kIndex:
      return CheckIndex(node);
    case NodeKind::kCall:
      return CheckCall(node);
    case NodeKind::kAnd:
    case NodeKind::kOr:
      return CheckLogic(node);
    case NodeKind::kConditional:
      return CheckConditional(node);
    case NodeKind::kList:
      return CheckList(node);
    case NodeKind::kMap:
      return CheckMap(node);
    case NodeKind::kMacro:
      return CheckMacro(node);
    case NodeKind::kVariable:
    case NodeKind::kLocal:
      break;  // Made here, not by the parser.
  }
  SAGA_UNREACHABLE();
}

bool Checker::CheckArgs(Node& node, std::size_t first) {
  for (std::size_t i = first; i < node.args.size(); ++i) {
    if (!Check(*node.args[i])) return false;
  }
  return true;
}

const Checker::Local* Checker::FindLocal(const std::string& name, std::size_t& slot) const {
  for (slot = locals_.size(); slot-- > 0;) {
    if (locals_[slot].name == name) return &locals_[slot];
  }
  return nullptr;
}

// A name, or fields of something: a path when it begins with a name.
bool Checker::CheckAccess(Node& node) {
  std::vector<Node*> chain;  // Outermost first, then turned round.
  Node* base = &node;
  // A has() further in is a value, no part of a path.
  while (base->kind == NodeKind::kSelect || (base == &node && base->kind == NodeKind::kTest)) {
    chain.push_back(base);
    base = base->args[0].get();
  }
  chain.push_back(base);
  std::reverse(chain.begin(), chain.end());
  std::size_t slot = 0;
  const Local* local =
      base->kind == NodeKind::kName && !base->rooted ? FindLocal(base->name, slot) : nullptr;
  if (local != nullptr) {
    base->kind = NodeKind::kLocal;
    base->slot = slot;
    base->type = local->type;
  } else if (base->kind == NodeKind::kName) {
    return CheckPath(chain);
  } else if (!Check(*base)) {
    return false;
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (!CheckSelect(*chain[i])) return false;
  }
  return true;
}

// The longest beginning that is a variable or a constant is meant.
bool Checker::CheckPath(std::vector<Node*>& chain) {
  std::vector<std::string> names{chain[0]->name};
  for (std::size_t i = 1; i < chain.size(); ++i) {
    names.push_back(fmt::format("{}.{}", names.back(), chain[i]->name));
  }
  for (std::size_t length = chain.size(); length-- > 0;) {
    Node& node = *chain[length];
    if (const auto variable = environment_.Find(names[length])) {
      if (!UseVariable(node, *variable, chain, length + 1)) return false;
    } else if (const auto* constant = environment_.FindConstant(names[length]);
               constant != nullptr && node.kind != NodeKind::kTest) {
      node.kind = NodeKind::kLiteral;
      node.literal = Value::Int(constant->number());
      node.type = Type::EnumOf(*constant->type());
      node.args.clear();
    } else {
      continue;
    }
    for (std::size_t i = length + 1; i < chain.size(); ++i) {
      if (!CheckSelect(*chain[i])) return false;
    }
    return true;
  }
  return UnknownName(chain);
}

bool Checker::UseVariable(Node& node, std::size_t variable, const std::vector<Node*>& chain,
                          std::size_t first) {
  Reference reference{.variable = variable, .offset = chain[0]->offset};
  const Type* type = &environment_.variables()[variable].type;
  Type reached = *type;
  for (std::size_t i = first; i < chain.size(); ++i) {
    reference.names.push_back(chain[i]->name);
    // Fields are known as long as every one before them is.
    if (reference.fields.size() + 1 < reference.names.size() || reached.message() == nullptr) {
      continue;
    }
    const auto* field = reached.message()->FindFieldByName(chain[i]->name);
    if (field == nullptr) continue;
    reference.fields.push_back(field);
    reached = Type::FieldOf(*field);
  }
  const bool tests = chain.back()->kind == NodeKind::kTest;
  reference.use = tests ? ReferenceUse::kTest : ReferenceUse::kRead;
  references_.push_back(std::move(reference));
  // has() of a whole variable asks whether it is there; its node keeps its kind.
  const bool whole = node.kind == NodeKind::kTest;
  node.kind = whole ? NodeKind::kTest : NodeKind::kVariable;
  node.slot = variable;
  node.type = whole ? Type(TypeKind::kBool) : *type;
  node.name = environment_.variables()[variable].name;
  node.args.clear();
  return true;
}

bool Checker::UnknownName(const std::vector<Node*>& chain) {
  std::string scope;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const std::string name = scope.empty() ? chain[i]->name : scope + "." + chain[i]->name;
    if (environment_.IsNamespace(name)) {
      scope = name;
      continue;
    }
    std::vector<std::string> known = environment_.NamesIn(scope);
    if (scope.empty()) {
      for (const Local& local : locals_) known.push_back(local.name);
    }
    std::string suggestion = Ask(Suggest(chain[i]->name, known));
    if (suggestion.empty()) suggestion = Listing(known);
    if (suggestion.empty() && scope.empty()) suggestion = "a text is written in quotes";
    return Fail(CompileErrorKind::kUnknownName, *chain[i],
                scope.empty() ? fmt::format("there is nothing called '{}'", name)
                              : fmt::format("{} has no '{}'", scope, chain[i]->name),
                std::move(suggestion));
  }
  return Fail(CompileErrorKind::kUnknownName, *chain.back(),
              fmt::format("'{}' alone is no value", scope), Listing(environment_.NamesIn(scope)));
}

// args[0].name, or has() of it. Requires: args[0] is checked.
bool Checker::CheckSelect(Node& node) {
  const Type& of = node.args[0]->type;
  if (of.Is(TypeKind::kMessage)) {
    node.field = of.message()->FindFieldByName(node.name);
    if (node.field == nullptr) {
      return Fail(CompileErrorKind::kNoSuchField, node,
                  fmt::format("{} has no field {}", of.message()->full_name(), node.name),
                  Ask(Suggest(node.name, FieldNames(*of.message()))));
    }
    node.type = Type::FieldOf(*node.field);
  } else if (of.Is(TypeKind::kMap)) {
    if (!IsAssignable(Type(TypeKind::kString), of.key())) {
      return Fail(CompileErrorKind::kType, node,
                  fmt::format("the keys of {} are no texts", of.ToString()),
                  "write an index: x[1]");
    }
    node.type = of.element();
  } else if (of.Is(TypeKind::kDyn) || of.Is(TypeKind::kNever)) {
    node.type = Type::Dyn();
  } else {
    return Fail(
        CompileErrorKind::kType, node,
        fmt::format("{} has no fields, so no {}", of.ToString(), node.name),
        of.Is(TypeKind::kList)
            ? fmt::format("choose an element, [0].{0}, or go over all, .map(x, x.{0})", node.name)
            : "");
  }
  if (node.kind == NodeKind::kTest) node.type = Type(TypeKind::kBool);
  return true;
}

bool Checker::CheckIndex(Node& node) {
  if (!CheckArgs(node)) return false;
  const Type& of = node.args[0]->type;
  const Type& index = node.args[1]->type;
  if (of.Is(TypeKind::kDyn) || of.Is(TypeKind::kNever)) {
    node.type = Type::Dyn();
    return true;
  }
  if (!of.Is(TypeKind::kList) && !of.Is(TypeKind::kMap)) {
    return Fail(CompileErrorKind::kType, node,
                fmt::format("{} has no elements to choose from", of.ToString()));
  }
  const Type wanted = of.Is(TypeKind::kList) ? Type(TypeKind::kInt) : of.key();
  if (!IsAssignable(index, wanted)) {
    return Fail(CompileErrorKind::kType, *node.args[1],
                fmt::format("{} is indexed by {}, not by {}", of.ToString(), wanted.ToString(),
                            index.ToString()));
  }
  node.type = of.element().Is(TypeKind::kNever) ? Type::Dyn() : of.element();
  return true;
}

bool Checker::CheckLogic(Node& node) {
  if (!CheckArgs(node)) return false;
  for (const NodePtr& arg : node.args) {
    if (IsBoolean(arg->type)) continue;
    return Fail(CompileErrorKind::kType, *arg,
                fmt::format("{} joins truth values, not {}",
                            node.kind == NodeKind::kAnd ? "&&" : "||", arg->type.ToString()));
  }
  node.type = Type(TypeKind::kBool);
  return true;
}

bool Checker::CheckConditional(Node& node) {
  if (!CheckArgs(node)) return false;
  if (!IsBoolean(node.args[0]->type)) {
    return Fail(CompileErrorKind::kType, *node.args[0],
                fmt::format("the condition of ?: is {}, not bool", node.args[0]->type.ToString()));
  }
  const auto joined = Join(node.args[1]->type, node.args[2]->type);
  if (joined == nullptr) {
    return Fail(CompileErrorKind::kType, node,
                fmt::format("the branches of ?: are {} and {}", node.args[1]->type.ToString(),
                            node.args[2]->type.ToString()),
                "make them the same type, or dyn(…) one of them");
  }
  node.type = *joined;
  return true;
}

bool Checker::CheckList(Node& node) {
  if (!CheckArgs(node)) return false;
  Type element(TypeKind::kNever);
  for (const NodePtr& arg : node.args) element = JoinOrDyn(element, arg->type);
  node.type = Type::ListOf(std::move(element));
  return true;
}

bool Checker::CheckMap(Node& node) {
  if (!CheckArgs(node)) return false;
  Type key(TypeKind::kNever);
  Type value(TypeKind::kNever);
  for (std::size_t i = 0; i + 1 < node.args.size(); i += 2) {
    const Type& type = node.args[i]->type;
    if (!IsKeyType(type)) {
      return Fail(CompileErrorKind::kType, *node.args[i],
                  fmt::format("{} is no key of a map; keys are bool, int, uint or string",
                              type.ToString()));
    }
    key = JoinOrDyn(key, type);
    value = JoinOrDyn(value, node.args[i + 1]->type);
  }
  node.type = Type::MapOf(std::move(key), std::move(value));
  return true;
}

bool Checker::CheckMacro(Node& node) {
  if (!Check(*node.args[0])) return false;
  const Type over = node.args[0]->type;
  Type element = Type::Dyn();
  if (over.Is(TypeKind::kList)) {
    element = over.element();
  } else if (over.Is(TypeKind::kMap)) {
    element = over.key();
  } else if (!over.Is(TypeKind::kDyn) && !over.Is(TypeKind::kNever)) {
    return Fail(
        CompileErrorKind::kType, node,
        fmt::format("it goes over lists and the keys of maps, not over {}", over.ToString()));
  }
  if (locals_.size() == kLocalsMax) {
    return Fail(CompileErrorKind::kLimit, node,
                fmt::format("more than {} macros are nested", kLocalsMax));
  }
  locals_.push_back({node.name, element});
  node.slot = locals_.size() - 1;
  const bool checked = CheckBody(node, element);
  locals_.pop_back();
  return checked;
}

bool Checker::CheckBody(Node& node, const Type& element) {
  if (!CheckArgs(node, 1)) return false;
  const bool transforms = node.macro == Macro::kMap;
  if (!transforms || node.args.size() == 3) {
    const Node& predicate = *node.args[1];
    if (!IsBoolean(predicate.type)) {
      return Fail(CompileErrorKind::kType, predicate,
                  fmt::format("the condition is {}, not bool", predicate.type.ToString()));
    }
  }
  if (transforms) {
    node.type = Type::ListOf(node.args.back()->type);
  } else if (node.macro == Macro::kFilter) {
    node.type = Type::ListOf(element);
  } else {
    node.type = Type(TypeKind::kBool);
  }
  return true;
}

}  // namespace saga::expr

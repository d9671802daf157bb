#include "definition/expr/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "definition/expr/checker.h"
#include "definition/expr/evaluator.h"
#include "definition/expr/node.h"
#include "definition/expr/parser.h"

namespace saga::expr {

struct Program::Parts {
  NodePtr root;
  std::vector<Reference> references;
  bool is_path = false;
};

namespace {

// Whether the tree is a variable and fields of it, nothing else.
bool IsPath(const Node& root) {
  const Node* node = &root;
  while (node->kind == NodeKind::kSelect) node = node->args[0].get();
  return node->kind == NodeKind::kVariable;
}

bool IsOrdering(Function function) {
  return function == Function::kLess || function == Function::kLessOrEqual ||
         function == Function::kGreater || function == Function::kGreaterOrEqual;
}

bool IsWhole(const Node& node) {
  return node.kind != NodeKind::kLiteral &&
         (node.type.Is(TypeKind::kInt) || node.type.Is(TypeKind::kUint));
}

void FindMixedComparisons(const Node& node, std::vector<std::size_t>& offsets) {
  if (node.kind == NodeKind::kCall && IsOrdering(node.function) && node.args.size() == 2) {
    const Node& a = *node.args[0];
    const Node& b = *node.args[1];
    const bool mixed = (IsWhole(a) && b.type.Is(TypeKind::kDouble)) ||
                       (a.type.Is(TypeKind::kDouble) && IsWhole(b));
    if (mixed) offsets.push_back(node.offset);
  }
  for (const NodePtr& arg : node.args) FindMixedComparisons(*arg, offsets);
}

}  // namespace

class Compiler {
 public:
  static CompileResult Run(std::string_view text, const Environment& environment) {
    auto parsed = Parse(text);
    if (auto* error = std::get_if<CompileError>(&parsed)) return std::move(*error);
    auto parts = std::make_unique<Program::Parts>();
    parts->root = std::move(std::get<NodePtr>(parsed));
    Checker checker(environment);
    if (!checker.Check(*parts->root)) return checker.error();
    parts->references = checker.TakeReferences();
    std::stable_sort(parts->references.begin(), parts->references.end(),
                     [](const Reference& a, const Reference& b) { return a.offset < b.offset; });
    parts->is_path = IsPath(*parts->root);
    return Program(std::move(parts));
  }
};

Program::Program(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
Program::Program(Program&& other) noexcept = default;
Program& Program::operator=(Program&& other) noexcept = default;
Program::~Program() = default;

const Type& Program::type() const { return parts_->root->type; }

const std::vector<Reference>& Program::References() const { return parts_->references; }

const Reference* Program::PlainPath() const {
  return parts_->is_path ? parts_->references.data() : nullptr;
}

std::vector<std::size_t> Program::MixedComparisons() const {
  std::vector<std::size_t> offsets;
  FindMixedComparisons(*parts_->root, offsets);
  return offsets;
}

const Value* Program::Literal() const {
  return parts_->root->kind == NodeKind::kLiteral ? &parts_->root->literal : nullptr;
}

Result<Value> Program::Evaluate(const Activation& activation) const {
  return Evaluator(activation).Run(*parts_->root);
}

CompileResult Compile(std::string_view text, const Environment& environment) {
  return Compiler::Run(text, environment);
}

std::optional<CompileError> CheckSyntax(std::string_view text) {
  auto parsed = Parse(text);
  if (auto* error = std::get_if<CompileError>(&parsed)) return std::move(*error);
  return std::nullopt;
}

TextPlace PlaceOf(std::string_view text, std::size_t offset) {
  TextPlace place;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((byte & 0xC0) != 0x80) {
      ++place.column;
    }
  }
  return place;
}

std::string CompileError::ToString(std::string_view text) const {
  const TextPlace place = PlaceOf(text, offset);
  return fmt::format("{}:{}: {}{}{}", place.line, place.column, message,
                     suggestion.empty() ? "" : "; ", suggestion);
}

}  // namespace saga::expr

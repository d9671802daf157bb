#include "definition/expr/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "definition/expr/lexer.h"
#include "definition/expr/limits.h"

namespace saga::expr {
namespace {

constexpr std::array<std::string_view, 4> kKeywords{"false", "in", "null", "true"};
constexpr std::array<std::string_view, 17> kReserved{
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};

template <std::size_t kSize>
bool Holds(const std::array<std::string_view, kSize>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What other languages say, and what is said here.
std::string_view OtherWord(std::string_view word) {
  if (word == "and" || word == "AND") return "both is &&";
  if (word == "or" || word == "OR") return "either is ||";
  if (word == "not" || word == "NOT") return "not is !";
  return {};
}

struct BinaryOperator {
  std::string_view text;
  int precedence;  // The higher, the tighter.
  NodeKind kind = NodeKind::kCall;
  Function function = Function::kAdd;
};

constexpr std::array<BinaryOperator, 14> kBinaryOperators{{
    {"||", 1, NodeKind::kOr},
    {"&&", 2, NodeKind::kAnd},
    {"==", 3, NodeKind::kCall, Function::kEqual},
    {"!=", 3, NodeKind::kCall, Function::kNotEqual},
    {"<", 3, NodeKind::kCall, Function::kLess},
    {"<=", 3, NodeKind::kCall, Function::kLessOrEqual},
    {">", 3, NodeKind::kCall, Function::kGreater},
    {">=", 3, NodeKind::kCall, Function::kGreaterOrEqual},
    {"in", 3, NodeKind::kCall, Function::kIn},
    {"+", 4, NodeKind::kCall, Function::kAdd},
    {"-", 4, NodeKind::kCall, Function::kSubtract},
    {"*", 5, NodeKind::kCall, Function::kMultiply},
    {"/", 5, NodeKind::kCall, Function::kDivide},
    {"%", 5, NodeKind::kCall, Function::kModulo},
}};

struct MacroName {
  std::string_view name;
  Macro macro;
};

constexpr std::array<MacroName, 5> kMacros{{{"all", Macro::kAll},
                                            {"exists", Macro::kExists},
                                            {"exists_one", Macro::kExistsOne},
                                            {"filter", Macro::kFilter},
                                            {"map", Macro::kMap}}};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  std::variant<NodePtr, CompileError> Run() {
    NodePtr root = Advance() ? Expression() : nullptr;
    if (root != nullptr && token_.kind != TokenKind::kEnd) Unexpected("an operator or the end");
    if (error_) return std::move(*error_);
    return root;
  }

 private:
  std::nullptr_t Fail(CompileErrorKind kind, std::size_t offset, std::string message,
                      std::string suggestion = "") {
    if (!error_) error_ = CompileError{kind, std::move(message), offset, std::move(suggestion)};
    return nullptr;
  }
  std::nullptr_t Unexpected(std::string_view wanted) {
    return Fail(CompileErrorKind::kSyntax, token_.offset,
                token_.kind == TokenKind::kEnd
                    ? fmt::format("the expression ends where {} is wanted", wanted)
                    : fmt::format("{} stands where {} is wanted", token_.text, wanted),
                std::string(OtherWord(token_.text)));
  }

  bool Advance() {
    if (lexer_.Next(token_)) return true;
    if (!error_) error_ = lexer_.error();
    return false;
  }
  bool At(std::string_view symbol) const {
    return token_.kind == TokenKind::kSymbol && token_.text == symbol;
  }
  bool Expect(std::string_view symbol) {
    if (At(symbol)) return Advance();
    Unexpected(symbol);
    return false;
  }

  NodePtr Make(NodeKind kind, std::size_t offset, std::vector<NodePtr> args = {}) {
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->offset = static_cast<std::uint32_t>(offset);
    node->args = std::move(args);
    for (const NodePtr& arg : node->args) {
      if (arg == nullptr) return nullptr;
      node->height = std::max(node->height, arg->height + 1);
    }
    if (++nodes_ > kNodesMax) return TooLarge(offset);
    if (node->height > kDepthMax) return TooDeep(offset);
    return node;
  }
  NodePtr Make(NodeKind kind, std::size_t offset, NodePtr first, NodePtr second = nullptr) {
    std::vector<NodePtr> args;
    args.push_back(std::move(first));
    if (second != nullptr) args.push_back(std::move(second));
    return Make(kind, offset, std::move(args));
  }
  NodePtr TooLarge(std::size_t offset) {
    return Fail(CompileErrorKind::kLimit, offset,
                fmt::format("the expression has more than {} parts", kNodesMax));
  }
  NodePtr TooDeep(std::size_t offset) {
    return Fail(CompileErrorKind::kLimit, offset,
                fmt::format("the expression is nested deeper than {}", kDepthMax));
  }
  NodePtr Call(Function function, std::size_t offset, NodePtr first, NodePtr second = nullptr) {
    NodePtr node = Make(NodeKind::kCall, offset, std::move(first), std::move(second));
    if (node != nullptr) node->function = function;
    return node;
  }

  // Expr = ConditionalOr ["?" ConditionalOr ":" Expr]
  NodePtr Expression() {
    if (++depth_ > kDepthMax) return TooDeep(token_.offset);
    NodePtr result = Binary(1);
    if (result != nullptr && At("?")) result = Conditional(std::move(result));
    --depth_;
    return result;
  }

  NodePtr Conditional(NodePtr condition) {
    const std::size_t offset = token_.offset;
    if (!Advance()) return nullptr;
    NodePtr yes = Binary(1);
    if (yes == nullptr || !Expect(":")) return nullptr;
    NodePtr no = Expression();
    if (no == nullptr) return nullptr;
    std::vector<NodePtr> args;
    args.push_back(std::move(condition));
    args.push_back(std::move(yes));
    args.push_back(std::move(no));
    return Make(NodeKind::kConditional, offset, std::move(args));
  }

  const BinaryOperator* OperatorHere() const {
    if (token_.kind != TokenKind::kSymbol && token_.kind != TokenKind::kName) return nullptr;
    for (const BinaryOperator& candidate : kBinaryOperators) {
      if (candidate.text == token_.text) return &candidate;
    }
    return nullptr;
  }

  // A chain of operators that bind at least as tightly as `precedence`, leftmost first.
  NodePtr Binary(int precedence) {
    NodePtr left = Unary();
    while (left != nullptr) {
      const BinaryOperator* op = OperatorHere();
      if (op == nullptr || op->precedence < precedence) break;
      const std::size_t offset = token_.offset;
      if (!Advance()) return nullptr;
      NodePtr right = Binary(op->precedence + 1);
      if (right == nullptr) return nullptr;
      left = Make(op->kind, offset, std::move(left), std::move(right));
      if (left != nullptr) left->function = op->function;
    }
    return left;
  }

  // Unary = Member | "!" {"!"} Member | "-" {"-"} Member
  NodePtr Unary() {
    if (!At("!") && !At("-")) return Member();
    const bool negates = At("-");
    std::vector<std::size_t> offsets;
    while (At(negates ? "-" : "!")) {
      if (offsets.size() == kDepthMax) return TooDeep(token_.offset);
      offsets.push_back(token_.offset);
      if (!Advance()) return nullptr;
    }
    NodePtr result;
    if (negates && (token_.kind == TokenKind::kInt || token_.kind == TokenKind::kDouble)) {
      result = NegativeLiteral(offsets.back());
      if (result != nullptr) result = Postfix(std::move(result));
      offsets.pop_back();
    } else {
      result = Member();
    }
    for (; result != nullptr && !offsets.empty(); offsets.pop_back()) {
      result =
          Call(negates ? Function::kNegate : Function::kNot, offsets.back(), std::move(result));
    }
    return result;
  }

  // The sign belongs to the literal, so that the smallest int can be written.
  NodePtr NegativeLiteral(std::size_t offset) {
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    Value value = Value::Double(-token_.real);
    if (token_.kind == TokenKind::kInt) {
      if (token_.number > kMax + 1) return IntTooLarge(offset);
      value = Value::Int(static_cast<std::int64_t>(~token_.number + 1));
    }
    return Literal(std::move(value), offset);
  }

  NodePtr IntTooLarge(std::size_t offset) {
    return Fail(CompileErrorKind::kSyntax, offset, "the number does not fit into an int",
                "write a u behind it for a uint");
  }

  NodePtr Literal(Value value, std::size_t offset) {
    if (!Advance()) return nullptr;
    NodePtr node = Make(NodeKind::kLiteral, offset);
    if (node != nullptr) node->literal = std::move(value);
    return node;
  }

  NodePtr Member() { return Postfix(Primary()); }

  NodePtr Postfix(NodePtr result) {
    while (result != nullptr) {
      if (At(".")) {
        result = Selection(std::move(result));
      } else if (At("[")) {
        const std::size_t offset = token_.offset;
        if (!Advance()) return nullptr;
        NodePtr index = Expression();
        if (index == nullptr || !Expect("]")) return nullptr;
        result = Make(NodeKind::kIndex, offset, std::move(result), std::move(index));
      } else if (At("{")) {
        return Fail(CompileErrorKind::kSyntax, token_.offset,
                    "messages are not constructed in expressions",
                    "write a map, {'field': value}, where a message is wanted");
      } else {
        break;
      }
    }
    return result;
  }

  NodePtr Selection(NodePtr target) {
    if (!Advance()) return nullptr;
    const bool quoted = token_.kind == TokenKind::kQuotedName;
    if (!quoted && (token_.kind != TokenKind::kName || Holds(kKeywords, token_.text))) {
      return Unexpected("the name of a field or a function");
    }
    const std::size_t offset = token_.offset;
    std::string name = quoted ? token_.content : std::string(token_.text);
    if (!Advance()) return nullptr;
    if (!quoted && At("(")) return MemberCall(std::move(target), std::move(name), offset);
    NodePtr node = Make(NodeKind::kSelect, offset, std::move(target));
    if (node != nullptr) node->name = std::move(name);
    return node;
  }

  NodePtr MemberCall(NodePtr target, std::string name, std::size_t offset) {
    std::vector<NodePtr> args;
    args.push_back(std::move(target));
    if (!Arguments(args)) return nullptr;
    for (const MacroName& macro : kMacros) {
      if (macro.name == name) return MacroCall(macro, offset, std::move(args));
    }
    NodePtr node = Make(NodeKind::kCall, offset, std::move(args));
    if (node == nullptr) return nullptr;
    node->style = FunctionStyle::kMember;
    node->name = std::move(name);
    return node;
  }

  NodePtr MacroCall(const MacroName& macro, std::size_t offset, std::vector<NodePtr> args) {
    const bool maps = macro.macro == Macro::kMap;
    if (args.size() != 3 && !(maps && args.size() == 4)) {
      return Fail(CompileErrorKind::kSyntax, offset,
                  fmt::format("{} takes a name and an expression", macro.name),
                  fmt::format("{}(x, …x…)", macro.name));
    }
    if (args[1]->kind != NodeKind::kName || args[1]->rooted) {
      return Fail(CompileErrorKind::kSyntax, args[1]->offset,
                  fmt::format("{} begins with a name for each element", macro.name),
                  fmt::format("{}(x, …x…)", macro.name));
    }
    std::string variable = std::move(args[1]->name);
    args.erase(args.begin() + 1);
    NodePtr node = Make(NodeKind::kMacro, offset, std::move(args));
    if (node == nullptr) return nullptr;
    node->macro = macro.macro;
    node->name = std::move(variable);
    return node;
  }

  // "(" [ExprList] ")": behind what `args` holds already.
  bool Arguments(std::vector<NodePtr>& args) {
    if (!Expect("(")) return false;
    while (!At(")")) {
      args.push_back(Expression());
      if (args.back() == nullptr) return false;
      if (At(")")) break;
      if (!At(",")) return Unexpected(", or )") != nullptr;
      if (!Advance()) return false;
      if (At(")")) return Unexpected("an argument") != nullptr;
    }
    return Expect(")");
  }

  NodePtr Primary() {
    const std::size_t offset = token_.offset;
    switch (token_.kind) {
      case TokenKind::kInt:
        if (token_.number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
          return IntTooLarge(offset);
        }
        return Literal(Value::Int(static_cast<std::int64_t>(token_.number)), offset);
      case TokenKind::kUint:
        return Literal(Value::Uint(token_.number), offset);
      case TokenKind::kDouble:
        return Literal(Value::Double(token_.real), offset);
      case TokenKind::kString:
        return Literal(Value::String(std::move(token_.content)), offset);
      case TokenKind::kBytes:
        return Literal(Value::Bytes(std::move(token_.content)), offset);
      case TokenKind::kName:
        return Name();
      case TokenKind::kQuotedName:
      case TokenKind::kEnd:
        return Unexpected("a value");
      case TokenKind::kSymbol:
        break;
    }
    if (At("(")) return Parenthesised();
    if (At("[")) return ListLiteral();
    if (At("{")) return MapLiteral();
    if (At(".")) {
      if (!Advance()) return nullptr;
      if (token_.kind == TokenKind::kName) return Name(offset);
      return Unexpected("a name");
    }
    return Unexpected("a value");
  }

  NodePtr Parenthesised() {
    if (!Advance()) return nullptr;
    NodePtr inner = Expression();
    return inner != nullptr && Expect(")") ? std::move(inner) : nullptr;
  }

  // `root` = where the leading dot stands.
  NodePtr Name(std::optional<std::size_t> root = std::nullopt) {
    const std::size_t offset = token_.offset;
    const std::string name(token_.text);
    if (!root && name == "true") return Literal(Value::Bool(true), offset);
    if (!root && name == "false") return Literal(Value::Bool(false), offset);
    if (!root && name == "null") return Literal(Value(), offset);
    if (Holds(kKeywords, name)) return Unexpected("a value");
    if (Holds(kReserved, name)) {
      return Fail(CompileErrorKind::kSyntax, offset, fmt::format("{} is a reserved word", name));
    }
    if (!Advance()) return nullptr;
    if (At("(")) return GlobalCall(name, offset);
    NodePtr node = Make(NodeKind::kName, offset);
    if (node == nullptr) return nullptr;
    node->name = name;
    node->rooted = root.has_value();
    return node;
  }

  NodePtr GlobalCall(const std::string& name, std::size_t offset) {
    std::vector<NodePtr> args;
    if (!Arguments(args)) return nullptr;
    if (name == "has") {
      if (args.size() != 1 || args[0]->kind != NodeKind::kSelect) {
        return Fail(CompileErrorKind::kSyntax, offset, "has takes one field", "has(x.field)");
      }
      args[0]->kind = NodeKind::kTest;
      return std::move(args[0]);
    }
    NodePtr node = Make(NodeKind::kCall, offset, std::move(args));
    if (node == nullptr) return nullptr;
    node->style = FunctionStyle::kGlobal;
    node->name = name;
    return node;
  }

  NodePtr ListLiteral() {
    const std::size_t offset = token_.offset;
    std::vector<NodePtr> elements;
    if (!Advance()) return nullptr;
    while (!At("]")) {
      elements.push_back(Expression());
      if (elements.back() == nullptr) return nullptr;
      if (At("]")) break;
      if (!At(",")) return Unexpected(", or ]");
      if (!Advance()) return nullptr;
    }
    return Expect("]") ? Make(NodeKind::kList, offset, std::move(elements)) : nullptr;
  }

  NodePtr MapLiteral() {
    const std::size_t offset = token_.offset;
    std::vector<NodePtr> entries;
    if (!Advance()) return nullptr;
    while (!At("}")) {
      entries.push_back(Expression());
      if (entries.back() == nullptr || !Expect(":")) return nullptr;
      entries.push_back(Expression());
      if (entries.back() == nullptr) return nullptr;
      if (At("}")) break;
      if (!At(",")) return Unexpected(", or }");
      if (!Advance()) return nullptr;
    }
    return Expect("}") ? Make(NodeKind::kMap, offset, std::move(entries)) : nullptr;
  }

  Lexer lexer_;
  Token token_;
  std::optional<CompileError> error_;
  std::size_t nodes_ = 0;
  std::uint32_t depth_ = 0;
};

}  // namespace

std::variant<NodePtr, CompileError> Parse(std::string_view text) {
  if (text.size() > kTextBytesMax) {
    return CompileError{CompileErrorKind::kLimit,
                        fmt::format("the expression has {} bytes; at most {} are allowed",
                                    text.size(), kTextBytesMax)};
  }
  if (!IsValidUtf8(text)) {
    return CompileError{CompileErrorKind::kSyntax, "the expression is no UTF-8 text"};
  }
  return Parser(text).Run();
}

}  // namespace saga::expr

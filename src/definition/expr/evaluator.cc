#include "definition/expr/evaluator.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/check.h"
#include "definition/expr/compare.h"
#include "definition/expr/operations.h"
#include "definition/expr/pattern.h"

namespace saga::expr {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Result<Value> Evaluator::Run(const Node& root) {
  Value result;
  if (Evaluate(root, result)) return result;
  if (!foreign_.ok()) return foreign_;
  const Failure& failure = run_.failure();
  return Status(StatusCode::kFailedPrecondition, "EXPRESSION_FAILED", failure.message)
      .WithMetadata("error", std::string(failure.code))
      .WithMetadata("offset", std::to_string(failure.offset));
}

bool Evaluator::Evaluate(const Node& node, Value& result) {
  if (!run_.Charge(1)) return false;
  switch (node.kind) {
    case NodeKind::kLiteral:
      result = node.literal;
      return true;
    case NodeKind::kVariable:
      return Variable(node, result);
    case NodeKind::kLocal:
      result = locals_[node.slot];
      return true;
    case NodeKind::kSelect:
      return Select(node, result);
    case NodeKind::kTest:
      return Test(node, result);
    case NodeKind::kIndex:
      return IndexOf(node, result);
    case NodeKind::kCall:
      return Call(node, result);
    case NodeKind::kAnd:
    case NodeKind::kOr:
      return Logic(node, result);
    case NodeKind::kConditional:
      return Conditional(node, result);
    case NodeKind::kList:
      return ListOf(node, result);
    case NodeKind::kMap:
      return MapOf(node, result);
    case NodeKind::kMacro:
      return Comprehension(node, result);
    case NodeKind::kName:
      break;  // The checker leaves none.
  }
  SAGA_UNREACHABLE();
}

bool Evaluator::Variable(const Node& node, Value& result) {
  run_.SetOffset(node.offset);
  auto found = activation_.Find(node.slot);
  if (!found.ok()) {
    foreign_ = found.status();
    run_.End();
    return run_.Fail(kNoSuchField, node.name);
  }
  if (!found->has_value()) {
    return run_.Fail(kNoSuchField, fmt::format("{} has no value here", node.name));
  }
  result = std::move(**found);
  return Admit(run_, result);
}

bool Evaluator::Select(const Node& node, Value& result) {
  Value from;
  if (!Evaluate(*node.args[0], from)) return false;
  run_.SetOffset(node.offset);
  return SelectFrom(node, from, result) && Admit(run_, result);
}

bool Evaluator::SelectFrom(const Node& node, const Value& from, Value& result) {
  if (from.Is(ValueKind::kMessage)) {
    const Message& message = from.AsMessage();
    const FieldDescriptor* field = node.field;
    // Another pool's descriptor of the same type, or a message found through dyn.
    if (field == nullptr || field->containing_type() != message.GetDescriptor()) {
      field = message.GetDescriptor()->FindFieldByName(node.name);
    }
    if (field == nullptr) {
      return run_.Fail(kNoSuchField, fmt::format("{} has no field {}",
                                                 message.GetDescriptor()->full_name(), node.name));
    }
    result = Value::Field(message, *field);
    return true;
  }
  if (!from.Is(ValueKind::kMap)) {
    return run_.Fail(kNoMatchingOverload,
                     fmt::format("{} has no fields, so no {}", KindName(from.kind()), node.name));
  }
  if (!run_.Charge(from.AsMap().search_cost())) return false;
  auto found = from.AsMap().Find(Value::StringView(node.name));
  if (!found) return run_.Fail(kNoSuchField, fmt::format("there is no {}", node.name));
  result = std::move(*found);
  return true;
}

bool Evaluator::Test(const Node& node, Value& result) {
  if (node.args.empty()) {
    // Whether a variable is there.
    const auto found = activation_.Find(node.slot);
    run_.SetOffset(node.offset);
    if (!found.ok()) {
      foreign_ = found.status();
      run_.End();
      return run_.Fail(kNoSuchField, node.name);
    }
    result = Value::Bool(found->has_value());
    return true;
  }
  Value from;
  if (!Evaluate(*node.args[0], from)) return false;
  run_.SetOffset(node.offset);
  if (from.Is(ValueKind::kMap)) {
    if (!run_.Charge(from.AsMap().search_cost())) return false;
    result = Value::Bool(from.AsMap().Find(Value::StringView(node.name)).has_value());
    return true;
  }
  if (!from.Is(ValueKind::kMessage)) {
    return run_.Fail(kNoMatchingOverload,
                     fmt::format("{} has no fields, so no {}", KindName(from.kind()), node.name));
  }
  const Message& message = from.AsMessage();
  const auto* field = message.GetDescriptor()->FindFieldByName(node.name);
  if (field == nullptr) {
    return run_.Fail(kNoSuchField, fmt::format("{} has no field {}",
                                               message.GetDescriptor()->full_name(), node.name));
  }
  const auto* reflection = message.GetReflection();
  result = Value::Bool(field->is_repeated() ? reflection->FieldSize(message, field) > 0
                                            : reflection->HasField(message, field));
  return true;
}

bool Evaluator::IndexOf(const Node& node, Value& result) {
  Value of;
  Value index;
  if (!Evaluate(*node.args[0], of) || !Evaluate(*node.args[1], index)) return false;
  run_.SetOffset(node.offset);
  return Index(run_, of, index, result);
}

bool Evaluator::Call(const Node& node, Value& result) {
  Value a;
  Value b;
  const bool binary = node.args.size() == 2;
  if (!Evaluate(*node.args[0], a)) return false;
  if (binary && !Evaluate(*node.args[1], b)) return false;
  run_.SetOffset(node.offset);
  return Apply(node, a, binary ? &b : nullptr, result);
}

bool Evaluator::Apply(const Node& node, const Value& a, const Value* b, Value& result) {
  switch (node.function) {
    case Function::kAdd:
    case Function::kSubtract:
    case Function::kMultiply:
    case Function::kDivide:
    case Function::kModulo:
      return Arithmetic(run_, node.function, a, *b, result);
    case Function::kNegate:
      return Negate(run_, a, result);
    case Function::kNot:
      if (!a.Is(ValueKind::kBool)) return run_.NoOverload("!", a);
      result = Value::Bool(!a.AsBool());
      return true;
    case Function::kEqual:
    case Function::kNotEqual: {
      bool equal = false;
      if (!Equal(run_, a, *b, equal)) return false;
      result = Value::Bool(equal == (node.function == Function::kEqual));
      return true;
    }
    case Function::kLess:
    case Function::kLessOrEqual:
    case Function::kGreater:
    case Function::kGreaterOrEqual:
      return Ordering(run_, node.function, a, *b, result);
    case Function::kIn:
      return In(run_, a, *b, result);
    case Function::kSize:
      return Size(run_, a, result);
    case Function::kContains:
    case Function::kStartsWith:
    case Function::kEndsWith:
      return TextTest(run_, node.function, a, *b, result);
    case Function::kMatches:
      return Matches(run_, a, *b, node.pattern.get(), result);
    case Function::kToBool:
    case Function::kToInt:
    case Function::kToUint:
    case Function::kToDouble:
    case Function::kToString:
    case Function::kToBytes:
    case Function::kToTimestamp:
    case Function::kToDuration:
    case Function::kToDyn:
      return Convert(run_, node.function, a, result);
    case Function::kGetFullYear:
    case Function::kGetMonth:
    case Function::kGetDate:
    case Function::kGetDayOfMonth:
    case Function::kGetDayOfWeek:
    case Function::kGetDayOfYear:
    case Function::kGetHours:
    case Function::kGetMinutes:
    case Function::kGetSeconds:
    case Function::kGetMilliseconds:
      return TimePart(run_, node.function, a, b, result);
  }
  SAGA_UNREACHABLE();
}

// The truth value of a node; anything else is an error.
bool Evaluator::Truth(const Node& node, bool& truth) {
  Value value;
  if (!Evaluate(node, value)) return false;
  if (!value.Is(ValueKind::kBool)) {
    run_.SetOffset(node.offset);
    return run_.Fail(kNoMatchingOverload,
                     fmt::format("a condition is bool, not {}", KindName(value.kind())));
  }
  truth = value.AsBool();
  return true;
}

// An operand that decides makes up for the error of the other, whichever stands first.
bool Evaluator::Logic(const Node& node, Value& result) {
  const bool decisive = node.kind == NodeKind::kOr;
  bool truth = false;
  std::optional<Failure> first;
  if (!Truth(*node.args[0], truth)) {
    if (run_.is_over()) return false;
    first = run_.TakeFailure();
  } else if (truth == decisive) {
    result = Value::Bool(decisive);
    return true;
  }
  const bool known = Truth(*node.args[1], truth);
  if (known && truth == decisive) {
    result = Value::Bool(decisive);
    return true;
  }
  if (run_.is_over()) return false;
  if (first) {
    run_.PutBack(std::move(*first));
    return false;
  }
  result = Value::Bool(!decisive);
  return known;
}

bool Evaluator::Conditional(const Node& node, Value& result) {
  bool truth = false;
  if (!Truth(*node.args[0], truth)) return false;
  return Evaluate(*node.args[truth ? 1 : 2], result);
}

bool Evaluator::ListOf(const Node& node, Value& result) {
  if (!run_.Allocate(node.args.size() * sizeof(Value))) return false;
  std::vector<Value> elements(node.args.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!Evaluate(*node.args[i], elements[i])) return false;
  }
  result = Value::ListOf(std::move(elements));
  return true;
}

bool Evaluator::MapOf(const Node& node, Value& result) {
  const std::size_t count = node.args.size() / 2;
  if (!run_.Allocate(count * sizeof(MapEntry))) return false;
  Map::Entries entries(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Node& key = *node.args[2 * i];
    if (!Evaluate(key, entries[i].key)) return false;
    run_.SetOffset(key.offset);
    const ValueKind kind = entries[i].key.kind();
    if (kind != ValueKind::kBool && kind != ValueKind::kInt && kind != ValueKind::kUint &&
        kind != ValueKind::kString) {
      return run_.Fail(kNoMatchingOverload, fmt::format("{} is no key of a map", KindName(kind)));
    }
    if (!run_.Charge(i / 8)) return false;
    for (std::size_t before = 0; before < i; ++before) {
      if (!KeysEqual(entries[before].key, entries[i].key)) continue;
      return run_.Fail(kDuplicateKey,
                       fmt::format("the key {} comes twice", ToText(entries[i].key)));
    }
    if (!Evaluate(*node.args[2 * i + 1], entries[i].value)) return false;
  }
  result = Value::MapOf(std::move(entries));
  return true;
}

}  // namespace saga::expr

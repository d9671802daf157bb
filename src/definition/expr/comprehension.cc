// The macros that go over lists and the keys of maps.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "definition/expr/evaluator.h"
#include "definition/expr/operations.h"

namespace saga::expr {

bool Evaluator::Comprehension(const Node& node, Value& result) {
  Value range;
  if (!Evaluate(*node.args[0], range)) return false;
  run_.SetOffset(node.offset);
  if (range.Is(ValueKind::kMap)) {
    if (!run_.Allocate(range.AsMap().size() * sizeof(Value))) return false;
    range = Value::ListOf(range.AsMap().Keys());
  }
  if (!range.Is(ValueKind::kList)) {
    return run_.Fail(kNoMatchingOverload,
                     fmt::format("it goes over lists and the keys of maps, not over {}",
                                 KindName(range.kind())));
  }
  if (locals_.size() <= node.slot) locals_.resize(node.slot + 1);
  const List& list = range.AsList();
  switch (node.macro) {
    case Macro::kAll:
    case Macro::kExists:
      return Quantifier(node, list, result);
    case Macro::kExistsOne:
      return ExactlyOne(node, list, result);
    case Macro::kFilter:
    case Macro::kMap:
      break;
  }
  return Collect(node, list, result);
}

bool Evaluator::Bind(const Node& node, const List& list, std::size_t index) {
  run_.SetOffset(node.offset);
  if (!run_.Charge(1)) return false;
  locals_[node.slot] = list.At(index);
  return Admit(run_, locals_[node.slot]);
}

// all() is && over all elements, exists() is ||: one that decides makes up for errors of others.
bool Evaluator::Quantifier(const Node& node, const List& list, Value& result) {
  const bool decisive = node.macro == Macro::kExists;
  std::optional<Failure> first;
  for (std::size_t i = 0; i < list.size(); ++i) {
    bool truth = false;
    if (!Bind(node, list, i) || !Truth(*node.args[1], truth)) {
      if (run_.is_over()) return false;
      if (!first) first = run_.TakeFailure();
    } else if (truth == decisive) {
      result = Value::Bool(decisive);
      return true;
    }
  }
  if (first) {
    run_.PutBack(std::move(*first));
    return false;
  }
  result = Value::Bool(!decisive);
  return true;
}

bool Evaluator::ExactlyOne(const Node& node, const List& list, Value& result) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    bool truth = false;
    if (!Bind(node, list, i) || !Truth(*node.args[1], truth)) return false;
    if (truth) ++count;
  }
  result = Value::Bool(count == 1);
  return true;
}

bool Evaluator::Collect(const Node& node, const List& list, Value& result) {
  const bool transforms = node.macro == Macro::kMap;
  const bool chooses = !transforms || node.args.size() == 3;
  std::vector<Value> elements;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!Bind(node, list, i)) return false;
    bool truth = true;
    if (chooses && !Truth(*node.args[1], truth)) return false;
    if (!truth) continue;
    if (!run_.Allocate(sizeof(Value))) return false;
    elements.push_back(locals_[node.slot]);
    if (transforms && !Evaluate(*node.args.back(), elements.back())) return false;
  }
  result = Value::ListOf(std::move(elements));
  return true;
}

}  // namespace saga::expr

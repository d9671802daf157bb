// Walks the tree of a checked expression.
#pragma once

#include <vector>

#include "base/status.h"
#include "definition/expr/environment.h"
#include "definition/expr/node.h"
#include "definition/expr/run.h"

namespace saga::expr {

// One evaluation. Threads: one. Borrows the tree and the activation.
class Evaluator {
 public:
  explicit Evaluator(const Activation& activation) : activation_(activation) {}

  // Errors: FAILED_PRECONDITION EXPRESSION_FAILED, or what the activation says.
  Result<Value> Run(const Node& root);

 private:
  // All return false after run_.Fail.
  bool Evaluate(const Node& node, Value& result);
  bool Variable(const Node& node, Value& result);
  bool Select(const Node& node, Value& result);
  bool SelectFrom(const Node& node, const Value& from, Value& result);
  bool Test(const Node& node, Value& result);
  bool IndexOf(const Node& node, Value& result);
  bool Call(const Node& node, Value& result);
  bool Apply(const Node& node, const Value& a, const Value* b, Value& result);
  bool Truth(const Node& node, bool& truth);
  bool Logic(const Node& node, Value& result);
  bool Conditional(const Node& node, Value& result);
  bool ListOf(const Node& node, Value& result);
  bool MapOf(const Node& node, Value& result);
  bool Comprehension(const Node& node, Value& result);
  bool Quantifier(const Node& node, const List& list, Value& result);
  bool ExactlyOne(const Node& node, const List& list, Value& result);
  bool Collect(const Node& node, const List& list, Value& result);
  bool Bind(const Node& node, const List& list, std::size_t index);

  const Activation& activation_;
  expr::Run run_;
  std::vector<Value> locals_;
  Status foreign_;  // What the activation failed with.
};

}  // namespace saga::expr

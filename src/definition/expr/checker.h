// Finds out what the names and calls of a tree mean, and whether its types go together.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "definition/expr/environment.h"
#include "definition/expr/node.h"
#include "definition/expr/program.h"

namespace saga::expr {

// Completes the nodes of one tree. Threads: one. Borrows the environment.
class Checker {
 public:
  explicit Checker(const Environment& environment) : environment_(environment) {}

  // False = error() says why not.
  bool Check(Node& node);
  const CompileError& error() const { return *error_; }
  // What was read, in the order of the checks.
  std::vector<Reference> TakeReferences() { return std::move(references_); }

 private:
  struct Local {
    std::string name;
    Type type;
  };

  bool Fail(CompileErrorKind kind, const Node& node, std::string message,
            std::string suggestion = "");
  bool CheckArgs(Node& node, std::size_t first = 0);
  bool CheckAccess(Node& node);
  bool CheckPath(std::vector<Node*>& chain);
  bool UseVariable(Node& node, std::size_t variable, const std::vector<Node*>& chain,
                   std::size_t first);
  bool UnknownName(const std::vector<Node*>& chain);
  bool CheckSelect(Node& node);
  bool CheckIndex(Node& node);
  bool CheckLogic(Node& node);
  bool CheckConditional(Node& node);
  bool CheckList(Node& node);
  bool CheckMap(Node& node);
  bool CheckMacro(Node& node);
  bool CheckBody(Node& node, const Type& element);
  bool CheckCall(Node& node);
  bool FindFunction(Node& node);
  bool CheckEquality(Node& node);
  bool CheckIn(Node& node);
  bool CheckJoinedLists(Node& node);
  bool CheckOverloads(Node& node);
  bool NoOverload(const Node& node);
  bool CheckPattern(Node& node);
  const Local* FindLocal(const std::string& name, std::size_t& slot) const;

  const Environment& environment_;
  std::vector<Local> locals_;
  std::vector<Reference> references_;
  std::optional<CompileError> error_;
};

}  // namespace saga::expr

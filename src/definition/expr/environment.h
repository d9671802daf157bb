// What an expression may name, and the values behind the names.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "definition/expr/type.h"
#include "definition/expr/value.h"

namespace saga::expr {

// The variables of an expression, with their types. Names may be dotted: "input",
// "steps.authorize", "saga.id"; the longest declared name that fits is meant. Messages bring the
// constants of their pool's enums along: shop.Channel.WEB.
class Environment {
 public:
  struct Variable {
    std::string name;
    Type type;
  };

  // The number of the new variable: 0, 1, 2 … Requires: names separated by dots; not yet declared.
  std::size_t Declare(std::string name, Type type);

  const std::vector<Variable>& variables() const { return variables_; }
  std::optional<std::size_t> Find(const std::string& name) const;
  // Whether a variable's name begins with `name` and a dot.
  bool IsNamespace(const std::string& name) const;
  // What may follow `scope` ("" = the first names).
  std::vector<std::string> NamesIn(std::string_view scope) const;
  // The number of an enum's constant, by its full name with the enum: "shop.Channel.WEB".
  const google::protobuf::EnumValueDescriptor* FindConstant(const std::string& full_name) const;

 private:
  void AddPoolOf(const Type& type);

  std::vector<Variable> variables_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::vector<const google::protobuf::DescriptorPool*> pools_;
};

// The values of one evaluation, asked for when they are needed, perhaps more than once.
class Activation {
 public:
  virtual ~Activation() = default;

  // The value of a variable by its number; nothing = it is absent: the step has not answered.
  // What it borrows must live as long as the result of the evaluation.
  virtual Result<std::optional<Value>> Find(std::size_t variable) const = 0;
};

// Values that are there already.
class Bindings final : public Activation {
 public:
  void Set(std::size_t variable, Value value);

  Result<std::optional<Value>> Find(std::size_t variable) const override;

 private:
  std::vector<std::optional<Value>> values_;
};

}  // namespace saga::expr

// Types, variables and values that the tests of expressions share.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "definition/expr/program.h"

namespace saga::expr::test {

// Variables: `order` and `empty` (shop.Order), `json` (dyn), `saga.id` (string), `steps.hold`
// (shop.Hold), `steps.late` (shop.Hold, absent), and one of each type: `b`, `i`, `u`, `d`, `s`,
// `y` (bytes), `t` (timestamp), `p` (duration), `l` (list(int)), `m` (map(string, int)), `w`
// (wrapper(int), null).
class World {
 public:
  World();

  const Environment& environment() const { return environment_; }
  const Bindings& bindings() const { return bindings_; }
  const google::protobuf::Descriptor& Type(const std::string& full_name) const;
  // An empty message. Lives no longer than the world.
  std::unique_ptr<google::protobuf::Message> New(const std::string& type) const;

 private:
  const google::protobuf::Message& Make(const std::string& type, const std::string& text);
  void Bind(const std::string& name, expr::Type type, Value value);

  google::protobuf::DescriptorPool pool_;
  mutable google::protobuf::DynamicMessageFactory factory_;  // Locks by itself.
  std::vector<std::unique_ptr<google::protobuf::Message>> messages_;
  nlohmann::json json_;
  Environment environment_;
  Bindings bindings_;
};

// One for all tests of a program: nothing in it changes.
const World& SharedWorld();

// What becomes of an expression, as the tests write it: the value, "error CODE" or
// "refused KIND at OFFSET".
std::string Outcome(const std::string& text, const World& world);

std::string KindText(CompileErrorKind kind);

// The "error" of a failed evaluation's metadata.
std::string CodeOf(const Status& status);

}  // namespace saga::expr::test

// Random values for the variables `order` and `json` of World.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "world.h"

namespace saga::expr::test {

// Holds what its bindings borrow. Threads: one.
class RandomInput {
 public:
  RandomInput(const World& world, std::uint64_t seed);

  const Bindings& bindings() const { return bindings_; }

 private:
  std::size_t Below(std::size_t bound) { return random_() % bound; }
  nlohmann::json MakeJson(int depth);
  nlohmann::json MakeNumber();
  std::string Damaged(std::string bytes);

  std::mt19937_64 random_;
  std::unique_ptr<google::protobuf::Message> order_;
  nlohmann::json json_;
  Bindings bindings_;
};

}  // namespace saga::expr::test

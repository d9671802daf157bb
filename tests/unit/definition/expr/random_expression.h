// Random expressions over the variables of World.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "definition/expr/type.h"

namespace saga::expr::test {

// The same seed gives the same expressions. Threads: one.
class RandomExpression {
 public:
  explicit RandomExpression(std::uint64_t seed) : random_(seed) {}

  // Well-typed: it compiles, though its evaluation may fail.
  std::string Typed();
  // A well-typed one with a few bytes changed.
  std::string Mutated();
  // A small one that takes more work than an evaluation may.
  std::string Heavy();
  // Words of the language in any order.
  std::string Words();
  // Bytes.
  std::string Bytes();

  std::size_t Below(std::size_t bound) { return random_() % bound; }

 private:
  // The types that are made on purpose; kIntList is list(int) and so on.
  enum class Kind : std::uint8_t {
    kBool,
    kInt,
    kUint,
    kDouble,
    kString,
    kBytes,
    kTimestamp,
    kDuration,
    kIntList,
    kStringList,
    kIntMap,  // map(string, int)
    kDyn,
  };
  struct Local {
    std::string name;
    Kind kind;
  };

  std::string Make(Kind kind, int depth);
  std::string Leaf(Kind kind);
  std::string Fill(std::string_view pattern, int depth);
  std::string MakeMacro(Kind result, int depth);
  const std::string& Choose(const std::vector<std::string>& from) {
    return from[Below(from.size())];
  }
  static const std::vector<std::string>& LeavesOf(Kind kind);

  std::mt19937_64 random_;
  std::vector<Local> locals_;
};

}  // namespace saga::expr::test

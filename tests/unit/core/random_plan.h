// Random plans of all kinds of steps, as text (scenario.h), so that a failing one can be read.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace saga::testing {

// The same seed gives the same numbers on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::size_t Below(std::size_t limit) { return engine_() % limit; }
  bool Chance(std::size_t percent) { return Below(100) < percent; }
  template <typename List>
  const auto& Pick(const List& list) {
    return list[Below(list.size())];
  }

 private:
  std::mt19937_64 engine_;
};

std::string RandomPlan(Dice& dice);

}  // namespace saga::testing

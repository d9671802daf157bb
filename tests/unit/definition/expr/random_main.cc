// Evaluates random expressions on random inputs, to be built with sanitizers:
//   saga-expr-random COUNT [SEED]
// The same arguments do the same. Ends with 1 when a value is not of its expression's type, or when
// one expression takes longer than kSlowest.
#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "conformance.h"
#include "random_expression.h"
#include "random_input.h"
#include "world.h"

namespace saga::expr::test {
namespace {

constexpr std::chrono::seconds kSlowest{5};
constexpr std::uint64_t kExpressionsPerInput = 16;

using Clock = std::chrono::steady_clock;

struct Tally {
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  std::uint64_t limited = 0;  // Of the failed: by the budget.
  std::uint64_t values = 0;
  Clock::duration slowest{};
};

std::string MakeText(RandomExpression& random) {
  if (random.Below(2000) == 0) return random.Heavy();
  const std::size_t kind = random.Below(10);
  if (kind < 5) return random.Typed();
  if (kind < 8) return random.Mutated();
  return kind == 8 ? random.Words() : random.Bytes();
}

// False = what came out is wrong.
bool Try(const std::string& text, const World& world, const Bindings& bindings, Tally& tally) {
  const CompileResult compiled = Compile(text, world.environment());
  if (const auto* error = std::get_if<CompileError>(&compiled)) {
    ++tally.refused;
    return error->offset <= text.size() && !error->ToString(text).empty();
  }
  const auto& program = std::get<Program>(compiled);
  const auto value = program.Evaluate(bindings);
  if (!value.ok()) {
    ++tally.failed;
    if (CodeOf(value.status()) == "limit") ++tally.limited;
    return true;
  }
  ++tally.values;
  return Conforms(program.type(), *value) && !ToText(*value).empty();
}

int Work(std::uint64_t count, std::uint64_t seed) {
  const World& world = SharedWorld();
  RandomExpression random(seed);
  Tally tally;
  std::unique_ptr<RandomInput> input;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i % kExpressionsPerInput == 0) input = std::make_unique<RandomInput>(world, seed + i);
    const std::string text = MakeText(random);
    const auto begin = Clock::now();
    const bool right = Try(text, world, input->bindings(), tally);
    const auto took = Clock::now() - begin;
    tally.slowest = std::max(tally.slowest, took);
    if (!right || took > kSlowest) {
      fmt::print("wrong: number {} of seed {}: {}\n", i, seed, text);
      return 1;
    }
  }
  fmt::print(
      "{} expressions, seed {}: {} refused, {} failed ({} by the budget), {} values; "
      "slowest {} us\n",
      count, seed, tally.refused, tally.failed, tally.limited, tally.values,
      std::chrono::duration_cast<std::chrono::microseconds>(tally.slowest).count());
  return 0;
}

}  // namespace
}  // namespace saga::expr::test

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print("usage: saga-expr-random COUNT [SEED]\n");
    return 2;
  }
  // Damaged messages are meant here.
  google::protobuf::SetLogHandler(nullptr);
  const std::uint64_t count = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  return saga::expr::test::Work(count, seed);
}

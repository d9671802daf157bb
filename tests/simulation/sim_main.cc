// saga-sim --seed=N --ticks=N: one run, or with --runs=N as many, from the seed on.
#include <spdlog/spdlog.h>

#include <charconv>
#include <cstdio>
#include <string_view>

#include "simulation/world.h"

namespace {

struct Flags {
  std::uint64_t seed = 1;
  std::uint64_t ticks = 20'000;
  std::uint64_t runs = 1;
};

bool Read(std::string_view argument, std::string_view name, std::uint64_t& value) {
  if (!argument.starts_with(name)) return false;
  argument.remove_prefix(name.size());
  int base = 10;
  if (argument.starts_with("0x")) {
    argument.remove_prefix(2);
    base = 16;
  }
  const char* const end = argument.data() + argument.size();
  const auto [stopped, error] = std::from_chars(argument.data(), end, value, base);
  return error == std::errc() && stopped == end;
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!Read(argument, "--seed=", flags.seed) && !Read(argument, "--ticks=", flags.ticks) &&
        !Read(argument, "--runs=", flags.runs)) {
      std::fprintf(stderr, "usage: saga-sim [--seed=N] [--ticks=N] [--runs=N]\n");
      return 2;
    }
  }
  spdlog::set_level(spdlog::level::off);
  saga::sim::Sightings seen;
  for (std::uint64_t seed = flags.seed; seed < flags.seed + flags.runs; ++seed) {
    saga::sim::World world({.seed = seed, .ticks = flags.ticks});
    try {
      world.Run();
    } catch (const saga::sim::Violation& violation) {
      std::printf("seed=%llu tick=%llu VIOLATION %s\n", static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(world.ticks()), violation.what());
      if (!violation.saga.empty()) {
        std::printf("%s", world.Tell(saga::SagaId::FromText(violation.saga)).c_str());
      }
      return 1;
    }
    std::printf("seed=%llu ok: %zu sagas, %zu commits, %llu ticks\n",
                static_cast<unsigned long long>(seed), world.sagas(), world.commits(),
                static_cast<unsigned long long>(world.ticks()));
    seen.Add(world.sightings());
  }
  for (const auto& [what, times] : seen.all()) {
    std::printf("  %8llu  %s\n", static_cast<unsigned long long>(times), what.c_str());
  }
  const auto missing = seen.Missing();
  for (const std::string& what : missing) std::printf("  NEVER SEEN  %s\n", what.c_str());
  return missing.empty() ? 0 : 1;
}

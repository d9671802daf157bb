#include "participants/demo/faults.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <sstream>

#include "base/hash.h"

namespace saga::demo {
namespace {

struct RateKey {
  const char* name;
  double Faults::*rate;
  CallFault fault;
};
// Of these at most one happens to a call.
constexpr std::array<RateKey, 6> kRates{{
    {"timeout_did", &Faults::timeout_did, CallFault::kTimeoutDid},
    {"timeout_did_not", &Faults::timeout_did_not, CallFault::kTimeoutDidNot},
    {"late", &Faults::late, CallFault::kLate},
    {"unavailable_did", &Faults::unavailable_did, CallFault::kUnavailableDid},
    {"unavailable_did_not", &Faults::unavailable_did_not, CallFault::kUnavailableDidNot},
    {"duplicate", &Faults::duplicate, CallFault::kDuplicate},
}};

struct TimeKey {
  const char* name;
  std::chrono::milliseconds Faults::*time;
};
constexpr std::array<TimeKey, 3> kTimes{{
    {"delay_ms", &Faults::delay},
    {"hang_ms", &Faults::hang},
    {"late_ms", &Faults::late_by},
}};

Status WrongWord(std::string_view word, std::string_view why) {
  return InvalidField("faults", fmt::format("'{}': {}", word, why));
}

std::optional<double> ParseRate(std::string_view text) {
  double rate = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(rate >= 0 && rate <= 1)) return std::nullopt;
  return rate;
}

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Status SetKey(Faults& faults, std::string_view word, std::string_view key, std::string_view value) {
  for (const RateKey& known : kRates) {
    if (known.name != key) continue;
    const std::optional<double> rate = ParseRate(value);
    if (!rate) return WrongWord(word, "takes a share from 0 to 1");
    faults.*known.rate = *rate;
    return Status::Ok();
  }
  for (const TimeKey& known : kTimes) {
    if (known.name != key) continue;
    const std::optional<std::uint64_t> time = ParseNumber(value);
    if (!time || *time > static_cast<std::uint64_t>(kDelayMax.count())) {
      return WrongWord(word, fmt::format("takes milliseconds up to {}", kDelayMax.count()));
    }
    faults.*known.time = std::chrono::milliseconds(*time);
    return Status::Ok();
  }
  if (key == "reject") {
    const std::optional<double> rate = ParseRate(value);
    if (!rate) return WrongWord(word, "takes a share from 0 to 1");
    faults.reject = *rate;
    return Status::Ok();
  }
  if (key == "seed") {
    const std::optional<std::uint64_t> seed = ParseNumber(value);
    if (!seed) return WrongWord(word, "takes a number");
    faults.seed = *seed;
    return Status::Ok();
  }
  if (key == "stocktake" && !value.empty()) {
    std::istringstream skus{std::string(value)};
    for (std::string sku; std::getline(skus, sku, ',');) faults.stocktake.insert(sku);
    return Status::Ok();
  }
  return WrongWord(word, "no such fault; docs/reference/demo.md lists them");
}

Status SetWord(Faults& faults, std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals != std::string_view::npos) {
    return SetKey(faults, word, word.substr(0, equals), word.substr(equals + 1));
  }
  if (word == "up") {
    faults.presence = Presence::kUp;
  } else if (word == "down") {
    faults.presence = Presence::kDown;
  } else if (word == "slow") {
    faults.delay = kSlowDelay;
  } else if (word == "flaky") {
    faults.unavailable_did = kFlakyRate;
    faults.unavailable_did_not = kFlakyRate;
  } else {
    return WrongWord(word, "no such fault; there are up, down, slow, flaky and key=value");
  }
  return Status::Ok();
}

// A number from 0 to below 1 that depends on the arguments alone.
double Draw(std::string_view text, std::uint64_t seed) {
  return static_cast<double>(StableHash(text, seed) >> 11U) * 0x1.0p-53;
}

}  // namespace

Result<Faults> ParseFaults(std::string_view text) {
  if (text.size() > kFaultsBytesMax) {
    return InvalidField("faults", fmt::format("longer than {} bytes", kFaultsBytesMax));
  }
  Faults faults;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    for (std::string word; words >> word;) SAGA_RETURN_IF_ERROR(SetWord(faults, word));
  }
  double sum = 0;
  for (const RateKey& known : kRates) sum += faults.*known.rate;
  if (sum > 1) {
    return InvalidField("faults",
                        fmt::format("the rates add up to {}; at most 1 is possible", sum));
  }
  return faults;
}

FaultPlan PlanFor(const Faults& faults, const sdk::CallContext& call) {
  if (faults.presence == Presence::kDown) return {.fault = CallFault::kDown};
  FaultPlan plan;
  double draw = Draw(fmt::format("{}@{}", call.idempotency_key, call.attempt), faults.seed);
  for (const RateKey& known : kRates) {
    const double rate = faults.*known.rate;
    if (draw < rate) {
      plan.fault = known.fault;
      break;
    }
    draw -= rate;
  }
  if (call.rejection == sdk::Rejection::kFinal &&
      Draw(fmt::format("{}?", call.idempotency_key), faults.seed) < faults.reject) {
    plan.answer = BusinessAnswer::kRejected;
  }
  return plan;
}

}  // namespace saga::demo

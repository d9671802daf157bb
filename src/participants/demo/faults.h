// The faults that a demo participant was told to have, and what they do to one call.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/status.h"
#include "participants/demo/limits.h"
#include "participants/sdk/call_context.h"

namespace saga::demo {

enum class Presence : std::uint8_t { kUp, kDown };

// Rates are shares of calls, from 0 to 1; docs/reference/demo.md explains each.
struct Faults {
  Presence presence = Presence::kUp;
  std::chrono::milliseconds delay{0};  // Before every call.
  double timeout_did = 0;              // It happens, and no answer comes before the deadline.
  double timeout_did_not = 0;          // It does not happen, and no answer comes.
  double late = 0;                     // It happens after the deadline.
  double unavailable_did = 0;          // It happens and is answered UNAVAILABLE.
  double unavailable_did_not = 0;      // It does not happen and is answered UNAVAILABLE.
  double duplicate = 0;                // The request is delivered twice, at the same time.
  double reject = 0;                   // A business no, where one is final; the same every time.
  std::chrono::milliseconds hang = kHangDefault;
  std::chrono::milliseconds late_by = kLateDefault;
  std::uint64_t seed = 0;
  std::set<std::string, std::less<>> stocktake;  // Articles that cannot be put back.

  bool operator==(const Faults&) const = default;
};

// Reads the text of a faults file: words up, down, slow, flaky, and key=value; # begins a comment.
// Errors:    INVALID_ARGUMENT FIELD_INVALID, naming the word.
Result<Faults> ParseFaults(std::string_view text);

// What happens to one call.
enum class CallFault : std::uint8_t {
  kNone,
  kDown,
  kTimeoutDid,
  kTimeoutDidNot,
  kLate,
  kUnavailableDid,
  kUnavailableDidNot,
  kDuplicate,
};
enum class BusinessAnswer : std::uint8_t { kAsItIs, kRejected };

struct FaultPlan {
  CallFault fault = CallFault::kNone;
  BusinessAnswer answer = BusinessAnswer::kAsItIs;

  bool operator==(const FaultPlan&) const = default;
};

// A function of its arguments: the fault depends on key, attempt and seed, so that a repeat can go
// otherwise; the rejection on key and seed alone, so that a repeat gets the same no.
FaultPlan PlanFor(const Faults& faults, const sdk::CallContext& call);

}  // namespace saga::demo

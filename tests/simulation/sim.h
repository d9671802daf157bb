// The small things that everything in the simulator shares: chance, time, what was seen.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace saga::sim {

using std::chrono::milliseconds;

// An invariant is broken. The message says which, and where.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
  Violation(const std::string& what, std::string of) : runtime_error(what), saga(std::move(of)) {}
  std::string saga;  // "namespace/id", if it is one saga's.
};

// The node dies at this very point; thrown through the shard by its journal.
struct Crash {};

// What is broken on purpose, to show that the auditor would see it.
enum class Mutant : std::uint8_t {
  kNone,
  kReleaseBeforeCommit,  // A lost append is taken for a committed one.
  kNoBarrier,            // Participants do not know repeated, late or undone calls.
  kUndoOrderIgnored,     // The engine does not know which undo must wait for which.
  kNoFence,              // A deposed owner's append is let through.
  kKeyPerAttempt,        // Every attempt comes under a key of its own.
  kEventLost,            // The publisher loses a record now and then.
  kTruncatesTooMuch,     // The store drops entries that are still needed.
};

// Chance that depends on nothing but the seed (SplitMix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(Next() % bound); }
  bool Chance(std::size_t permille) { return Below(1000) < permille; }
  milliseconds Between(int low, int high) {
    return milliseconds(low + static_cast<int>(Below(static_cast<std::size_t>(high - low + 1))));
  }
  template <typename T>
  const T& Pick(const std::vector<T>& all) {
    return all[Below(all.size())];
  }

 private:
  std::uint64_t state_;
};

// Things that happen at their time, in an order that depends on nothing else.
class Scheduler {
 public:
  TimePoint now() const { return now_; }
  void At(TimePoint at, std::function<void()> action) {
    events_.push({std::max(at, now_), next_++, std::move(action)});
  }
  void After(Duration delay, std::function<void()> action) { At(now_ + delay, std::move(action)); }
  // False = nothing is left.
  bool Step() {
    if (events_.empty()) return false;
    Event event = events_.top();
    events_.pop();
    now_ = event.at;
    event.action();
    return true;
  }
  TimePoint next_at() const { return events_.empty() ? TimePoint::max() : events_.top().at; }

 private:
  struct Event {
    TimePoint at;
    std::uint64_t number;
    std::function<void()> action;
  };
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.at != b.at ? a.at > b.at : a.number > b.number;
    }
  };
  TimePoint now_ = FromMicros(1'700'000'000'000'000);
  std::uint64_t next_ = 0;
  std::priority_queue<Event, std::vector<Event>, Later> events_;
};

// What the run has met. A simulation that never meets what it is for proves nothing.
class Sightings {
 public:
  void Saw(const std::string& what) { ++seen_[what]; }
  void Add(const Sightings& other) {
    for (const auto& [what, times] : other.seen_) seen_[what] += times;
  }
  // Of what a run of some length must meet, what it has not.
  std::vector<std::string> Missing() const;
  const std::map<std::string, std::uint64_t>& all() const { return seen_; }

 private:
  std::map<std::string, std::uint64_t> seen_;
};

}  // namespace saga::sim

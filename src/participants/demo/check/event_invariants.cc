#include "participants/demo/check/event_invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace saga::demo {
namespace {

// What an event says of the state of its saga; absent = nothing.
std::optional<SagaState> StateSaidBy(const EventFact& event) {
  constexpr std::pair<std::string_view, SagaState> kStates[] = {
      {"sagad.saga.started.v1", SagaState::kRunning},
      {"sagad.saga.compensating.v1", SagaState::kCompensating},
      {"sagad.saga.succeeded.v1", SagaState::kSucceeded},
      {"sagad.saga.compensated.v1", SagaState::kCompensated},
      {"sagad.saga.resolved.v1", SagaState::kResolved},
  };
  for (const auto& [type, state] : kStates) {
    if (event.type == type) return state;
  }
  return std::nullopt;
}

bool IsOfOthers(const Evidence& evidence, const EventFact& event) {
  return evidence.other_sagas.contains(event.saga);
}

// By saga, then by sequence; repeats are dropped.
using Streams = std::map<std::string, std::map<std::uint64_t, EventFact>>;
Streams StreamsOf(const Evidence& evidence) {
  Streams streams;
  for (const EventFact& event : *evidence.events) {
    if (!IsOfOthers(evidence, event)) streams[event.saga].emplace(event.sequence, event);
  }
  return streams;
}

std::map<SagaState, std::size_t> CountByDatabase(const Evidence& evidence) {
  std::map<SagaState, std::size_t> counts;
  for (const auto& [id, saga] : evidence.sagas) ++counts[saga.state];
  return counts;
}

}  // namespace

Verdict SequencesAreContiguous(const Evidence& evidence) {
  std::map<std::string, std::uint64_t> highest;
  Verdict verdict;
  for (const EventFact& event : *evidence.events) {
    if (IsOfOthers(evidence, event)) continue;
    std::uint64_t& seen = highest[event.saga];
    if (event.sequence > seen + 1 || event.sequence == 0) {
      verdict.violations.push_back(
          fmt::format("{}: {} comes after {}", event.saga, event.sequence, seen));
    }
    seen = std::max(seen, event.sequence);
  }
  verdict.looked_at = highest.size();
  for (const auto& [id, saga] : evidence.sagas) {
    if (!highest.contains(id)) verdict.violations.push_back(fmt::format("{}: no event", id));
  }
  return verdict;
}

Verdict RepeatsAreTheSame(const Evidence& evidence) {
  Streams streams;
  Verdict verdict{evidence.events->size(), {}};
  for (const EventFact& event : *evidence.events) {
    const auto [first, added] = streams[event.saga].emplace(event.sequence, event);
    if (added || (first->second.id == event.id && first->second.type == event.type)) continue;
    verdict.violations.push_back(fmt::format("{}: {} is {} ({}) and {} ({})", event.saga,
                                             event.sequence, first->second.type, first->second.id,
                                             event.type, event.id));
  }
  return verdict;
}

Verdict OneTerminalEvent(const Evidence& evidence) {
  const Streams streams = StreamsOf(evidence);
  Verdict verdict{evidence.sagas.size(), {}};
  for (const auto& [id, saga] : evidence.sagas) {
    const auto found = streams.find(id);
    if (found == streams.end()) continue;  // Said by SequencesAreContiguous.
    const auto& events = found->second;
    const auto terminal = std::ranges::count_if(events, [](const auto& entry) {
      const std::optional<SagaState> state = StateSaidBy(entry.second);
      return state && IsEnded(*state);
    });
    const auto& [last, event] = *events.rbegin();
    const std::optional<SagaState> said = StateSaidBy(event);
    if (!IsEnded(saga.state)) {
      if (terminal != 0) {
        verdict.violations.push_back(
            fmt::format("{} is {} and has a terminal event", id, StateName(saga.state)));
      }
    } else if (terminal != 1 || said != saga.state || last != saga.revision) {
      verdict.violations.push_back(
          fmt::format("{} is {} at {}: {} terminal events, the last of all is {} at {}", id,
                      StateName(saga.state), saga.revision, terminal, event.type, last));
    }
  }
  return verdict;
}

Verdict EventsBelongToSagas(const Evidence& evidence) {
  const Streams streams = StreamsOf(evidence);
  Verdict verdict{streams.size(), {}};
  for (const auto& [id, events] : streams) {
    if (evidence.sagas.contains(id)) continue;
    verdict.violations.push_back(
        fmt::format("{} events of '{}', which is no saga", events.size(), id));
  }
  return verdict;
}

Verdict StreamCountsAgree(const Evidence& evidence) {
  std::map<SagaState, std::size_t> by_stream;
  for (const auto& [id, events] : StreamsOf(evidence)) {
    std::optional<SagaState> state;
    for (const auto& [sequence, event] : events) {
      if (const std::optional<SagaState> said = StateSaidBy(event)) state = said;
    }
    if (state) ++by_stream[*state];
  }
  std::map<SagaState, std::size_t> by_database = CountByDatabase(evidence);
  Verdict verdict{evidence.sagas.size(), {}};
  for (const SagaState state :
       {SagaState::kRunning, SagaState::kCompensating, SagaState::kSucceeded,
        SagaState::kCompensated, SagaState::kResolved}) {
    if (by_stream[state] == by_database[state]) continue;
    verdict.violations.push_back(fmt::format("{}: {} by the stream, {} by the database",
                                             StateName(state), by_stream[state],
                                             by_database[state]));
  }
  return verdict;
}

}  // namespace saga::demo

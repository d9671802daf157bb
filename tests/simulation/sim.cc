#include "simulation/sim.h"

namespace saga::sim {

std::vector<std::string> Sightings::Missing() const {
  static const std::vector<std::string> kExpected = {
      "append committed, answer lost",
      "append lost",
      "append lost, arriving late, fenced",
      "append refused",
      "claim failed",
      "claim failed, epoch taken",
      "crash before append",
      "crash after append",
      "crash between turns",
      "zombie fenced",
      "start repeated",
      "start with another body refused",
      "start void",
      "start acknowledged",
      "call repeated after a claim",
      "call not sent",
      "call answered from the stored reply",
      "call blocked by its undo",
      "undo of nothing",
      "call delivered late",
      "late success",
      "rejected",
      "declined",
      "misconfigured",
      "given up",
      "in doubt",
      "resolving",
      "undone at once",
      "turned back by the deadline",
      "turned back by a cancel",
      "turned back by an operator",
      "cancel refused",
      "stuck",
      "retried by an operator",
      "settled as done",
      "settled as rejected",
      "resolved",
      "paused",
      "resumed",
      "participant back",
      "carried forward",
      "truncated",
      "event repeated",
      "events read from the journal",
      "wait answered at the end",
      "timer fired",
      "signal awaited",
      "signal early",
      "call accepted",
      "report taken",
      "report repeated",
      "query told that it happened",
      "query told that it did not happen",
      "query knew nothing",
      "skipped",
      "hold confirmed",
      "CONFIRM decided",
      "CANCEL decided",
      "succeeded",
      "compensated",
  };
  std::vector<std::string> missing;
  for (const std::string& what : kExpected) {
    if (!seen_.contains(what)) missing.push_back(what);
  }
  return missing;
}

}  // namespace saga::sim

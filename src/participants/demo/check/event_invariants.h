// What must hold of the events in Kafka. They come at least once: repeats are no violation.
#pragma once

#include "participants/demo/check/invariants.h"

namespace saga::demo {

// In the order of the partition each saga's events begin at 1, and none is skipped before the next
// new one.
Verdict SequencesAreContiguous(const Evidence& evidence);
Verdict RepeatsAreTheSame(const Evidence& evidence);
// Exactly one for each saga that has ended, with its highest sequence, which is the row's revision;
// none for others.
Verdict OneTerminalEvent(const Evidence& evidence);
Verdict EventsBelongToSagas(const Evidence& evidence);
// The state of each saga, computed from its events alone, counted by state.
Verdict StreamCountsAgree(const Evidence& evidence);

}  // namespace saga::demo

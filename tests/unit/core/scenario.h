// Rules as scenarios that a non-programmer can check: one line per input, facts and calls on the
// right.
//
//   Check("order, [stock card], capture!, ship", R"(
//     start              | SagaStarted                            | call order
//     reply order ok     | StepSucceeded(order)                   | call stock, call card
//   )");
//
// The plan: steps in order; [ ] in parallel. Marks: `!` the pivot, `?` optional, `-` without undo,
// `@` in_doubt: undo, `&` held when stuck, `#` a hold (try, confirm, cancel), `~` async (30 s), `%`
// has a query (async: asked every 5 s), `*` has on_late. `id+10` is a timer of 10 s, `id=name/20` a
// signal that must come within 20 s, `id^cond` has a condition, `id<other` comes after `other` too.
// `; then succeeded NAME` and `; then compensated NAME` name follow-ups. Steps before the pivot
// have an undo unless `-`. Forward: 3 attempts; undo, confirm, query: 2; back-off 1 s, 2 s …
// without jitter; deadline 60 s.
//
// Conditions answer by name: `yes`, `no`, `bad` (an error), `has:STEP` (it has an output); any
// other name is what the script says of it with `say NAME VALUE`.
//
// Inputs: start · reply STEP ok|declined|no|lost|denied|unsent|accepted|neither (to the outstanding
// call) · late STEP ok|no (to an action whose undo was decided) · report STEP ok|no (by its task
// token) · signal NAME ID [PAYLOAD] · started|busy|refused FOLLOW_UP · pass SECONDS (and the
// wake-up) · jump SECONDS (without) · cancel · back STEP (its participant recovered) · crash
// (another owner replays the journal) · retry [STEP] · newkey STEP · skip STEP [output] · reject
// STEP · compensate · resolve · pause · resume.
//
// After every line the interpreter checks, besides what is written: replaying the journalled
// records gives the same state, and ResumeEffects gives exactly the calls that are outstanding.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/core/definition.h"

namespace saga::testing {

DefinitionRef MakePlan(std::string_view plan);

// Fails the test with the line and what came instead.
void Check(std::string_view plan, std::string_view script);

}  // namespace saga::testing

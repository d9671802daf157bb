// Rules as scenarios that a non-programmer can check: one line per input, facts and calls on the
// right.
//
//   Check("order, [stock card], capture!, ship", R"(
//     start              | SagaStarted                            | call order
//     reply order ok     | StepSucceeded(order)                   | call stock, call card
//   )");
//
// The plan: steps in order; [ ] in parallel; `!` the pivot, `?` optional, `-` without undo, `@`
// in_doubt: undo, `&` held when stuck. Steps before the pivot have an undo unless `-`. Forward: 3
// attempts, undo: 2, back-off 1 s, 2 s … without jitter; deadline 60 s.
//
// Inputs: start · reply STEP ok|declined|no|lost|denied|unsent (to the outstanding call) · late
// STEP ok|no (to an action whose undo was decided) · pass SECONDS · cancel · back STEP (its
// participant recovered) · crash (another owner replays the journal) · retry [STEP] · newkey STEP ·
// skip STEP [output] · reject STEP · compensate · resolve · pause · resume.
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

// One simulated run, for people.
#pragma once

#include <string>
#include <vector>

#include "admin/paint.h"
#include "admin/table.h"
#include "simulate/run.h"

namespace saga::admin {

Tone ToneOf(simulate::Rest rest);
// "hold", "hold/cancel".
std::string PlaceOf(const Definition& definition, StepIndex step, Operation operation);
// What came of the call: "done", "UNAVAILABLE, nothing has happened".
std::string CallText(const simulate::MadeCall& call);
// The ids of the steps whose effect is left.
std::vector<std::string> StepsLeft(const Definition& definition, const simulate::RunResult& run);
// What stays to be done or looked at: "hold/cancel COMPENSATION_EXHAUSTED; left: hold". Empty when
// nothing stays.
std::string Remains(const Definition& definition, const simulate::RunResult& run);

// Calls and decisions in their order, then how it ended. Errors: as Table::Render.
Result<std::string> RenderRun(const Definition& definition, const simulate::RunResult& run,
                              const TableLayout& layout, const Paint& paint);

}  // namespace saga::admin

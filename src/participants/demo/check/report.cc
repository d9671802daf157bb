#include "participants/demo/check/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "participants/demo/check/invariants.h"

namespace saga::demo {
namespace {

constexpr std::size_t kExamplesMax = 5;

std::string LinesOf(const Invariant& invariant, const Verdict& verdict) {
  if (verdict.violations.empty()) {
    return fmt::format("ok    {:<46} {}\n", invariant.name, verdict.looked_at);
  }
  std::string text = fmt::format("FAIL  {:<46} {} of {}\n", invariant.name,
                                 verdict.violations.size(), verdict.looked_at);
  for (std::size_t i = 0; i < std::min(kExamplesMax, verdict.violations.size()); ++i) {
    text += fmt::format("        {}\n", verdict.violations[i]);
  }
  return text;
}

std::string Summary(const Evidence& evidence, const Report& report) {
  std::map<SagaState, std::size_t> counts;
  std::size_t waiting = 0;
  for (const auto& [id, saga] : evidence.sagas) {
    ++counts[saga.state];
    if (!IsEnded(saga.state) && saga.flag == Flag::kWaitsForAPerson) ++waiting;
  }
  const std::string outcome =
      report.violated == 0
          ? fmt::format("all {} invariants hold", report.checked)
          : fmt::format("{} of {} invariants are violated", report.violated, report.checked);
  return fmt::format(
      "{} sagas: {} succeeded, {} compensated, {} resolved, {} wait for a person; {}\n",
      evidence.sagas.size(), counts[SagaState::kSucceeded], counts[SagaState::kCompensated],
      counts[SagaState::kResolved], waiting, outcome);
}

}  // namespace

Report CheckAll(const Evidence& evidence) {
  Report report;
  for (const Invariant& invariant : Invariants()) {
    if (!CanBeChecked(invariant, evidence)) {
      report.text += fmt::format("-     {:<46} not checked\n", invariant.name);
      continue;
    }
    const Verdict verdict = invariant.check(evidence);
    ++report.checked;
    if (!verdict.violations.empty()) ++report.violated;
    report.text += LinesOf(invariant, verdict);
  }
  report.text += Summary(evidence, report);
  return report;
}

}  // namespace saga::demo

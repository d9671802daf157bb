#include "admin/render_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "admin/names.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

constexpr std::int64_t kCountedMax = 10'000;  // ListSagasResponse.total_size counts no further.

std::string LabelsText(const v1::Saga& saga) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : saga.labels()) parts.push_back(Clean(key + "=" + value));
  std::sort(parts.begin(), parts.end());
  return Join(parts, " ");
}

std::string OrDash(std::string text) { return text.empty() ? "-" : text; }

std::int64_t CountHealth(const v1::ListSagasResponse& page, v1::Saga::Health health) {
  return std::count_if(page.sagas().begin(), page.sagas().end(), [&](const v1::Saga& saga) {
    return saga.health() == health && !IsEnded(saga.state());
  });
}

}  // namespace

Cell StateCell(const v1::Saga& saga) {
  const std::string word = StateWord(saga.state());
  if (saga.state() == v1::Saga::STATE_SUCCEEDED) return {word, Tone::kGood};
  if (saga.state() == v1::Saga::STATE_COMPENSATING) return {word, Tone::kWarn};
  return {word, Tone::kPlain};
}

Cell HealthCell(const v1::Saga& saga, const TimeFormat& times) {
  if (IsEnded(saga.state())) return {"-", Tone::kDim};
  if (saga.health() == v1::Saga::HEALTH_OK) return {"ok", Tone::kPlain};
  if (saga.health() == v1::Saga::HEALTH_RETRYING) {
    const int failed = saga.failed_attempts();
    return {failed > 0 ? fmt::format("retrying {}x", failed) : "retrying", Tone::kWarn};
  }
  if (saga.health() == v1::Saga::HEALTH_STUCK) {
    const bool dated = saga.attention().has_since();
    return {dated ? "STUCK " + times.Age(saga.attention().since()) : "STUCK", Tone::kBad};
  }
  return {HealthWord(saga.health()), Tone::kWarn};
}

Table SagaTable(const v1::ListSagasResponse& page, const TimeFormat& times) {
  Table table({
      {.title = "KEY", .width_min = 12},
      {.title = "DEFINITION", .width_min = 12, .drop_rank = 3},
      {.title = "STATE"},
      {.title = "HEALTH"},
      {.title = "STEP", .width_min = 14, .drop_rank = 1},
      {.title = "AGE", .drop_rank = 2},
      {.title = "SAGA", .width_min = 15, .drop_rank = 4},
      {.title = "STARTED", .shown = Shown::kWide},
      {.title = "UPDATED", .shown = Shown::kWide},
      {.title = "ENDED", .shown = Shown::kWide},
      {.title = "OWNER", .shown = Shown::kWide},
      {.title = "BY", .shown = Shown::kWide},
      {.title = "REVISION", .align = Align::kRight, .shown = Shown::kWide},
      {.title = "LABELS", .shown = Shown::kWide},
      {.title = "TRACE", .shown = Shown::kWide},
  });
  for (const v1::Saga& saga : page.sagas()) {
    table.Add({
        {SagaLabel(saga)},
        {OrDash(DefinitionLabel(saga.definition_version()))},
        StateCell(saga),
        HealthCell(saga, times),
        {OrDash(Clean(saga.current_step()))},
        {times.Age(saga.create_time())},
        {LastSegment(saga.name())},
        {times.Clock(saga.create_time())},
        {times.Clock(saga.update_time())},
        {saga.has_end_time() ? times.Clock(saga.end_time()) : "-"},
        {OrDash(Clean(saga.owner()))},
        {OrDash(Clean(saga.started_by()))},
        {std::to_string(saga.revision())},
        {OrDash(LabelsText(saga))},
        {OrDash(Clean(saga.trace_id()))},
    });
  }
  return table;
}

std::string RenderListFooter(const v1::ListSagasResponse& page, const ListFooter& footer) {
  const std::int64_t total = std::max<std::int64_t>(page.total_size(), page.sagas_size());
  std::vector<std::string> parts;
  parts.push_back(fmt::format("{} of {}{}{}", Thousands(page.sagas_size()), Thousands(total),
                              total >= kCountedMax ? "+" : "",
                              footer.since.empty() ? "" : " in the last " + footer.since));
  const std::int64_t stuck = CountHealth(page, v1::Saga::HEALTH_STUCK);
  const std::int64_t retrying = CountHealth(page, v1::Saga::HEALTH_RETRYING);
  if (stuck > 0) parts.push_back(fmt::format("{} stuck", Thousands(stuck)));
  if (retrying > 0) parts.push_back(fmt::format("{} retrying", Thousands(retrying)));
  std::string line = Join(parts, ", ");

  std::vector<std::string> hints;
  if (!page.next_page_token().empty()) {
    hints.push_back("more: --limit N or --all");
  }
  if (stuck > 0) hints.push_back(fmt::format("only trouble: {} stuck", footer.argv0));
  std::string text = line;
  std::size_t used = DisplayWidth(line);
  for (const std::string& hint : hints) {
    const std::size_t needed = DisplayWidth(hint) + 4;
    const bool fits = footer.width == kUnlimitedWidth || used + needed <= footer.width;
    text += (fits ? "    " : "\n") + hint;
    used = fits ? used + needed : DisplayWidth(hint);
  }
  return text + "\n";
}

}  // namespace saga::admin

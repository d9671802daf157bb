#include "admin/render_effect.h"

#include <fmt/format.h>

#include <algorithm>

#include "admin/names.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

constexpr std::size_t kPlanLabel = 18;  // "would compensate"
constexpr std::size_t kDoneLabel = 14;  // "turned back"

struct Layout {
  std::size_t label;  // Width of the words at the left.
  std::size_t width;  // Of the terminal.
};

std::string StateAndHealth(const v1::Saga& saga) {
  std::string text = StateWord(saga.state());
  if (saga.state() == v1::Saga::STATE_RUNNING && saga.pivot_passed()) text += ", past the pivot";
  if (!IsEnded(saga.state()) && saga.health() != v1::Saga::HEALTH_OK &&
      saga.health() != v1::Saga::HEALTH_UNSPECIFIED) {
    text += ", " + HealthWord(saga.health());
  }
  return text;
}

// "payments/Void" of "payments/shop.pay.v1.Payments/Void".
std::string ShortMethod(const std::string& method) {
  return MethodLabel(method.substr(0, method.find('/')), method);
}

std::string Calls(const v1::ActionEffect& effect, const std::string& label, const Layout& sizes,
                  const Paint& paint) {
  Table table({{.title = "N", .align = Align::kRight},
               {.title = "CALL", .width_min = 14},
               {.title = "STEP", .width_min = 14},
               {.title = "AFTER", .width_min = 10}});
  int number = 0;
  for (const v1::PlannedCall& call : effect.plan()) {
    std::vector<std::string> after;
    for (const std::string& step : call.after()) after.push_back(Clean(step));
    table.Add({{std::to_string(++number)},
               {ShortMethod(call.method())},
               {StepLabel(call.step_id(), call.operation())},
               {after.empty() ? "" : "after " + Join(after, ", ")}});
  }
  if (table.empty()) return "";
  TableLayout layout;
  layout.titles = Titles::kHidden;
  layout.indent = sizes.label;
  layout.width = sizes.width;
  std::string text = table.Render(layout, paint).value();
  return text.replace(0, sizes.label, PadRight(label, sizes.label));
}

std::string Warnings(const v1::ActionEffect& effect, const Layout& sizes) {
  const std::size_t whole =
      sizes.width == kUnlimitedWidth ? 120 : std::max<std::size_t>(sizes.width, 40);
  const std::size_t room = whole - sizes.label;
  std::string text;
  for (const std::string& warning : effect.warnings()) {
    std::string label = "note";
    for (const std::string& line : Wrap(Clean(warning), room)) {
      text += PadRight(label, sizes.label) + line + "\n";
      label.clear();
    }
  }
  return text;
}

}  // namespace

std::string SagaLine(const v1::Saga& saga) {
  return fmt::format("{} {}  {}", DefinitionLabel(saga.definition_version()), SagaLabel(saga),
                     StateAndHealth(saga));
}

std::string RenderPlan(const v1::ActionEffect& effect, const std::string& verb,
                       const std::string& becomes, std::size_t width, const Paint& paint) {
  const Layout sizes{kPlanLabel, width};
  std::string text = PadRight("would " + verb, sizes.label) + SagaLine(effect.saga());
  if (!becomes.empty()) {
    const bool fits =
        width == kUnlimitedWidth || DisplayWidth(text) + 4 + DisplayWidth(becomes) <= width;
    text += (fits ? " " : "\n" + std::string(sizes.label, ' ')) + "-> " + becomes;
  }
  text += "\n" + Calls(effect, "would call", sizes, paint) + Warnings(effect, sizes);
  return text;
}

std::string RenderDone(const v1::ActionEffect& effect, const std::string& past, std::size_t width,
                       const Paint& paint) {
  const v1::Saga& saga = effect.saga();
  const std::string before = StateWord(effect.previous_state());
  std::string after = StateAndHealth(saga);
  if (saga.state() == v1::Saga::STATE_RESOLVED) {
    after += fmt::format(" ({})", Lower(StateWord(saga.resolved_as())));
  }
  const bool held = !IsEnded(saga.state()) && saga.health() == v1::Saga::HEALTH_PAUSED;
  const bool moved = effect.previous_state() != v1::Saga::STATE_UNSPECIFIED &&
                     effect.previous_state() != saga.state();
  const Layout sizes{kDoneLabel, width};
  std::string text = paint(Tone::kGood, PadRight(past, sizes.label)) +
                     fmt::format("{} {}  {}{}\n", DefinitionLabel(saga.definition_version()),
                                 SagaLabel(saga), moved ? before + " -> " : "", after);
  return text + Calls(effect, held ? "once resumed" : "will call", sizes, paint) +
         Warnings(effect, sizes);
}

}  // namespace saga::admin

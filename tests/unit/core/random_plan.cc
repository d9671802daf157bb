#include "unit/core/random_plan.h"

#include <fmt/format.h>

#include <vector>

namespace saga::testing {
namespace {

using Marks = std::vector<std::string>;

const Marks kBefore = {"",    "",       "@",       "%",       "~",   "~%",     "~@*", "-",
                       "#",   "#@",     "#~",      "#%",      "?",   "#?",     "~?*", "+5",
                       "-~*", "=go/20", "=go/20*", "=go/20?", "=go", "+length"};
const Marks kPivot = {"", "", "%", "~", "~%"};
const Marks kAfter = {"", "", "%", "~", "~%", "?", "~?*", "+5", "=done/20", "=done/20?"};

class PlanText {
 public:
  explicit PlanText(Dice& dice) : dice_(dice) {}

  std::string Make() {
    AddGroups(1 + dice_.Below(3), kBefore);
    if (dice_.Chance(60)) {
      Separate();
      text_ += Step(dice_.Pick(kPivot), "!");
      AddGroups(dice_.Below(3), kAfter);
    }
    if (dice_.Chance(30)) text_ += "; then succeeded receipt";
    if (dice_.Chance(30)) text_ += "; then compensated sorry";
    return text_;
  }

 private:
  void Separate() {
    if (!text_.empty()) text_ += ", ";
  }

  void AddGroups(std::size_t count, const Marks& marks) {
    for (std::size_t i = 0; i < count; ++i) {
      Separate();
      const std::size_t width = 1 + dice_.Below(3);
      std::string group;
      for (std::size_t k = 0; k < width; ++k) {
        group += (k > 0 ? " " : "") + Step(dice_.Pick(marks), &marks == &kAfter ? Hold() : "");
      }
      text_ += width > 1 ? "[" + group + "]" : group;
    }
  }

  // After the pivot a step may name a hold: it waits for its confirm.
  std::string Hold() {
    if (holds_.empty() || !dice_.Chance(40)) return "";
    return "<" + dice_.Pick(holds_);
  }

  std::string Condition() {
    if (!dice_.Chance(25)) return "";
    static const Marks kConditions = {"^yes", "^no", "^no", "^bad"};
    if (steps_.empty() || dice_.Chance(50)) return dice_.Pick(kConditions);
    return "^has:" + dice_.Pick(steps_);
  }

  // `id`, one-letter marks, then what is introduced by a mark of its own.
  std::string Step(const std::string& kind, const std::string& more) {
    const std::string id = fmt::format("s{}", steps_.size());
    const std::string text = id + kind + more + Condition();
    steps_.push_back(id);
    if (kind.find('#') != std::string::npos) holds_.push_back(id);
    return text;
  }

  Dice& dice_;
  std::string text_;
  std::vector<std::string> steps_;
  std::vector<std::string> holds_;
};

}  // namespace

std::string RandomPlan(Dice& dice) { return PlanText(dice).Make(); }

}  // namespace saga::testing

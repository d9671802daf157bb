#include "definition/load_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/check.h"
#include "definition/load_calls.h"
#include "definition/load_values.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

namespace pb = saga::v1;

// The form in which a step is written; each has keys of its own.
struct StepForm {
  pb::DefinitionStepKind kind;
  const char* name;
  std::vector<std::string> keys;
};

const StepForm& CallForm() {
  static const StepForm kForm{
      pb::DEFINITION_STEP_KIND_UNSPECIFIED,
      "a step with `call`",
      {"id", "call", "with", "undo", "after", "when", "pivot", "optional", "retry", "timeout",
       "errors", "reject_if", "in_doubt", "on_stuck", "on_recovery", "async", "query", "on_late"}};
  return kForm;
}

const StepForm& HoldForm() {
  static const StepForm kForm{
      pb::DEFINITION_STEP_KIND_TCC,
      "a step with `try`",
      {"id", "try", "confirm", "cancel", "expires", "after", "when", "optional", "in_doubt",
       "on_stuck", "on_recovery", "async", "query", "on_late"}};
  return kForm;
}

const StepForm& TimerForm() {
  static const StepForm kForm{
      pb::DEFINITION_STEP_KIND_TIMER, "a step with `wait`", {"id", "wait", "after", "when"}};
  return kForm;
}

const StepForm& SignalForm() {
  static const StepForm kForm{
      pb::DEFINITION_STEP_KIND_SIGNAL,
      "a step with `signal`",
      {"id", "signal", "within", "after", "when", "optional", "on_stuck", "on_late"}};
  return kForm;
}

const StepForm& FormOf(const YAML::Node& node) {
  if (node["try"]) return HoldForm();
  if (node["wait"]) return TimerForm();
  if (node["signal"]) return SignalForm();
  return CallForm();
}

const std::vector<std::string>& EveryKey() {
  static const std::vector<std::string> kKeys = [] {
    std::vector<std::string> keys;
    for (const StepForm* form : {&CallForm(), &HoldForm(), &TimerForm(), &SignalForm()}) {
      for (const std::string& key : form->keys) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
      }
    }
    return keys;
  }();
  return kKeys;
}

// What a misplaced key of a step is meant to be.
std::string Remedy(const StepForm& form, const std::string& key) {
  static const std::vector<std::string> kOfTry = {"with",   "retry",     "timeout",
                                                  "errors", "reject_if", "call"};
  const bool of_try = std::find(kOfTry.begin(), kOfTry.end(), key) != kOfTry.end();
  if (form.kind == pb::DEFINITION_STEP_KIND_TCC && of_try) {
    return fmt::format("try: {{ call: …, {}: … }}", key);
  }
  return fmt::format("known here: {}", fmt::join(form.keys, ", "));
}

class StepLoader {
 public:
  StepLoader(LoadContext& context, const YAML::Node& node, pb::DefinitionStep& step,
             std::string path)
      : context_(context),
        reader_(context.reader),
        node_(node),
        form_(FormOf(node)),
        step_(step),
        path_(std::move(path)) {}

  void Load(const std::vector<std::string>& previous) {
    CheckKeysOfForm();
    LoadId();
    step_.set_kind(form_.kind);
    if (node_["when"]) step_.set_when(Expression("when"));
    if (form_.kind == pb::DEFINITION_STEP_KIND_TCC) {
      LoadHold();
    } else if (form_.kind == pb::DEFINITION_STEP_KIND_TIMER) {
      *step_.mutable_wait() = LoadDelay(context_, node_["wait"], path_ + ".wait");
    } else if (form_.kind == pb::DEFINITION_STEP_KIND_SIGNAL) {
      LoadSignal();
    } else {
      LoadCall(context_, node_, path_, MayRefuse::kYes, *step_.mutable_action());
      if (node_["undo"]) LoadUndo();
      if (node_["pivot"]) step_.set_pivot(reader_.Flag(node_["pivot"], path_ + ".pivot"));
    }
    LoadOutcomeRules();
    LoadRules();
    LoadAfter(previous);
  }

 private:
  bool Has(const char* key) const {
    return node_[key] && std::find(form_.keys.begin(), form_.keys.end(), key) != form_.keys.end();
  }

  std::string Expression(const char* key) {
    return LoadExpression(context_, node_[key], path_ + "." + key);
  }

  void CheckKeysOfForm() {
    for (const auto& entry : node_) {
      if (!entry.first.IsScalar()) continue;
      const std::string key = entry.first.Scalar();
      const auto& all = EveryKey();
      const bool known = std::find(all.begin(), all.end(), key) != all.end();
      const bool here = std::find(form_.keys.begin(), form_.keys.end(), key) != form_.keys.end();
      if (!known || here) continue;
      reader_.Error(entry.first, path_ + "." + key, "SAGA002",
                    fmt::format("'{}' does not belong to {}", key, form_.name), Remedy(form_, key));
    }
  }

  void LoadId() {
    if (node_["id"]) step_.set_id(reader_.Text(node_["id"], path_ + ".id"));
    if (IsDefinitionName(step_.id(), '_')) return;
    reader_.Error(
        node_["id"] ? node_["id"] : node_, path_ + ".id", "SAGA002",
        fmt::format("a step needs an `id` of lower-case letters, digits and underscores, not '{}'",
                    step_.id()));
  }

  void LoadHold() {
    LoadWholeCall(context_, node_["try"], path_ + ".try", MayRefuse::kYes, *step_.mutable_action());
    if (node_["confirm"]) {
      LoadWholeCall(context_, node_["confirm"], path_ + ".confirm", MayRefuse::kNo,
                    *step_.mutable_confirm());
    }
    if (node_["cancel"]) {
      LoadWholeCall(context_, node_["cancel"], path_ + ".cancel", MayRefuse::kNo,
                    *step_.mutable_undo());
    }
    if (node_["expires"]) {
      step_.set_expires_ms(
          LoadPeriod(context_, node_["expires"], path_ + ".expires", kSagaDeadlineMax, 0));
    }
  }

  void LoadSignal() {
    step_.set_signal(reader_.Text(node_["signal"], path_ + ".signal"));
    if (!IsDefinitionName(step_.signal(), '_')) {
      reader_.Error(node_["signal"], path_ + ".signal", "SAGA002",
                    fmt::format("`signal` is '{}'; a name of lower-case letters, digits and "
                                "underscores is wanted, e.g. payment",
                                step_.signal()));
    }
    if (node_["within"]) {
      *step_.mutable_wait() = LoadDelay(context_, node_["within"], path_ + ".within");
    }
  }

  void LoadUndo() {
    const YAML::Node node = node_["undo"];
    const std::string path = path_ + ".undo";
    reader_.Mark(node, path);
    if (node.IsScalar() && node.Scalar() == "none") return step_.set_undo_none(true);
    LoadWholeCall(context_, node, path, MayRefuse::kNo, *step_.mutable_undo());
  }

  // How an outcome is learnt that the call itself does not give.
  void LoadOutcomeRules() {
    if (Has("async") && reader_.CheckMap(node_["async"], path_ + ".async", {"within"})) {
      auto& async = *step_.mutable_async();
      if (node_["async"]["within"]) {
        *async.mutable_within() =
            LoadDelay(context_, node_["async"]["within"], path_ + ".async.within");
      } else {
        reader_.Error(node_["async"], path_ + ".async", "SAGA002",
                      "`async` needs `within`: how long the outcome may take", "within: 48h");
      }
    }
    if (Has("query")) LoadQuery(context_, node_["query"], path_ + ".query", *step_.mutable_query());
    if (Has("on_late") &&
        reader_.CheckMap(node_["on_late"], path_ + ".on_late", {"start", "with", "key"})) {
      *step_.mutable_on_late() = LoadFollowUp(context_, node_["on_late"], path_ + ".on_late");
    }
  }

  void LoadRules() {
    if (Has("optional")) step_.set_optional(reader_.Flag(node_["optional"], path_ + ".optional"));
    if (Has("in_doubt")) {
      const auto rule = reader_.Choice(node_["in_doubt"], path_ + ".in_doubt", {"resolve", "undo"});
      step_.set_in_doubt(rule == 1 ? pb::IN_DOUBT_RULE_UNDO : pb::IN_DOUBT_RULE_RESOLVE);
    }
    if (Has("on_stuck")) {
      step_.set_hold_when_stuck(
          reader_.Choice(node_["on_stuck"], path_ + ".on_stuck", {"deadline", "hold"}) == 1);
    }
    if (Has("on_recovery")) {
      step_.set_wait_for_person(
          reader_.Choice(node_["on_recovery"], path_ + ".on_recovery", {"retry", "wait"}) == 1);
    }
  }

  void LoadAfter(const std::vector<std::string>& previous) {
    const YAML::Node after = node_["after"];
    if (!after) {
      for (const std::string& id : previous) {
        if (!id.empty()) step_.add_after(id);
      }
      return;
    }
    reader_.Mark(after, path_ + ".after");
    if (!after.IsSequence()) {
      return reader_.Error(after, path_ + ".after", "SAGA002",
                           "`after` is a list of step ids, e.g. [authorize]; [] = at once");
    }
    for (const YAML::Node& id : after) step_.add_after(reader_.Text(id, path_ + ".after"));
  }

  LoadContext& context_;
  YamlReader& reader_;
  const YAML::Node node_;
  const StepForm& form_;
  pb::DefinitionStep& step_;
  const std::string path_;
};

// Returns its id.
std::string LoadStep(LoadContext& context, const YAML::Node& node,
                     const std::vector<std::string>& previous) {
  const std::string path = fmt::format("steps[{}]", context.document.steps_size());
  pb::DefinitionStep& step = *context.document.add_steps();
  if (!context.reader.CheckMap(node, path, EveryKey())) return {};
  StepLoader(context, node, step, path).Load(previous);
  return step.id();
}

void ResolveAfter(LoadContext& context) {
  std::vector<std::string> ids;
  for (const auto& step : context.document.steps()) ids.push_back(step.id());
  for (int i = 0; i < context.document.steps_size(); ++i) {
    for (const std::string& id : context.document.steps(i).after()) {
      if (std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
      context.reader.Error(YAML::Node(YAML::NodeType::Undefined), fmt::format("steps[{}].after", i),
                           "SAGA003", fmt::format("`after` names '{}', which is no step", id));
    }
  }
}

}  // namespace

void LoadSteps(LoadContext& context, const YAML::Node& node) {
  YamlReader& reader = context.reader;
  reader.Mark(node, "steps");
  if (!node.IsSequence() || node.size() == 0) {
    return reader.Error(node, "steps", "SAGA002", "`steps` is a list of at least one step");
  }
  std::vector<std::string> previous;
  for (const YAML::Node& entry : node) {
    std::vector<std::string> group;
    if (entry.IsMap() && entry["parallel"]) {
      const std::string path = fmt::format("steps[{}]", context.document.steps_size());
      if (!reader.CheckMap(entry, path, {"parallel"})) continue;
      if (!entry["parallel"].IsSequence() || entry["parallel"].size() == 0) {
        reader.Error(entry["parallel"], path, "SAGA002", "`parallel` is a list of steps");
        continue;
      }
      for (const YAML::Node& member : entry["parallel"]) {
        group.push_back(LoadStep(context, member, previous));
      }
    } else {
      group.push_back(LoadStep(context, entry, previous));
    }
    previous = group;
  }
  ResolveAfter(context);
}

}  // namespace saga

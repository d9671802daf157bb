#include "definition/diff.h"

#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "definition/document_leaves.h"
#include "definition/input_reads.h"
#include "definition/loader.h"

namespace saga {
namespace {

using v1::DefinitionStep;
using v1::SagaDefinition;

// Parts of a step that are there as a whole or not at all.
constexpr std::array<std::string_view, 6> kParts = {"try",  "confirm", "cancel",
                                                    "undo", "query",   "on_late"};

// The first `count` parts of a path.
std::string Head(const std::string& path, int count) {
  std::size_t end = 0;
  for (int i = 0; i < count && end != path.npos; ++i) end = path.find('.', end + (i > 0 ? 1 : 0));
  return path.substr(0, end);
}

// The leaf without which the part of the document that holds `path` is not
// there, as "steps.reserve.undo.call"; empty = it is in no such part.
std::string LeadOf(const std::string& path) {
  const std::string part = Head(path, 3);
  if (Head(path, 1) == "then") return part + ".start";
  const std::string name = part.substr(part.rfind('.') + 1);
  const bool in_step = Head(path, 1) == "steps" && part.size() > Head(path, 2).size();
  if (!in_step || std::find(kParts.begin(), kParts.end(), name) == kParts.end()) return {};
  return part + (name == "on_late" ? ".start" : ".call");
}

// What stands behind the step's id: "undo.call" of "steps.reserve.undo.call".
std::string InStep(const std::string& path) {
  const std::string head = Head(path, 2);
  return path.size() > head.size() ? path.substr(head.size() + 1) : std::string();
}

std::string WhyInStep(const std::string& in_step, const DefinitionChange& change) {
  if (in_step == "kind") return "its answer, its events and who is asked for it are others";
  if (in_step == "signal") {
    return fmt::format("whoever sends '{}' is not heard any more", change.before);
  }
  if (in_step == "pivot") {
    return "who waits until the pivot gets the answer at another place";
  }
  if (in_step == "undo.call" && change.after.empty()) {
    return "what the step does is left when the saga turns back";
  }
  if (in_step == "async.within" && change.after.empty()) {
    return "a participant that answers `accepted` is called again and again";
  }
  if (in_step == "on_late.start" && !change.before.empty()) {
    return fmt::format("a late success does not start '{}' any more", change.before);
  }
  return {};
}

// Why the change breaks somebody; empty = it does not.
std::string WhyBreaking(const DefinitionChange& change) {
  const std::string root = Head(change.path, 1);
  if (change.path == "saga")
    return fmt::format("whoever starts '{}' does not get it", change.before);
  if (change.path == "input") return "starts with the input of the former version are refused";
  if (change.path == "business_key") return "its sagas are found by another key";
  if (root == "labels" && !change.before.empty()) return "filters and alerts by it miss new sagas";
  if (root == "output" && change.after.empty()) return "who reads it from the output gets nothing";
  if (change.path == "events.publish" && change.before == "full") {
    return "consumers of its events get no payloads any more";
  }
  if (root == "then" && change.path.ends_with(".start") && !change.before.empty()) {
    return fmt::format("its end does not start '{}' any more", change.before);
  }
  return root == "steps" ? WhyInStep(InStep(change.path), change) : std::string();
}

class Differ final {
 public:
  Differ(const SagaDefinition& before, const SagaDefinition& after)
      : before_(before), after_(after) {}

  std::vector<DefinitionChange> Run() {
    DiffSteps();
    DiffLeaves();
    DiffInputReads();
    DiffOrder();
    return std::move(changes_);
  }

 private:
  static std::map<std::string, const DefinitionStep*> StepsOf(const SagaDefinition& document) {
    std::map<std::string, const DefinitionStep*> steps;
    for (const DefinitionStep& step : document.steps()) steps.emplace(step.id(), &step);
    return steps;
  }

  // Differ in their names, and in what they wait for, at most.
  static bool AreAlike(const DefinitionStep& a, DefinitionStep b) {
    b.set_id(a.id());
    *b.mutable_after() = a.after();
    return google::protobuf::util::MessageDifferencer::Equals(a, b);
  }

  // A step that is there on one side only is one change.
  void DiffSteps() {
    const auto before = StepsOf(before_);
    const auto after = StepsOf(after_);
    const auto is_new = [&before](const auto& step) { return before.count(step.first) == 0; };
    for (const DefinitionStep& step : before_.steps()) {
      if (after.count(step.id()) > 0) continue;
      const auto renamed = std::find_if(after.begin(), after.end(), [&](const auto& other) {
        return is_new(other) && whole_.count("steps." + other.first) == 0 &&
               AreAlike(step, *other.second);
      });
      AddStep(step.id(), "a step",
              renamed == after.end() ? std::string() : "renamed to " + renamed->first,
              "its events, its place in filters and its answer are gone");
      if (renamed != after.end()) whole_.insert("steps." + renamed->first);
    }
    for (const DefinitionStep& step : after_.steps()) {
      if (before.count(step.id()) > 0 || whole_.count("steps." + step.id()) > 0) continue;
      const bool waits = step.kind() == v1::DEFINITION_STEP_KIND_SIGNAL;
      AddStep(
          step.id(), "", "a step",
          waits ? fmt::format("sagas wait for '{}', which nobody sends yet", step.signal()) : "");
    }
  }

  void AddStep(const std::string& id, std::string before, std::string after, std::string why) {
    const Impact impact = why.empty() ? Impact::kCompatible : Impact::kBreaking;
    whole_.insert("steps." + id);
    changes_.push_back(
        {impact, "steps." + id, std::move(before), std::move(after), std::move(why)});
  }

  void DiffLeaves() {
    const auto before = LeavesOf(before_);
    const auto after = LeavesOf(after_);
    then_ = {before.begin(), before.end()};
    now_ = {after.begin(), after.end()};
    for (const auto& [path, value] : before) {
      const auto found = now_.find(path);
      Compare(path, value, found == now_.end() ? std::string() : found->second);
    }
    for (const auto& [path, value] : after) {
      if (then_.count(path) == 0) Compare(path, "", value);
    }
  }

  // With its step, or with the call or start that is new or gone.
  bool IsToldElsewhere(const std::string& path) const {
    const std::string lead = LeadOf(path);
    const bool part = !lead.empty() && then_.count(lead) != now_.count(lead);
    return whole_.count(Head(path, 2)) > 0 || (part && path != lead);
  }

  void Compare(const std::string& path, const std::string& before, const std::string& after) {
    if (before == after || IsToldElsewhere(path)) return;
    DefinitionChange change{.path = path, .before = before, .after = after, .why = {}};
    change.why = WhyBreaking(change);
    change.impact = change.why.empty() ? Impact::kCompatible : Impact::kBreaking;
    changes_.push_back(std::move(change));
  }

  // Without a type, nobody checks that the input holds what is read of it.
  void DiffInputReads() {
    if (!after_.input().empty()) return;
    const std::set<std::string> before = InputReads(before_);
    for (const std::string& read : InputReads(after_)) {
      if (before.count(read) > 0) continue;
      changes_.push_back({Impact::kBreaking, read, "not read", "read",
                          "starts of the former version need not send it"});
    }
  }

  // A new version all the same: "identical" is what a registration takes for
  // the same.
  void DiffOrder() {
    if (!changes_.empty() || DigestOf(before_) == DigestOf(after_)) return;
    changes_.push_back({Impact::kCompatible, "order", "of steps or fields", "another", ""});
  }

  const SagaDefinition& before_;
  const SagaDefinition& after_;
  std::map<std::string, std::string> then_;
  std::map<std::string, std::string> now_;
  std::set<std::string> whole_;  // Steps that are told as a whole.
  std::vector<DefinitionChange> changes_;
};

std::set<std::string> CallsOf(const SagaDefinition& document) {
  std::set<std::string> calls;
  for (const DefinitionStep& step : document.steps()) {
    for (const auto* call : {&step.action(), &step.undo(), &step.confirm(), &step.query().call()}) {
      if (!call->participant().empty()) calls.insert(call->participant() + "/" + call->method());
    }
  }
  return calls;
}

}  // namespace

std::vector<DefinitionChange> DiffDefinitions(const SagaDefinition& before,
                                              const SagaDefinition& after) {
  return Differ(before, after).Run();
}

std::vector<std::string> CallsOnlyIn(const SagaDefinition& before, const SagaDefinition& after) {
  const std::set<std::string> then = CallsOf(before);
  const std::set<std::string> now = CallsOf(after);
  std::vector<std::string> only;
  std::set_difference(then.begin(), then.end(), now.begin(), now.end(), std::back_inserter(only));
  return only;
}

}  // namespace saga

#include "definition/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/duration.h"
#include "base/suggest.h"
#include "definition/check_context.h"

namespace saga {
namespace {

using std::chrono::milliseconds;

class Checker {
 public:
  Checker(const LoadedDefinition& loaded, const std::string& name_space,
          const DescriptorSource& source, Diagnostics& diagnostics, const Reach& reach)
      : context_(loaded, name_space, source, diagnostics), reach_(reach) {}

  void Run() {
    auto made = ToDefinition(context_.loaded.document, context_.name_space, 0);
    if (!made.ok()) return ReportShape(made.status());
    context_.definition = *made;
    context_.types = TypesOf(definition(), context_.source);
    CheckInputType();
    CheckStartTexts(context_);
    for (std::size_t i = 0; i < definition().steps.size(); ++i) CheckStep(ToStep(i));
    CheckOutputs(context_);
    CheckPublished(context_);
    CheckDeadline();
  }

 private:
  const Definition& definition() const { return *context_.definition; }

  void ReportShape(const Status& wrong) {
    const std::string code = MetadataOf(wrong, "lint", "SAGA003");
    const std::string step = MetadataOf(wrong, "step", "");
    std::string path = step.empty() ? "steps" : fmt::format("steps[{}]", step);
    const std::string key = MetadataOf(wrong, "key", code == "SAGA006" ? "undo" : "");
    if (context_.loaded.places.count(path + "." + key) > 0) path += "." + key;
    context_.Error(path, code, wrong.message());
  }

  void CheckInputType() {
    if (definition().input_type.empty() || context_.types.input.type != nullptr) return;
    context_.Error("input", "SAGA008",
                   fmt::format("input type '{}' is not in the descriptors of any registered "
                               "participant",
                               definition().input_type),
                   "register a participant whose descriptors hold it, or leave `input` out for "
                   "JSON without a schema");
  }

  void CheckStep(StepIndex index) {
    const Step& step = definition().step(index);
    const bool calls = step.kind == StepKind::kAction || step.kind == StepKind::kTcc;
    if (calls) CheckCalls(index, step);
    CheckConditions(context_, index);
    CheckReadsOf(context_, index);
    if (calls) CheckLimits(index, step);
  }

  void CheckCalls(StepIndex index, const Step& step) {
    const std::string path = CheckContext::PathOf(index);
    CheckUndoRule(index, step, path);
    const std::string action =
        CheckCall(index, step.action, CheckContext::PathOfAction(index, step));
    const bool hold = step.kind == StepKind::kTcc;
    const std::string undo_path = path + (hold ? ".cancel" : ".undo");
    if (step.confirm) {
      const std::string confirm = CheckCall(index, *step.confirm, path + ".confirm");
      CheckSame(step, action, confirm, *step.confirm, path + ".confirm", "confirmed");
    }
    if (step.query) CheckCall(index, step.query->call, path + ".query");
    if (!step.undo) return;
    const std::string undo = CheckCall(index, *step.undo, undo_path);
    CheckSame(step, action, undo, *step.undo, undo_path, "undone");
  }

  void CheckSame(const Step& step, const std::string& action, const std::string& other,
                 const Call& call, const std::string& path, const char* what) {
    const bool same = call.participant == step.action.participant && !other.empty();
    if (!same || other != action) return;
    context_.Error(path + ".call", "SAGA014",
                   fmt::format("step '{}' is {} by the very call that does it", step.id, what));
  }

  void CheckUndoRule(StepIndex index, const Step& step, const std::string& path) {
    const auto& written = context_.loaded.document.steps(static_cast<int>(ToSize(index)));
    const bool said = step.undo.has_value() || written.undo_none();
    if (said || step.pivot || step.after_pivot || step.optional) return;
    context_.Error(path, "SAGA004", fmt::format("step '{}' does not say how it is undone", step.id),
                   "undo: { call: …, with: … }, or `undo: none` when there is nothing to undo");
  }

  // Returns the method's full name; empty when it is not known.
  std::string CheckCall(StepIndex index, const Call& call, const std::string& path) {
    const std::string& name_space = context_.name_space;
    const DescriptorSource& source = context_.source;
    if (!source.HasParticipant(name_space, call.participant)) {
      context_.Error(path + ".call", "SAGA009",
                     fmt::format("participant '{}' is not registered{}", call.participant,
                                 DidYouMean(call.participant, source.ParticipantNames(name_space))),
                     fmt::format("sagactl participants register {} HOST:PORT", call.participant));
      return {};
    }
    CheckReachable(call, path);
    const auto method = source.FindMethod(name_space, call.participant, call.method);
    if (!method.ok()) {
      context_.Error(path + ".call", "SAGA009", method.status().message());
      return {};
    }
    CheckWith(index, call.with, method->request, path + ".with");
    return method->full_name;
  }

  void CheckReachable(const Call& call, const std::string& path) {
    if (!reach_ || !asked_.insert(call.participant).second) return;
    const Status there = reach_(call.participant);
    if (there.ok()) return;
    context_.Warn(
        path + ".call", "SAGA025",
        fmt::format("participant '{}' cannot be reached: {}", call.participant, there.message()),
        fmt::format("sagactl participants probe {}", call.participant));
  }

  void CheckWith(StepIndex index, const Mapping& with, const TypeHandle& request,
                 const std::string& path) {
    const auto check = [&](const Mapping& mapping) {
      const auto compiled = CompiledMapping::Compile(mapping, request, context_.types, index);
      if (!compiled.ok()) context_.Report(compiled.status(), path);
      return compiled.ok();
    };
    bool each_is_fine = true;
    if (with.kind == Mapping::Kind::kFields) {
      // Field by field, so that every wrong one is told.
      for (const auto& field : with.fields) {
        Mapping alone{.kind = Mapping::Kind::kFields};
        alone.fields.push_back(field);
        each_is_fine = check(alone) && each_is_fine;
      }
    }
    if (each_is_fine) check(with);
  }

  void CheckLimits(StepIndex index, const Step& step) {
    const std::string path = CheckContext::PathOf(index);
    const bool limited = step.after_pivot && !step.optional && step.action.retry.attempts != 0;
    if (limited) {
      context_.Warn(path, "SAGA021",
                    fmt::format("step '{}' is after the pivot and has a limited retry; it can end "
                                "STUCK",
                                step.id),
                    "retry: { attempts: unlimited }");
    }
    if (step.optional && step.action.retry.attempts == 0) {
      context_.Error(CheckContext::PathOfAction(index, step) + ".retry", "SAGA016",
                     fmt::format("step '{}' is optional and tried for ever: it would never be "
                                 "given up, and the saga would never end",
                                 step.id),
                     "retry: { attempts: 6 }");
    }
    CheckExpiry(path, step);
  }

  void CheckExpiry(const std::string& path, const Step& step) {
    const milliseconds deadline = definition().deadline;
    if (step.expires.count() == 0 || (deadline.count() > 0 && step.expires > deadline)) return;
    const std::string why =
        deadline.count() == 0
            ? "but the saga has no deadline: it may be dropped before it is confirmed"
            : fmt::format(
                  "no longer than the deadline of {}: it may be dropped before it is "
                  "confirmed",
                  FormatDuration(deadline));
    context_.Error(path + ".expires", "SAGA013",
                   fmt::format("the hold of step '{}' expires after {}, {}", step.id,
                               FormatDuration(step.expires), why),
                   "let `expires` outlive `deadline`");
  }

  // How long one attempt, or the wait, of a step can take.
  static milliseconds LongestOf(const Step& step) {
    if (step.kind == StepKind::kTimer || step.kind == StepKind::kSignal) return step.wait.fixed;
    return step.async ? std::max(step.async->within.fixed, step.action.timeout)
                      : step.action.timeout;
  }

  // The longest way to the pivot (or the end), one attempt each.
  void CheckDeadline() {
    if (definition().deadline.count() == 0) return;
    const auto& steps = definition().steps;
    std::vector<milliseconds> reached(steps.size());
    milliseconds longest{0};
    for (std::size_t round = 0; round < steps.size(); ++round) {
      for (std::size_t i = 0; i < steps.size(); ++i) {
        milliseconds before{0};
        for (const StepIndex after : steps[i].after) {
          before = std::max(before, reached[ToSize(after)]);
        }
        reached[i] = before + LongestOf(steps[i]);
        if (!steps[i].after_pivot) longest = std::max(longest, reached[i]);
      }
    }
    if (longest <= definition().deadline) return;
    context_.Warn("deadline", "SAGA011",
                  fmt::format("the deadline of {} is shorter than one attempt of each step on the "
                              "way can take ({})",
                              FormatDuration(definition().deadline), FormatDuration(longest)));
  }

  CheckContext context_;
  const Reach& reach_;
  std::set<std::string> asked_;
};

}  // namespace

void CheckDefinition(const LoadedDefinition& loaded, const std::string& name_space,
                     const DescriptorSource& source, Diagnostics& diagnostics, const Reach& reach) {
  Checker(loaded, name_space, source, diagnostics, reach).Run();
}

LoadedDefinition LintDefinition(std::string_view source, DefinitionFormat format,
                                const std::string& name_space, const DescriptorSource& descriptors,
                                const Reach& reach) {
  LoadedDefinition loaded = LoadDefinition(source, format);
  if (!HasErrors(loaded.diagnostics)) {
    CheckDefinition(loaded, name_space, descriptors, loaded.diagnostics, reach);
  }
  std::stable_sort(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return std::pair(a.line, a.column) < std::pair(b.line, b.column);
                   });
  return loaded;
}

}  // namespace saga

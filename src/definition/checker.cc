#include "definition/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/duration.h"
#include "base/suggest.h"
#include "definition/expression.h"
#include "definition/mapping.h"

namespace saga {
namespace {

// Every path in a mapping, with its place below `where`.
void EachPath(const Mapping& mapping, const std::string& where,
              const std::function<void(const PathExpression&, const std::string&)>& visit) {
  if (mapping.kind == Mapping::Kind::kExpression) {
    const auto parsed = ParseExpression(mapping.expression);
    if (parsed.ok() && std::holds_alternative<PathExpression>(*parsed))
      visit(std::get<PathExpression>(*parsed), where);
  }
  for (const auto& [name, value] : mapping.fields) EachPath(value, where + "." + name, visit);
  for (std::size_t i = 0; i < mapping.list.size(); ++i)
    EachPath(mapping.list[i], fmt::format("{}[{}]", where, i), visit);
}

class Checker {
 public:
  Checker(const LoadedDefinition& loaded, const std::string& name_space,
          const DescriptorSource& source, Diagnostics& diagnostics)
      : loaded_(loaded), name_space_(name_space), source_(source), diagnostics_(diagnostics) {}

  void Run() {
    auto made = ToDefinition(loaded_.document, name_space_, 0);
    if (!made.ok()) {
      std::string code = "SAGA003";
      std::string path = "steps";
      for (const auto& [key, value] : made.status().metadata()) {
        if (key == "lint") code = value;
        if (key == "step") path = fmt::format("steps[{}]", value);
      }
      Error(path, code, made.status().message());
      return;
    }
    definition_ = *made;
    types_ = TypesOf(*definition_, source_);
    CheckInput();
    for (std::size_t i = 0; i < definition_->steps.size(); ++i) CheckStep(ToStep(i));
    CheckOutput();
    CheckDeadline();
  }

 private:
  static std::string PathOf(StepIndex step) { return fmt::format("steps[{}]", ToSize(step)); }

  void Error(const std::string& path, std::string code, std::string message,
             std::string suggestion = "") {
    Add(Severity::kError, path, std::move(code), std::move(message), std::move(suggestion));
  }
  void Warn(const std::string& path, std::string code, std::string message,
            std::string suggestion = "") {
    Add(Severity::kWarning, path, std::move(code), std::move(message), std::move(suggestion));
  }
  void Add(Severity severity, const std::string& path, std::string code, std::string message,
           std::string suggestion) {
    const SourcePlace place = PlaceOf(loaded_.places, path);
    diagnostics_.push_back({severity, std::move(code), std::move(message), place.line, place.column,
                            path, std::move(suggestion)});
  }

  void CheckInput() {
    if (definition_->input_type.empty() || types_.input.type != nullptr) return;
    Error("input", "SAGA008",
          fmt::format("input type '{}' is not in the descriptors of any registered participant",
                      definition_->input_type),
          "register a participant whose descriptors hold it, or leave `input` out for JSON without "
          "a schema");
  }

  void CheckStep(StepIndex index) {
    const Step& step = definition_->step(index);
    const std::string path = PathOf(index);
    CheckUndoRule(index, step, path);
    CheckCall(index, step.action, path);
    if (step.undo) {
      CheckCall(index, *step.undo, path + ".undo");
      if (step.undo->participant == step.action.participant &&
          step.undo->method == step.action.method) {
        Error(path + ".undo.call", "SAGA014",
              fmt::format("step '{}' is undone by the very call that does it", step.id));
      }
    }
    CheckReads(index, step, path);
    const bool limited = step.after_pivot && !step.optional && step.action.retry.attempts != 0;
    if (limited) {
      Warn(path, "SAGA021",
           fmt::format("step '{}' is after the pivot and has a limited retry; it can end STUCK",
                       step.id),
           "retry: { attempts: unlimited }");
    }
  }

  void CheckUndoRule(StepIndex index, const Step& step, const std::string& path) {
    const bool said = step.undo.has_value() ||
                      loaded_.document.steps(static_cast<int>(ToSize(index))).undo_none();
    if (said || step.pivot || step.after_pivot || step.optional) return;
    Error(path, "SAGA004", fmt::format("step '{}' does not say how it is undone", step.id),
          "undo: { call: …, with: … }, or `undo: none` when there is nothing to undo");
  }

  void CheckCall(StepIndex index, const Call& call, const std::string& path) {
    if (!source_.HasParticipant(name_space_, call.participant)) {
      Error(path + ".call", "SAGA009",
            fmt::format("participant '{}' is not registered{}", call.participant,
                        DidYouMean(call.participant, source_.ParticipantNames(name_space_))),
            fmt::format("sagactl participants register {} HOST:PORT", call.participant));
      return;
    }
    const auto method = source_.FindMethod(name_space_, call.participant, call.method);
    if (!method.ok()) {
      Error(path + ".call", "SAGA009", method.status().message());
      return;
    }
    const auto compiled = CompiledMapping::Compile(call.with, method->request, types_, index);
    if (compiled.ok()) return;
    std::string field;
    for (const auto& [key, value] : compiled.status().metadata()) {
      if (key == "field") field = value;
    }
    const std::string& message = compiled.status().message();
    const bool unknown = message.find("has no field") != std::string::npos;
    Error(field.empty() ? path + ".with" : path + ".with." + field, unknown ? "SAGA007" : "SAGA008",
          message);
  }

  bool RunsBefore(StepIndex before, StepIndex step) const {
    const auto& later = definition_->step(before).descendants;
    return std::binary_search(later.begin(), later.end(), step);
  }

  void CheckReads(StepIndex index, const Step& step, const std::string& path) {
    EachPath(step.action.with, path + ".with",
             [&](const PathExpression& read, const std::string& where) {
               if (read.root == PathRoot::kOutput) {
                 Error(where, "SAGA010",
                       fmt::format("{}: step '{}' has no answer before it is called", read.text,
                                   step.id));
               }
               if (read.root == PathRoot::kFailure) {
                 Error(where, "SAGA010",
                       fmt::format("{}: there is no failure on the way forward", read.text));
               }
               if (read.root == PathRoot::kStep) CheckStepRead(read, index, where, false);
             });
    if (!step.undo) return;
    EachPath(step.undo->with, path + ".undo.with",
             [&](const PathExpression& read, const std::string& where) {
               const bool own = read.root == PathRoot::kOutput ||
                                (read.root == PathRoot::kStep && read.step == step.id);
               if (own && step.in_doubt == InDoubtRule::kUndo) {
                 Error(where, "SAGA012",
                       fmt::format("`in_doubt: undo`, but this undo needs {}, which an unanswered "
                                   "call does not have",
                                   read.text),
                       "use `in_doubt: resolve` (the default: repeat the call until the answer is "
                       "known), or let the undo find it "
                       "by what the action was given");
               }
               if (read.root == PathRoot::kStep) CheckStepRead(read, index, where, true);
             });
  }

  void CheckStepRead(const PathExpression& read, StepIndex reader, const std::string& where,
                     bool own_is_fine) {
    const auto step = definition_->Find(read.step);
    if (!step) return;  // The mapping's own check says so.
    if (own_is_fine && *step == reader) return;
    if (!RunsBefore(*step, reader)) {
      Error(where, "SAGA010",
            fmt::format("{}: step '{}' need not have run before this one", read.text, read.step),
            fmt::format("after: [{}]", read.step));
    } else if (definition_->step(*step).optional) {
      Warn(where, "SAGA022",
           fmt::format("{}: step '{}' is optional; when it is given up there is no answer to read",
                       read.text, read.step));
    }
  }

  void CheckOutput() {
    EachPath(
        definition_->output, "output", [&](const PathExpression& read, const std::string& where) {
          const MappingScope no_values;
          if (read.root == PathRoot::kOutput || read.root == PathRoot::kFailure) {
            Error(where, "SAGA010",
                  fmt::format("{}: the output of a saga is built from input and steps", read.text));
            return;
          }
          const auto step =
              read.root == PathRoot::kStep ? definition_->Find(read.step) : std::nullopt;
          if (read.root == PathRoot::kStep && !step) {
            Error(where, "SAGA010", fmt::format("{}: there is no step '{}'", read.text, read.step));
            return;
          }
          const TypeHandle& type = step ? types_.steps[ToSize(*step)] : types_.input;
          CheckFields(read, type, where);
          if (step && definition_->step(*step).optional) {
            Warn(where, "SAGA022",
                 fmt::format(
                     "{}: step '{}' is optional; when it is given up there is no answer to read",
                     read.text, read.step));
          }
        });
  }

  void CheckFields(const PathExpression& read, const TypeHandle& type, const std::string& where) {
    const auto* current = type.type;
    for (const std::string& name : read.fields) {
      if (current == nullptr) return;
      const auto* field = current->FindFieldByName(name);
      if (field == nullptr) {
        Error(where, "SAGA007",
              fmt::format("{}: {} has no field {}", read.text, current->full_name(), name));
        return;
      }
      current = field->is_repeated() ? nullptr : field->message_type();
    }
  }

  // The longest way to the pivot (or the end), one attempt each.
  void CheckDeadline() {
    if (definition_->deadline.count() == 0) return;
    std::vector<std::chrono::milliseconds> reached(definition_->steps.size());
    std::chrono::milliseconds longest{0};
    for (std::size_t round = 0; round < definition_->steps.size(); ++round) {
      for (std::size_t i = 0; i < definition_->steps.size(); ++i) {
        const Step& step = definition_->steps[i];
        std::chrono::milliseconds before{0};
        for (const StepIndex after : step.after) before = std::max(before, reached[ToSize(after)]);
        reached[i] = before + step.action.timeout;
        if (!step.after_pivot) longest = std::max(longest, reached[i]);
      }
    }
    if (longest <= definition_->deadline) return;
    Warn("deadline", "SAGA011",
         fmt::format(
             "the deadline of {} is shorter than one attempt of each step on the way can take ({})",
             FormatDuration(definition_->deadline), FormatDuration(longest)));
  }

  const LoadedDefinition& loaded_;
  const std::string& name_space_;
  const DescriptorSource& source_;
  Diagnostics& diagnostics_;
  DefinitionRef definition_;
  MappingTypes types_;
};

}  // namespace

void CheckDefinition(const LoadedDefinition& loaded, const std::string& name_space,
                     const DescriptorSource& source, Diagnostics& diagnostics) {
  Checker(loaded, name_space, source, diagnostics).Run();
}

}  // namespace saga

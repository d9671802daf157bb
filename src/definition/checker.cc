#include "definition/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/duration.h"
#include "base/suggest.h"
#include "definition/expression.h"
#include "definition/mapping.h"
#include "definition/path_value.h"

namespace saga {
namespace {

// Every expression in a mapping, with its place below `where`.
void EachExpression(const Mapping& mapping, const std::string& where,
                    const std::function<void(const std::string&, const std::string&)>& visit) {
  if (mapping.kind == Mapping::Kind::kExpression) visit(mapping.expression, where);
  for (const auto& [name, value] : mapping.fields) EachExpression(value, where + "." + name, visit);
  for (std::size_t i = 0; i < mapping.list.size(); ++i) {
    EachExpression(mapping.list[i], fmt::format("{}[{}]", where, i), visit);
  }
}

// Every path in a mapping; what cannot be read is left to those who compile it.
void EachPath(const Mapping& mapping, const std::string& where,
              const std::function<void(const PathExpression&, const std::string&)>& visit) {
  EachExpression(mapping, where, [&](const std::string& text, const std::string& place) {
    const auto parsed = ParseExpression(text);
    if (!parsed.ok()) return;
    if (const auto* path = std::get_if<PathExpression>(&*parsed)) visit(*path, place);
  });
}

std::string MetadataOf(const Status& status, std::string_view key, std::string otherwise) {
  for (const auto& [name, value] : status.metadata()) {
    if (name == key) return value;
  }
  return otherwise;
}

bool IsText(const google::protobuf::FieldDescriptor& field) {
  return !field.is_repeated() && field.message_type() == nullptr &&
         field.type() != google::protobuf::FieldDescriptor::TYPE_BYTES;
}

class Checker {
 public:
  Checker(const LoadedDefinition& loaded, const std::string& name_space,
          const DescriptorSource& source, Diagnostics& diagnostics)
      : loaded_(loaded), name_space_(name_space), source_(source), diagnostics_(diagnostics) {}

  void Run() {
    auto made = ToDefinition(loaded_.document, name_space_, 0);
    if (!made.ok()) return ReportShape(made.status());
    definition_ = *made;
    types_ = TypesOf(*definition_, source_);
    CheckInput();
    CheckStartTexts();
    for (std::size_t i = 0; i < definition_->steps.size(); ++i) CheckStep(ToStep(i));
    CheckOutput();
    CheckDeadline();
  }

 private:
  void ReportShape(const Status& wrong) {
    const std::string code = MetadataOf(wrong, "lint", "SAGA003");
    const std::string step = MetadataOf(wrong, "step", "");
    std::string path = step.empty() ? "steps" : fmt::format("steps[{}]", step);
    const std::string key = MetadataOf(wrong, "key", code == "SAGA006" ? "undo" : "");
    if (loaded_.places.count(path + "." + key) > 0) path += "." + key;
    Error(path, code, wrong.message());
  }

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
    if (step.kind == StepKind::kTimer || step.kind == StepKind::kSignal) return;
    const std::string path = PathOf(index);
    CheckUndoRule(index, step, path);
    const bool hold = step.kind == StepKind::kTcc;
    const std::string action = CheckCall(index, step.action, hold ? path + ".try" : path);
    if (step.confirm) CheckCall(index, *step.confirm, path + ".confirm");
    if (step.query) CheckCall(index, step.query->call, path + ".query");
    if (step.undo) {
      const std::string undo = CheckCall(index, *step.undo, path + (hold ? ".cancel" : ".undo"));
      if (step.undo->participant == step.action.participant && !undo.empty() && undo == action) {
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
    if (step.optional && step.action.retry.attempts == 0) {
      Error(path + ".retry", "SAGA016",
            fmt::format("step '{}' is optional and tried for ever: it would never be given up, and "
                        "the saga would never end",
                        step.id),
            "retry: { attempts: 6 }");
    }
  }

  void CheckUndoRule(StepIndex index, const Step& step, const std::string& path) {
    const bool said = step.undo.has_value() ||
                      loaded_.document.steps(static_cast<int>(ToSize(index))).undo_none();
    if (said || step.pivot || step.after_pivot || step.optional) return;
    Error(path, "SAGA004", fmt::format("step '{}' does not say how it is undone", step.id),
          "undo: { call: …, with: … }, or `undo: none` when there is nothing to undo");
  }

  // Returns the method's full name; empty when it is not known.
  std::string CheckCall(StepIndex index, const Call& call, const std::string& path) {
    if (!source_.HasParticipant(name_space_, call.participant)) {
      Error(path + ".call", "SAGA009",
            fmt::format("participant '{}' is not registered{}", call.participant,
                        DidYouMean(call.participant, source_.ParticipantNames(name_space_))),
            fmt::format("sagactl participants register {} HOST:PORT", call.participant));
      return {};
    }
    const auto method = source_.FindMethod(name_space_, call.participant, call.method);
    if (!method.ok()) {
      Error(path + ".call", "SAGA009", method.status().message());
      return {};
    }
    CheckWith(index, call.with, method->request, path + ".with");
    return method->full_name;
  }

  void CheckWith(StepIndex index, const Mapping& with, const TypeHandle& request,
                 const std::string& path) {
    const auto check = [&](const Mapping& mapping) {
      const auto compiled = CompiledMapping::Compile(mapping, request, types_, index);
      if (!compiled.ok()) ReportMapping(compiled.status(), path);
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

  void ReportMapping(const Status& wrong, const std::string& path) {
    const std::string field = MetadataOf(wrong, "field", "");
    Error(field.empty() ? path : path + "." + field, MetadataOf(wrong, "lint", "SAGA008"),
          wrong.message());
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

  // Business key and labels are made when a saga starts: only its input and its name are known
  // then.
  void CheckStartTexts() {
    CheckStartText(definition_->business_key, "business_key");
    for (const auto& [key, mapping] : definition_->labels) CheckStartText(mapping, "labels." + key);
  }

  void CheckStartText(const Mapping& mapping, const std::string& path) {
    if (mapping.kind != Mapping::Kind::kExpression) return;
    const auto compiled = CompileExpression(mapping.expression, types_, std::nullopt, "");
    if (!compiled.ok()) return ReportMapping(compiled.status(), path);
    const PathExpression* read = compiled->path();
    if (read == nullptr) return;
    const bool of_start = read->root == PathRoot::kInput || read->root == PathRoot::kSaga;
    const bool itself = path == "business_key" && read->text == "saga.key";
    if (!of_start || itself) {
      Error(path, "SAGA010", fmt::format("{} is not known when a saga starts", read->text),
            "read it from the input, e.g. input.order_id");
      return;
    }
    const bool whole = read->fields.empty();
    if (whole || (!compiled->chain.empty() && !IsText(*compiled->chain.back()))) {
      Error(path, "SAGA008", fmt::format("{} is no single value that could be text", read->text));
    }
  }

  void CheckOutput() {
    EachExpression(definition_->output, "output",
                   [&](const std::string& text, const std::string& where) {
                     const auto compiled = CompileExpression(text, types_, std::nullopt, "");
                     if (!compiled.ok()) return ReportMapping(compiled.status(), where);
                     if (compiled->path() != nullptr) CheckOutputRead(*compiled, where);
                   });
  }

  void CheckOutputRead(const CompiledExpression& compiled, const std::string& where) {
    const PathExpression& read = *compiled.path();
    if (read.root == PathRoot::kFailure) {
      Error(where, "SAGA010",
            fmt::format("{}: a saga that has an output has not failed", read.text));
    }
    if (read.root != PathRoot::kStep || !definition_->step(compiled.step).optional) return;
    Warn(where, "SAGA022",
         fmt::format("{}: step '{}' is optional; when it is given up there is no answer to read",
                     read.text, read.step));
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

LoadedDefinition LintDefinition(std::string_view source, DefinitionFormat format,
                                const std::string& name_space,
                                const DescriptorSource& descriptors) {
  LoadedDefinition loaded = LoadDefinition(source, format);
  if (!HasErrors(loaded.diagnostics)) {
    CheckDefinition(loaded, name_space, descriptors, loaded.diagnostics);
  }
  std::stable_sort(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return std::pair(a.line, a.column) < std::pair(b.line, b.column);
                   });
  return loaded;
}

}  // namespace saga

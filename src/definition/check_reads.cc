// What expressions may read: whatever is known, whenever they are evaluated.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/check.h"
#include "definition/check_context.h"

namespace saga {
namespace {

// When an expression is evaluated, and so what is known then.
enum class Moment : std::uint8_t {
  kDue,       // Before the step's call: its request, `when`, delays, the request of its query.
  kAnswered,  // With the answer of the step's call or of its query.
  kUndo,
  kConfirm,
  kLate,
  kSucceeded,    // Of the saga.
  kCompensated,  // Of the saga.
};

using Visit = std::function<void(const std::string& text, const std::string& place)>;

// Every expression in a mapping, with its place below `where`.
void EachExpression(const Mapping& mapping, const std::string& where, const Visit& visit) {
  if (mapping.kind == Mapping::Kind::kExpression) visit(mapping.expression, where);
  for (const auto& [name, value] : mapping.fields) EachExpression(value, where + "." + name, visit);
  for (std::size_t i = 0; i < mapping.list.size(); ++i) {
    EachExpression(mapping.list[i], fmt::format("{}[{}]", where, i), visit);
  }
}

// The text of a reference as its author wrote it: "steps.a.hold_id".
std::string TextOf(const expr::Reference& read, const Names& names) {
  std::string text = names.environment().variables()[read.variable].name;
  for (const std::string& name : read.names) text += "." + name;
  return text;
}

class ReadChecker {
 public:
  ReadChecker(CheckContext& context, Moment moment, std::optional<StepIndex> reader)
      : context_(context), moment_(moment), reader_(reader), names_(context.types, reader) {}

  // Expressions that do not compile are told of where they are compiled for their use.
  void Check(const std::string& text, const std::string& place) {
    if (text.empty()) return;
    const auto compiled = CompileExpression(text, names_, "");
    if (compiled.ok()) CheckReads(*compiled, place);
  }

  void Check(const Mapping& mapping, const std::string& place) {
    EachExpression(mapping, place, [this](const std::string& text, const std::string& where) {
      Check(text, where);
    });
  }

  // Of what has no other use that would tell.
  void CheckWhole(const Mapping& mapping, const std::string& place) {
    EachExpression(mapping, place, [this](const std::string& text, const std::string& where) {
      const auto compiled = CompileExpression(text, names_, "");
      if (!compiled.ok()) return context_.Report(compiled.status(), where);
      CheckReads(*compiled, where);
    });
  }

 private:
  const Definition& definition() const { return *context_.definition; }

  void CheckReads(const CompiledExpression& compiled, const std::string& place) {
    WarnOfMixedComparisons(context_, compiled, place);
    place_ = &place;
    reads_ = compiled.program().References();
    for (const expr::Reference& read : reads_) CheckRead(read);
  }

  void CheckRead(const expr::Reference& read) {
    const Name& name = names_.of(read.variable);
    switch (name.kind) {
      case NameKind::kOutput:
        return CheckOwnAnswer(read);
      case NameKind::kFailureReason:
      case NameKind::kFailureCode:
      case NameKind::kFailureMessage:
        return CheckFailure(read);
      case NameKind::kStep:
        return CheckStep(read, name.step);
      case NameKind::kInput:
      case NameKind::kSagaId:
      case NameKind::kSagaKey:
      case NameKind::kSagaNow:
        return;
    }
    SAGA_UNREACHABLE();
  }

  void Error(const expr::Reference& read, const char* code, std::string message,
             std::string suggestion = "") {
    context_.Error(*place_, code, fmt::format("{}{}", TextOf(read, names_), message),
                   std::move(suggestion), read.offset);
  }

  // has(steps.x) stands in the same expression.
  bool IsGuarded(const expr::Reference& read) const {
    return std::any_of(reads_.begin(), reads_.end(), [&](const expr::Reference& other) {
      return other.use == expr::ReferenceUse::kTest && other.names.empty() &&
             other.variable == read.variable;
    });
  }

  void CheckOwnAnswer(const expr::Reference& read) {
    const Step& step = definition().step(*reader_);
    if (moment_ == Moment::kDue) {
      Error(read, "SAGA010", fmt::format(": step '{}' has no answer before it is called", step.id));
    }
    if (moment_ == Moment::kUndo) CheckInDoubt(read, step);
  }

  void CheckInDoubt(const expr::Reference& read, const Step& step) {
    if (step.in_doubt != InDoubtRule::kUndo || IsGuarded(read)) return;
    context_.Error(*place_, "SAGA012",
                   fmt::format("`in_doubt: undo`, but this undo needs {}, which an unanswered call "
                               "does not have",
                               TextOf(read, names_)),
                   "use `in_doubt: resolve` (the default: repeat the call until the answer is "
                   "known), or let the undo find it by what the action was given",
                   read.offset);
  }

  void CheckFailure(const expr::Reference& read) {
    switch (moment_) {
      case Moment::kDue:
      case Moment::kAnswered:
      case Moment::kConfirm:
        return Error(read, "SAGA010", ": there is no failure on the way forward");
      case Moment::kSucceeded:
        return Error(read, "SAGA010", ": a saga that has succeeded has not failed");
      case Moment::kUndo:
      case Moment::kLate:
      case Moment::kCompensated:
        return;
    }
    SAGA_UNREACHABLE();
  }

  // Whether `step` has ended at this moment, as far as the order of the steps tells.
  bool HasRun(StepIndex step) const {
    switch (moment_) {
      case Moment::kSucceeded:
        return true;
      case Moment::kCompensated:
        return false;
      case Moment::kConfirm: {
        const auto pivot = definition().pivot;
        return !pivot || step == *pivot || context_.RunsBefore(step, *pivot);
      }
      case Moment::kDue:
      case Moment::kAnswered:
      case Moment::kUndo:
      case Moment::kLate:
        return context_.RunsBefore(step, *reader_);
    }
    SAGA_UNREACHABLE();
  }

  void CheckStep(const expr::Reference& read, StepIndex index) {
    const Step& step = definition().step(index);
    if (step.kind == StepKind::kTimer) {
      return Error(read, "SAGA010",
                   fmt::format(": step '{}' is a timer, it answers nothing", step.id));
    }
    if (reader_ == index) {
      if (moment_ == Moment::kDue) {
        Error(read, "SAGA010",
              fmt::format(": step '{}' has no answer before it is called", step.id));
      }
      if (moment_ == Moment::kUndo) CheckInDoubt(read, step);
      return;
    }
    if (IsGuarded(read)) return;
    if (!HasRun(index)) return NotRun(read, step);
    if (!step.when.empty() && !HasSameCondition(step)) {
      Error(read, "SAGA010",
            fmt::format(": step '{}' is skipped when its `when` is false", step.id),
            fmt::format("has(steps.{}) ? … : …, or the same `when` here", step.id));
    } else if (step.optional) {
      context_.Warn(*place_, "SAGA022",
                    fmt::format("{}: step '{}' is optional; when it is given up there is no answer "
                                "to read",
                                TextOf(read, names_), step.id),
                    "", read.offset);
    }
  }

  void NotRun(const expr::Reference& read, const Step& step) {
    if (moment_ == Moment::kCompensated) {
      return context_.Warn(*place_, "SAGA022",
                           fmt::format("{}: a saga that was compensated need not have run step "
                                       "'{}'; then this is null",
                                       TextOf(read, names_), step.id),
                           "", read.offset);
    }
    Error(read, "SAGA010", fmt::format(": step '{}' need not have run before this one", step.id),
          fmt::format("after: [{}]", step.id));
  }

  bool HasSameCondition(const Step& step) const {
    // An output tells what is not there as null.
    return !reader_ || definition().step(*reader_).when == step.when;
  }

  CheckContext& context_;
  const Moment moment_;
  const std::optional<StepIndex> reader_;
  const Names names_;
  const std::string* place_ = nullptr;
  std::vector<expr::Reference> reads_;
};

}  // namespace

void WarnOfMixedComparisons(CheckContext& context, const CompiledExpression& compiled,
                            const std::string& path) {
  for (const std::size_t offset : compiled.program().MixedComparisons()) {
    context.Warn(path, "SAGA023",
                 fmt::format("{}: a whole number is compared with a fraction; are both in the same "
                             "unit?",
                             compiled.text()),
                 "write both alike, or say that it is meant: double(…)", offset);
  }
}

void CheckReadsOf(CheckContext& context, StepIndex index) {
  const Step& step = context.definition->step(index);
  const std::string path = CheckContext::PathOf(index);
  const std::string action = CheckContext::PathOfAction(index, step);
  ReadChecker due(context, Moment::kDue, index);
  due.Check(step.when, path + ".when");
  due.Check(step.action.with, action + ".with");
  due.Check(step.wait.expression, path + (step.kind == StepKind::kSignal ? ".within" : ".wait"));
  if (step.async) due.Check(step.async->within.expression, path + ".async.within");
  if (step.query) due.Check(step.query->call.with, path + ".query.with");
  ReadChecker answered(context, Moment::kAnswered, index);
  answered.Check(step.action.reject_if, action + ".reject_if");
  if (step.confirm) {
    ReadChecker(context, Moment::kConfirm, index).Check(step.confirm->with, path + ".confirm.with");
  }
  if (step.undo) {
    ReadChecker(context, Moment::kUndo, index)
        .Check(step.undo->with,
               path + (step.kind == StepKind::kTcc ? ".cancel.with" : ".undo.with"));
  }
  if (step.on_late) {
    ReadChecker late(context, Moment::kLate, index);
    late.CheckWhole(step.on_late->with, path + ".on_late.with");
    late.CheckWhole(step.on_late->business_key, path + ".on_late.key");
  }
}

void CheckOutputs(CheckContext& context) {
  const Definition& definition = *context.definition;
  const auto check = [&](Moment moment, const Mapping& mapping, const std::string& place) {
    ReadChecker(context, moment, std::nullopt).CheckWhole(mapping, place);
  };
  check(Moment::kSucceeded, definition.output, "output");
  const auto check_all = [&](Moment moment, const std::vector<FollowUp>& all, const char* name) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      check(moment, all[i].with, fmt::format("{}[{}].with", name, i));
      check(moment, all[i].business_key, fmt::format("{}[{}].key", name, i));
    }
  };
  check_all(Moment::kSucceeded, definition.then_succeeded, "then_succeeded");
  check_all(Moment::kCompensated, definition.then_compensated, "then_compensated");
}

}  // namespace saga

#include "definition/participant_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "definition/checker.h"
#include "definition/input_reads.h"
#include "definition/wire_change.h"

namespace saga {
namespace {

// One call of a step, and the methods behind it on both sides.
struct ComparedCall {
  const v1::DefinitionStep& step;
  const v1::DefinitionCall& call;
  std::string path;  // "steps[0].undo"
};

// Looks for what the type check cannot see: the same names with other bytes.
class WireChecker final {
 public:
  WireChecker(const v1::SagaDefinition& document, Diagnostics& found)
      : document_(document), found_(found) {}

  void Check(const ComparedCall& compared, const MethodHandle& now, const MethodHandle& then) {
    const std::string request =
        WireChangeIn(*now.request.type, *then.request.type, compared.call.with());
    if (!request.empty()) {
      Add(compared, ".with",
          fmt::format("requests of step '{}' would be read wrongly until the participant is "
                      "registered again: {}",
                      compared.step.id(), request));
    }
    for (const std::vector<std::string>& read : AnswerReads(compared)) {
      const std::string answer = WireChangeAt(*now.response.type, *then.response.type, read);
      if (answer.empty()) continue;
      Add(compared, ".call",
          fmt::format("answers of step '{}', those included that sagas in flight have recorded, "
                      "would be read wrongly: {}",
                      compared.step.id(), answer));
    }
  }

 private:
  void Add(const ComparedCall& compared, const char* where, std::string message) {
    Diagnostic diagnostic{.severity = Severity::kError,
                          .code = "SAGA008",
                          .message = std::move(message),
                          .path = compared.path + where,
                          .suggestion = "give a changed field a new number and a new name"};
    const bool known = std::any_of(found_.begin(), found_.end(), [&](const Diagnostic& other) {
      return other.path == diagnostic.path && other.message == diagnostic.message;
    });
    if (!known) found_.push_back(std::move(diagnostic));
  }

  // Names of fields that are read of the call's answer.
  std::vector<std::vector<std::string>> AnswerReads(const ComparedCall& compared) const {
    const v1::DefinitionStep& step = compared.step;
    std::set<std::string> output;
    if (&compared.call == &step.query().call()) {
      output = ReadsOf(step.query(), "output");
      // Without an output of its own, the query's answer is the step's.
      if (!step.query().has_output()) output.merge(StepReads(step));
    } else if (&compared.call == &step.action()) {
      output = StepReads(step);
    }
    std::vector<std::vector<std::string>> reads;
    for (const std::string& path : output) reads.push_back(NamesBehind(path));
    return reads;
  }

  // As "output.hold_id", wherever it is read.
  std::set<std::string> StepReads(const v1::DefinitionStep& step) const {
    v1::DefinitionStep own = step;
    own.clear_query();  // There, `output` is what the query answers.
    std::set<std::string> reads = ReadsOf(own, "output");
    const std::string prefix = "steps." + step.id();
    for (const std::string& path : ReadsOf(document_, "steps")) {
      if (path == "steps") reads.insert("output");
      if (!(path + ".").starts_with(prefix + ".")) continue;
      reads.insert("output" + path.substr(prefix.size()));
    }
    return reads;
  }

  static std::vector<std::string> NamesBehind(const std::string& path) {
    std::vector<std::string> names;
    for (std::size_t dot = path.find('.'); dot != path.npos;) {
      const std::size_t end = path.find('.', dot + 1);
      names.push_back(path.substr(dot + 1, end == path.npos ? end : end - dot - 1));
      dot = end;
    }
    return names;
  }

  const v1::SagaDefinition& document_;
  Diagnostics& found_;
};

std::vector<ComparedCall> CallsOf(const v1::SagaDefinition& document) {
  std::vector<ComparedCall> calls;
  for (int i = 0; i < document.steps_size(); ++i) {
    const v1::DefinitionStep& step = document.steps(i);
    const bool hold = step.kind() == v1::DEFINITION_STEP_KIND_TCC;
    const std::string path = fmt::format("steps[{}]", i);
    calls.push_back({step, step.action(), path + (hold ? ".try" : "")});
    calls.push_back({step, step.query().call(), path + ".query"});
    calls.push_back({step, step.confirm(), path + ".confirm"});
    calls.push_back({step, step.undo(), path + (hold ? ".cancel" : ".undo")});
  }
  return calls;
}

std::set<std::pair<std::string, std::string>> ErrorsOf(const Diagnostics& diagnostics) {
  std::set<std::pair<std::string, std::string>> errors;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::kError) errors.emplace(diagnostic.code, diagnostic.path);
  }
  return errors;
}

}  // namespace

bool Uses(const v1::SagaDefinition& document, const std::string& participant) {
  const std::vector<ComparedCall> calls = CallsOf(document);
  return std::any_of(calls.begin(), calls.end(), [&participant](const ComparedCall& compared) {
    return compared.call.participant() == participant;
  });
}

Diagnostics BrokenBy(const v1::SagaDefinition& document, const std::string& name_space,
                     const DescriptorSource& now, const DescriptorSource& then,
                     const std::string& participant) {
  LoadedDefinition loaded;
  loaded.document = document;
  Diagnostics before;
  Diagnostics after;
  CheckDefinition(loaded, name_space, now, before);
  CheckDefinition(loaded, name_space, then, after);
  const auto known = ErrorsOf(before);
  Diagnostics found;
  for (Diagnostic& diagnostic : after) {
    const bool is_new = diagnostic.severity == Severity::kError &&
                        known.count({diagnostic.code, diagnostic.path}) == 0;
    if (is_new) found.push_back(std::move(diagnostic));
  }
  WireChecker wire(document, found);
  for (const ComparedCall& compared : CallsOf(document)) {
    if (compared.call.participant() != participant) continue;
    const std::string& method = compared.call.method();
    const auto known = now.FindMethod(name_space, participant, method);
    const auto next = then.FindMethod(name_space, participant, method);
    if (known.ok() && next.ok()) wire.Check(compared, *known, *next);
  }
  return found;
}

}  // namespace saga

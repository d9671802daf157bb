#include "definition/document_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/duration.h"
#include "definition/limits.h"
#include "definition/load_context.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

namespace pb = saga::v1;
using std::chrono::milliseconds;

void Fill(pb::DefinitionCall& call, const CallDefaults& defaults,
          const pb::DefinitionRetry& retry) {
  if (call.timeout_ms() == 0) call.set_timeout_ms(defaults.timeout_ms);
  if (!call.has_retry()) *call.mutable_retry() = retry;
}

class DocumentChecker {
 public:
  explicit DocumentChecker(LoadedDefinition& result)
      : result_(result), document_(result.document) {}

  void Check() {
    Name(document_.saga(), '-', "saga", "saga");
    Range(document_.deadline_ms(), kSagaDeadlineMax, "deadline", "deadline_ms");
    if (document_.labels_size() > static_cast<int>(kLabelsMax)) {
      Error("labels",
            fmt::format("{} labels; at most {} are allowed", document_.labels_size(), kLabelsMax));
    }
    for (const auto& [key, value] : document_.labels()) {
      if (key.empty() || key.size() > kLabelKeyCharsMax) {
        Error("labels", fmt::format("a label has 1 to {} characters", kLabelKeyCharsMax));
      }
    }
    if (!document_.publish().empty() && document_.publish() != "metadata" &&
        document_.publish() != "full") {
      Error("events.publish",
            fmt::format("publish is '{}'; metadata or full is wanted", document_.publish()));
    }
    if (document_.steps_size() == 0) Error("steps", "`steps` is a list of at least one step");
    for (int i = 0; i < document_.steps_size(); ++i) CheckStep(i);
    CheckThen(document_.then_succeeded(), "then_succeeded");
    CheckThen(document_.then_compensated(), "then_compensated");
  }

 private:
  using FollowUps = google::protobuf::RepeatedPtrField<pb::DefinitionFollowUp>;

  void Error(const std::string& path, std::string message) {
    if (result_.diagnostics.size() >= kDiagnosticsMax) return;
    const SourcePlace place = PlaceOf(result_.places, path);
    result_.diagnostics.push_back(
        {Severity::kError, "SAGA002", std::move(message), place.line, place.column, path, ""});
  }

  void Name(const std::string& name, char separator, const std::string& path, const char* what) {
    if (IsDefinitionName(name, separator)) return;
    Error(path, fmt::format("{} is '{}'; 1 to 63 lower-case letters, digits and '{}' are wanted, a "
                            "letter first",
                            what, name, separator));
  }

  // 0 = none.
  void Range(std::int64_t value_ms, milliseconds longest, const std::string& path,
             const char* what) {
    if (value_ms >= 0 && value_ms <= longest.count()) return;
    Error(path, fmt::format("{} is {}; at most {} ({}) is allowed", what, value_ms, longest.count(),
                            FormatDuration(longest)));
  }

  void CheckStep(int i) {
    const pb::DefinitionStep& step = document_.steps(i);
    const std::string path = fmt::format("steps[{}]", i);
    Name(step.id(), '_', path + ".id", "id");
    Range(step.expires_ms(), kSagaDeadlineMax, path + ".expires", "expires_ms");
    Range(step.wait().fixed_ms(), kSagaDeadlineMax, path + ".wait", "wait");
    Range(step.async().within().fixed_ms(), kSagaDeadlineMax, path + ".async", "within");
    const bool calls = step.kind() == pb::DEFINITION_STEP_KIND_UNSPECIFIED ||
                       step.kind() == pb::DEFINITION_STEP_KIND_TCC;
    if (calls) CheckCall(step.action(), path);
    if (step.has_undo()) CheckCall(step.undo(), path + ".undo");
    if (step.has_confirm()) CheckCall(step.confirm(), path + ".confirm");
    if (step.has_query()) {
      CheckCall(step.query().call(), path + ".query");
      Range(step.query().every_ms(), kRetryDelayMax, path + ".query", "every_ms");
    }
    if (step.has_on_late()) Name(step.on_late().start(), '-', path + ".on_late", "start");
    const bool signal = step.kind() == pb::DEFINITION_STEP_KIND_SIGNAL;
    if (signal) Name(step.signal(), '_', path + ".signal", "signal");
    CheckAfter(step, path);
  }

  void CheckAfter(const pb::DefinitionStep& step, const std::string& path) {
    for (const std::string& id : step.after()) {
      const bool known =
          std::any_of(document_.steps().begin(), document_.steps().end(),
                      [&](const pb::DefinitionStep& other) { return other.id() == id; });
      if (!known) Error(path + ".after", fmt::format("`after` names '{}', which is no step", id));
    }
  }

  void CheckCall(const pb::DefinitionCall& call, const std::string& path) {
    if (call.participant().empty() || call.method().empty()) {
      Error(path + ".call", "a call needs `participant` and `method`");
    }
    Range(call.timeout_ms(), kAttemptTimeoutMax, path + ".timeout", "timeout_ms");
    const pb::DefinitionRetry& retry = call.retry();
    const std::string where = path + ".retry";
    if (retry.attempts() < 0 || retry.attempts() > kAttemptsMax) {
      Error(where, fmt::format("attempts is {}; 0 (unlimited) to {} is wanted", retry.attempts(),
                               kAttemptsMax));
    }
    if (retry.backoff_ms() < 1) Error(where, "backoff_ms must be more than nothing");
    Range(retry.backoff_ms(), kRetryDelayMax, where, "backoff_ms");
    Range(retry.max_ms(), kRetryDelayMax, where, "max_ms");
    if (retry.max_ms() < retry.backoff_ms()) Error(where, "max_ms is less than backoff_ms");
    if (retry.factor_permille() < 1000 || retry.factor_permille() > 10'000) {
      Error(where,
            fmt::format("factor_permille is {}; 1000 to 10000 is wanted", retry.factor_permille()));
    }
  }

  void CheckThen(const FollowUps& follow_ups, const char* name) {
    if (follow_ups.size() > static_cast<int>(kFollowUpsMax)) {
      Error(name,
            fmt::format("{} follow-ups; at most {} are allowed", follow_ups.size(), kFollowUpsMax));
    }
    for (int i = 0; i < follow_ups.size(); ++i) {
      Name(follow_ups[i].start(), '-', fmt::format("{}[{}]", name, i), "start");
    }
  }

  LoadedDefinition& result_;
  const pb::SagaDefinition& document_;
};

}  // namespace

void FillDefaults(pb::SagaDefinition& document) {
  const CallDefaults defaults = BuiltInDefaults();
  for (pb::DefinitionStep& step : *document.mutable_steps()) {
    const bool calls = step.kind() == pb::DEFINITION_STEP_KIND_UNSPECIFIED ||
                       step.kind() == pb::DEFINITION_STEP_KIND_TCC;
    if (calls) Fill(*step.mutable_action(), defaults, defaults.retry);
    if (step.has_undo()) Fill(*step.mutable_undo(), defaults, defaults.undo_retry);
    if (step.has_confirm()) Fill(*step.mutable_confirm(), defaults, defaults.undo_retry);
    if (step.has_query()) Fill(*step.mutable_query()->mutable_call(), defaults, defaults.retry);
  }
}

void CheckDocument(LoadedDefinition& result) { DocumentChecker(result).Check(); }

}  // namespace saga

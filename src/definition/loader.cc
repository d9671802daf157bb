#include "definition/loader.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/duration.h"
#include "base/hash.h"
#include "definition/limits.h"
#include "definition/yaml_reader.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

namespace pb = saga::v1;

const std::vector<std::string> kRootKeys = {
    "saga",     "owner",        "description", "runbook", "input",  "business_key", "labels",
    "deadline", "participants", "defaults",    "steps",   "output", "events"};
const std::vector<std::string> kStepKeys = {
    "id",    "call",    "with",   "undo",     "after",    "pivot",      "optional",
    "retry", "timeout", "errors", "in_doubt", "on_stuck", "on_recovery"};
const std::vector<std::string> kLaterStepKeys = {"try",    "confirm",   "cancel", "expires",
                                                 "when",   "reject_if", "async",  "wait",
                                                 "signal", "query",     "on_late"};
const std::vector<std::string> kUndoKeys = {"call", "with", "retry", "timeout", "errors"};
const std::vector<std::string> kRetryKeys = {"attempts", "backoff", "factor", "max", "jitter"};

struct Defaults {
  std::int64_t timeout_ms = 5'000;
  pb::DefinitionRetry retry;
  pb::DefinitionRetry undo_retry;
};

pb::DefinitionRetry MakeRetry(int attempts, std::int64_t backoff_ms, std::int64_t max_ms) {
  pb::DefinitionRetry retry;
  retry.set_attempts(attempts);
  retry.set_backoff_ms(backoff_ms);
  retry.set_factor_permille(2000);
  retry.set_max_ms(max_ms);
  retry.set_jitter(true);
  return retry;
}

bool IsName(std::string_view text, char separator) {
  if (text.empty() || text.size() > 63 || text.front() < 'a' || text.front() > 'z') return false;
  return std::all_of(text.begin(), text.end(), [separator](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == separator;
  });
}

class Loader {
 public:
  explicit Loader(LoadedDefinition& result) : reader_(result), document_(result.document) {
    defaults_.retry = MakeRetry(6, 200, 30'000);
    defaults_.undo_retry = MakeRetry(13, 1'000, 300'000);
  }

  void Load(std::string_view source) {
    const YAML::Node root = reader_.Parse(source);
    if (!root.IsDefined() || !reader_.CheckMap(root, "", kRootKeys, {"then", "namespace"})) return;
    LoadHead(root);
    if (root["defaults"]) LoadDefaults(root["defaults"]);
    if (root["participants"]) LoadParticipants(root["participants"]);
    if (root["steps"]) {
      LoadSteps(root["steps"]);
      ResolveAfter();
    } else {
      reader_.Error(root, "steps", "SAGA002", "a definition needs `steps`");
    }
    if (root["output"]) *document_.mutable_output() = LoadMapping(root["output"], "output");
  }

 private:
  void LoadHead(const YAML::Node& root) {
    if (root["saga"]) document_.set_saga(reader_.Text(root["saga"], "saga"));
    if (!IsName(document_.saga(), '-')) {
      reader_.Error(root["saga"] ? root["saga"] : root, "saga", "SAGA002",
                    fmt::format("saga is '{}'; a name of lower-case letters, digits and dashes is "
                                "wanted, e.g. order-checkout",
                                document_.saga()));
    }
    if (root["owner"]) document_.set_owner(reader_.Text(root["owner"], "owner"));
    if (document_.owner().empty()) {
      reader_.Warn("saga", "SAGA015", "no owner: on call will not know whom to ask",
                   "owner: team-checkout");
    }
    if (root["description"])
      document_.set_description(reader_.Text(root["description"], "description"));
    if (root["runbook"]) document_.set_runbook(reader_.Text(root["runbook"], "runbook"));
    if (root["input"]) document_.set_input(reader_.Text(root["input"], "input"));
    if (root["business_key"])
      document_.set_business_key(reader_.Text(root["business_key"], "business_key"));
    if (root["deadline"]) {
      document_.set_deadline_ms(LoadPeriod(root["deadline"], "deadline", kSagaDeadlineMax, 0));
    }
    if (root["labels"] && reader_.CheckMap(root["labels"], "labels", Keys(root["labels"]))) {
      if (root["labels"].size() > kLabelsMax) {
        reader_.Error(
            root["labels"], "labels", "SAGA002",
            fmt::format("{} labels; at most {} are allowed", root["labels"].size(), kLabelsMax));
      }
      for (const auto& label : root["labels"]) {
        const std::string key = label.first.Scalar();
        if (key.empty() || key.size() > kLabelKeyCharsMax) {
          reader_.Error(label.first, "labels", "SAGA002",
                        fmt::format("a label has 1 to {} characters", kLabelKeyCharsMax));
        }
        (*document_.mutable_labels())[key] = reader_.Text(label.second, "labels." + key);
      }
    }
    if (root["events"] && reader_.CheckMap(root["events"], "events", {"publish"}) &&
        root["events"]["publish"]) {
      const auto choice =
          reader_.Choice(root["events"]["publish"], "events.publish", {"metadata", "full"});
      document_.set_publish(choice == 1 ? "full" : "metadata");
    }
  }

  // Every key of a map that may have any.
  static std::vector<std::string> Keys(const YAML::Node& node) {
    std::vector<std::string> keys;
    if (!node.IsMap()) return keys;
    for (const auto& entry : node) keys.push_back(entry.first.Scalar());
    return keys;
  }

  void LoadDefaults(const YAML::Node& node) {
    if (!reader_.CheckMap(node, "defaults", {"timeout", "retry", "undo_retry"})) return;
    if (node["timeout"]) defaults_.timeout_ms = LoadTimeout(node["timeout"], "defaults.timeout");
    if (node["retry"])
      defaults_.retry = LoadRetry(node["retry"], "defaults.retry", defaults_.retry);
    if (node["undo_retry"])
      defaults_.undo_retry =
          LoadRetry(node["undo_retry"], "defaults.undo_retry", defaults_.undo_retry);
  }

  void LoadParticipants(const YAML::Node& node) {
    if (!reader_.CheckMap(node, "participants", Keys(node))) return;
    for (const auto& entry : node) {
      const std::string name = entry.first.Scalar();
      const std::string path = "participants." + name;
      if (!reader_.CheckMap(entry.second, path, {"service"}, {"target", "tls", "adapter"}))
        continue;
      auto& use = (*document_.mutable_participants())[name];
      if (entry.second["service"])
        use.set_service(reader_.Text(entry.second["service"], path + ".service"));
    }
  }

  std::int64_t LoadTimeout(const YAML::Node& node, const std::string& path) {
    return LoadPeriod(node, path, kAttemptTimeoutMax, defaults_.timeout_ms);
  }

  // More than nothing and at most `longest`; `otherwise` when it is not.
  std::int64_t LoadPeriod(const YAML::Node& node, const std::string& path,
                          std::chrono::milliseconds longest, std::int64_t otherwise) {
    const auto period = reader_.Period(node, path);
    if (period.count() > 0 && period <= longest) return period.count();
    if (node.IsScalar() && ParseDuration(node.Scalar()).ok()) {
      reader_.Error(node, path, "SAGA002",
                    fmt::format("{} must be more than nothing and at most {}", path,
                                FormatDuration(longest)));
    }
    return otherwise;
  }

  pb::DefinitionRetry LoadRetry(const YAML::Node& node, const std::string& path,
                                pb::DefinitionRetry retry) {
    if (!reader_.CheckMap(node, path, kRetryKeys)) return retry;
    if (node["attempts"]) retry.set_attempts(LoadAttempts(node["attempts"], path + ".attempts"));
    if (node["backoff"]) {
      retry.set_backoff_ms(
          LoadPeriod(node["backoff"], path + ".backoff", kRetryDelayMax, retry.backoff_ms()));
    }
    if (node["max"])
      retry.set_max_ms(LoadPeriod(node["max"], path + ".max", kRetryDelayMax, retry.max_ms()));
    if (node["factor"]) retry.set_factor_permille(LoadFactor(node["factor"], path + ".factor"));
    if (node["jitter"])
      retry.set_jitter(reader_.Choice(node["jitter"], path + ".jitter", {"none", "full"}) == 1);
    retry.set_max_ms(std::max(retry.max_ms(), retry.backoff_ms()));
    return retry;
  }

  std::int32_t LoadAttempts(const YAML::Node& node, const std::string& path) {
    const std::string text = reader_.Text(node, path);
    if (text == "unlimited") return 0;
    std::int32_t attempts = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), attempts);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || attempts < 1 ||
        attempts > kAttemptsMax) {
      reader_.Error(
          node, path, "SAGA002",
          fmt::format("{} is '{}'; a number from 1 or `unlimited` is wanted", path, text));
      return 1;
    }
    return attempts;
  }

  std::int32_t LoadFactor(const YAML::Node& node, const std::string& path) {
    const std::string text = reader_.Text(node, path);
    double factor = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), factor);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || factor < 1 ||
        factor > 10) {
      reader_.Error(node, path, "SAGA002",
                    fmt::format("{} is '{}'; a number from 1 to 10 is wanted", path, text));
      return 2000;
    }
    return static_cast<std::int32_t>(std::lround(factor * 1000));
  }

  void LoadSteps(const YAML::Node& node) {
    reader_.Mark(node, "steps");
    if (!node.IsSequence() || node.size() == 0) {
      reader_.Error(node, "steps", "SAGA002", "`steps` is a list of at least one step");
      return;
    }
    std::vector<std::string> previous;
    for (const YAML::Node& entry : node) {
      std::vector<std::string> group;
      if (entry.IsMap() && entry["parallel"]) {
        const std::string path = fmt::format("steps[{}]", document_.steps_size());
        if (!reader_.CheckMap(entry, path, {"parallel"})) continue;
        if (!entry["parallel"].IsSequence() || entry["parallel"].size() == 0) {
          reader_.Error(entry["parallel"], path, "SAGA002", "`parallel` is a list of steps");
          continue;
        }
        for (const YAML::Node& member : entry["parallel"])
          group.push_back(LoadStep(member, previous));
      } else {
        group.push_back(LoadStep(entry, previous));
      }
      previous = group;
    }
  }

  std::string LoadStep(const YAML::Node& node, const std::vector<std::string>& previous) {
    const std::string path = fmt::format("steps[{}]", document_.steps_size());
    pb::DefinitionStep& step = *document_.add_steps();
    if (!reader_.CheckMap(node, path, kStepKeys, kLaterStepKeys)) return {};
    if (node["id"]) step.set_id(reader_.Text(node["id"], path + ".id"));
    if (!IsName(step.id(), '_')) {
      reader_.Error(
          node["id"] ? node["id"] : node, path + ".id", "SAGA002",
          fmt::format(
              "a step needs an `id` of lower-case letters, digits and underscores, not '{}'",
              step.id()));
    }
    LoadCall(node, path, defaults_.retry, *step.mutable_action());
    if (node["errors"]) {
      LoadErrors(node["errors"], path + ".errors", 0, *step.mutable_action());
    }
    if (node["undo"]) LoadUndo(node["undo"], path + ".undo", step);
    if (node["pivot"]) step.set_pivot(reader_.Flag(node["pivot"], path + ".pivot"));
    if (node["optional"]) step.set_optional(reader_.Flag(node["optional"], path + ".optional"));
    if (node["in_doubt"]) {
      const auto rule = reader_.Choice(node["in_doubt"], path + ".in_doubt", {"resolve", "undo"});
      step.set_in_doubt(rule == 1 ? pb::IN_DOUBT_RULE_UNDO : pb::IN_DOUBT_RULE_RESOLVE);
    }
    if (node["on_stuck"])
      step.set_hold_when_stuck(
          reader_.Choice(node["on_stuck"], path + ".on_stuck", {"deadline", "hold"}) == 1);
    if (node["on_recovery"]) {
      step.set_wait_for_person(
          reader_.Choice(node["on_recovery"], path + ".on_recovery", {"retry", "wait"}) == 1);
    }
    LoadAfter(node, path, previous, step);
    return step.id();
  }

  void LoadAfter(const YAML::Node& node, const std::string& path,
                 const std::vector<std::string>& previous, pb::DefinitionStep& step) {
    if (!node["after"]) {
      for (const std::string& id : previous) {
        if (!id.empty()) step.add_after(id);
      }
      return;
    }
    reader_.Mark(node["after"], path + ".after");
    if (!node["after"].IsSequence()) {
      reader_.Error(node["after"], path + ".after", "SAGA002",
                    "`after` is a list of step ids, e.g. [authorize]; [] = at once");
      return;
    }
    for (const YAML::Node& id : node["after"]) step.add_after(reader_.Text(id, path + ".after"));
  }

  void LoadUndo(const YAML::Node& node, const std::string& path, pb::DefinitionStep& step) {
    reader_.Mark(node, path);
    if (node.IsScalar() && node.Scalar() == "none") {
      step.set_undo_none(true);
      return;
    }
    if (!reader_.CheckMap(node, path, kUndoKeys)) return;
    LoadCall(node, path, defaults_.undo_retry, *step.mutable_undo());
    if (node["errors"]) LoadErrors(node["errors"], path + ".errors", 1, *step.mutable_undo());
  }

  void LoadCall(const YAML::Node& node, const std::string& path, const pb::DefinitionRetry& retry,
                pb::DefinitionCall& call) {
    const std::string text =
        node["call"] ? reader_.Text(node["call"], path + ".call") : std::string();
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == text.size()) {
      reader_.Error(
          node["call"] ? node["call"] : node, path + ".call", "SAGA002",
          fmt::format("`call` is '{}'; participant/Method is wanted, e.g. payments/Authorize",
                      text));
    } else {
      call.set_participant(text.substr(0, slash));
      call.set_method(text.substr(slash + 1));
      const auto use = document_.participants().find(call.participant());
      const bool qualified = call.method().find('/') != std::string::npos;
      if (!qualified && use != document_.participants().end() && !use->second.service().empty()) {
        call.set_method(use->second.service() + "/" + call.method());
      }
    }
    if (node["with"]) *call.mutable_with() = LoadMapping(node["with"], path + ".with");
    call.set_timeout_ms(node["timeout"] ? LoadTimeout(node["timeout"], path + ".timeout")
                                        : defaults_.timeout_ms);
    *call.mutable_retry() =
        node["retry"] ? LoadRetry(node["retry"], path + ".retry", retry) : retry;
  }

  // An undo has no "no": `first_rule` leaves `compensate` out.
  void LoadErrors(const YAML::Node& node, const std::string& path, std::size_t first_rule,
                  pb::DefinitionCall& call) {
    if (!reader_.CheckMap(node, path, Keys(node))) return;
    constexpr std::array kRules = {pb::ERROR_RULE_COMPENSATE, pb::ERROR_RULE_RETRY,
                                   pb::ERROR_RULE_DONE, pb::ERROR_RULE_STUCK};
    std::vector<std::string> names = {"compensate", "retry", "done", "stuck"};
    names.erase(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(first_rule));
    for (const auto& entry : node) {
      const std::string reason = entry.first.Scalar();
      const auto rule = reader_.Choice(entry.second, path + "." + reason, names);
      if (rule) (*call.mutable_errors())[reason] = kRules[first_rule + *rule];
    }
  }

  pb::MappingValue LoadMapping(const YAML::Node& node, const std::string& path) {
    reader_.Mark(node, path);
    pb::MappingValue value;
    if (node.IsScalar()) {
      value.set_expression(node.Scalar());
    } else if (node.IsMap() && node.size() == 1 && node["literal"] && node["literal"].IsScalar()) {
      value.set_expression(Quoted(node["literal"].Scalar()));
    } else if (node.IsMap()) {
      auto* fields = value.mutable_fields();
      for (const auto& entry : node) {
        auto* field = fields->add_fields();
        field->set_name(entry.first.Scalar());
        *field->mutable_value() = LoadMapping(entry.second, path + "." + entry.first.Scalar());
      }
    } else if (node.IsSequence()) {
      auto* list = value.mutable_list();
      for (std::size_t i = 0; i < node.size(); ++i)
        *list->add_values() = LoadMapping(node[i], fmt::format("{}[{}]", path, i));
    } else {
      reader_.Error(node, path, "SAGA002",
                    fmt::format("{} is empty; an expression, a map or a list is wanted", path));
    }
    return value;
  }

  static std::string Quoted(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') quoted += '\\';
      if (c == '\n') {
        quoted += "\\n";
      } else {
        quoted += c;
      }
    }
    return quoted + "\"";
  }

  void ResolveAfter() {
    std::vector<std::string> ids;
    for (const auto& step : document_.steps()) ids.push_back(step.id());
    for (int i = 0; i < document_.steps_size(); ++i) {
      for (const std::string& id : document_.steps(i).after()) {
        if (std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
        reader_.Error(YAML::Node(YAML::NodeType::Undefined), fmt::format("steps[{}].after", i),
                      "SAGA003", fmt::format("`after` names '{}', which is no step", id));
      }
    }
  }

  YamlReader reader_;
  pb::SagaDefinition& document_;
  Defaults defaults_;
};

}  // namespace

SourcePlace PlaceOf(const SourcePlaces& places, std::string path) {
  while (true) {
    const auto found = places.find(path);
    if (found != places.end()) return found->second;
    const std::size_t cut = path.find_last_of(".[");
    if (cut == std::string::npos) return {};
    path.resize(cut);
  }
}

LoadedDefinition LoadDefinition(std::string_view source) {
  LoadedDefinition result;
  Loader(result).Load(source);
  return result;
}

std::string DigestOf(const saga::v1::SagaDefinition& document) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    document.SerializeToCodedStream(&coded);
  }
  return "sha256:" + Sha256Hex(bytes);
}

}  // namespace saga

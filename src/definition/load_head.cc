#include "definition/load_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "definition/limits.h"
#include "definition/load_calls.h"
#include "definition/load_values.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

namespace pb = saga::v1;

pb::DefinitionRetry MakeRetry(int attempts, std::int64_t backoff_ms, std::int64_t max_ms) {
  pb::DefinitionRetry retry;
  retry.set_attempts(attempts);
  retry.set_backoff_ms(backoff_ms);
  retry.set_factor_permille(2000);
  retry.set_max_ms(max_ms);
  retry.set_jitter(true);
  return retry;
}

void LoadNames(LoadContext& context, const YAML::Node& root) {
  YamlReader& reader = context.reader;
  pb::SagaDefinition& document = context.document;
  if (root["saga"]) document.set_saga(reader.Text(root["saga"], "saga"));
  if (!IsDefinitionName(document.saga(), '-')) {
    reader.Error(root["saga"] ? root["saga"] : root, "saga", "SAGA002",
                 fmt::format("saga is '{}'; a name of lower-case letters, digits and dashes is "
                             "wanted, e.g. order-checkout",
                             document.saga()));
  }
  if (root["owner"]) document.set_owner(reader.Text(root["owner"], "owner"));
  if (document.owner().empty()) {
    reader.Warn("saga", "SAGA015", "no owner: on call will not know whom to ask",
                "owner: team-checkout");
  }
  if (root["description"]) {
    document.set_description(reader.Text(root["description"], "description"));
  }
  if (root["runbook"]) document.set_runbook(reader.Text(root["runbook"], "runbook"));
}

void LoadLabels(LoadContext& context, const YAML::Node& node) {
  YamlReader& reader = context.reader;
  if (!reader.CheckMap(node, "labels", KeysOf(node))) return;
  if (node.size() > kLabelsMax) {
    reader.Error(node, "labels", "SAGA002",
                 fmt::format("{} labels; at most {} are allowed", node.size(), kLabelsMax));
  }
  for (const auto& label : node) {
    const std::string key = label.first.Scalar();
    if (key.empty() || key.size() > kLabelKeyCharsMax) {
      reader.Error(label.first, "labels", "SAGA002",
                   fmt::format("a label has 1 to {} characters", kLabelKeyCharsMax));
    }
    (*context.document.mutable_labels())[key] =
        LoadExpression(context, label.second, "labels." + key);
  }
}

void LoadEvents(LoadContext& context, const YAML::Node& node) {
  YamlReader& reader = context.reader;
  if (!reader.CheckMap(node, "events", {"publish"}) || !node["publish"]) return;
  const auto choice = reader.Choice(node["publish"], "events.publish", {"metadata", "full"});
  context.document.set_publish(choice == 1 ? "full" : "metadata");
}

}  // namespace

CallDefaults BuiltInDefaults() {
  return {.timeout_ms = 5'000,
          .retry = MakeRetry(6, 200, 30'000),
          .undo_retry = MakeRetry(13, 1'000, 300'000)};
}

bool IsDefinitionName(std::string_view text, char separator) {
  if (text.empty() || text.size() > 63 || text.front() < 'a' || text.front() > 'z') return false;
  return std::all_of(text.begin(), text.end(), [separator](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == separator;
  });
}

std::vector<std::string> KeysOf(const YAML::Node& node) {
  std::vector<std::string> keys;
  if (!node.IsMap()) return keys;
  for (const auto& entry : node) keys.push_back(entry.first.Scalar());
  return keys;
}

void LoadHead(LoadContext& context, const YAML::Node& root) {
  LoadNames(context, root);
  pb::SagaDefinition& document = context.document;
  if (root["input"]) document.set_input(context.reader.Text(root["input"], "input"));
  if (root["business_key"]) {
    document.set_business_key(LoadExpression(context, root["business_key"], "business_key"));
  }
  if (root["deadline"]) {
    document.set_deadline_ms(
        LoadPeriod(context, root["deadline"], "deadline", kSagaDeadlineMax, 0));
  }
  if (root["labels"]) LoadLabels(context, root["labels"]);
  if (root["events"]) LoadEvents(context, root["events"]);
}

void LoadDefaults(LoadContext& context, const YAML::Node& node) {
  if (!context.reader.CheckMap(node, "defaults", {"timeout", "retry", "undo_retry"})) return;
  CallDefaults& defaults = context.defaults;
  if (node["timeout"]) {
    defaults.timeout_ms = LoadTimeout(context, node["timeout"], "defaults.timeout");
  }
  if (node["retry"]) {
    defaults.retry = LoadRetry(context, node["retry"], "defaults.retry", defaults.retry);
  }
  if (node["undo_retry"]) {
    defaults.undo_retry =
        LoadRetry(context, node["undo_retry"], "defaults.undo_retry", defaults.undo_retry);
  }
}

void LoadParticipants(LoadContext& context, const YAML::Node& node) {
  YamlReader& reader = context.reader;
  if (!reader.CheckMap(node, "participants", KeysOf(node))) return;
  for (const auto& entry : node) {
    const std::string name = entry.first.Scalar();
    const std::string path = "participants." + name;
    if (!reader.CheckMap(entry.second, path, {"service"}, {"target", "tls", "adapter"})) continue;
    auto& use = (*context.document.mutable_participants())[name];
    if (entry.second["service"]) {
      use.set_service(reader.Text(entry.second["service"], path + ".service"));
    }
  }
}

void LoadThen(LoadContext& context, const YAML::Node& node) {
  YamlReader& reader = context.reader;
  reader.Mark(node, "then");
  if (!node.IsSequence()) {
    return reader.Error(node, "then", "SAGA002",
                        "`then` is a list, e.g. - { on: succeeded, start: send-invoice }");
  }
  if (node.size() > kFollowUpsMax) {
    reader.Error(node, "then", "SAGA002",
                 fmt::format("{} follow-ups; at most {} are allowed", node.size(), kFollowUpsMax));
  }
  for (const YAML::Node& entry : node) {
    const std::string path = "then";
    if (!reader.CheckMap(entry, path, {"on", "start", "with", "key"})) continue;
    if (!entry["on"]) {
      reader.Error(entry, path, "SAGA002",
                   "a follow-up needs `on: succeeded` or `on: compensated`");
      continue;
    }
    const auto on = reader.Choice(entry["on"], path + ".on", {"succeeded", "compensated"});
    auto& list = on == 1 ? *context.document.mutable_then_compensated()
                         : *context.document.mutable_then_succeeded();
    const std::string place =
        fmt::format("{}[{}]", on == 1 ? "then_compensated" : "then_succeeded", list.size());
    reader.Mark(entry, place);
    *list.Add() = LoadFollowUp(context, entry, place);
  }
}

}  // namespace saga

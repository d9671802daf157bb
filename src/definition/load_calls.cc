#include "definition/load_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "definition/limits.h"
#include "definition/load_values.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

namespace pb = saga::v1;

const std::vector<std::string> kRetryKeys = {"attempts", "backoff", "factor", "max", "jitter"};

std::int32_t LoadAttempts(LoadContext& context, const YAML::Node& node, const std::string& path) {
  const std::string text = context.reader.Text(node, path);
  if (text == "unlimited") return 0;
  std::int32_t attempts = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), attempts);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || attempts < 1 ||
      attempts > kAttemptsMax) {
    context.reader.Error(
        node, path, "SAGA002",
        fmt::format("{} is '{}'; a number from 1 or `unlimited` is wanted", path, text));
    return 1;
  }
  return attempts;
}

std::int32_t LoadFactor(LoadContext& context, const YAML::Node& node, const std::string& path) {
  const std::string text = context.reader.Text(node, path);
  double factor = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), factor);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || factor < 1 ||
      factor > 10) {
    context.reader.Error(node, path, "SAGA002",
                         fmt::format("{} is '{}'; a number from 1 to 10 is wanted", path, text));
    return 2000;
  }
  return static_cast<std::int32_t>(std::lround(factor * 1000));
}

void LoadMethod(LoadContext& context, const YAML::Node& node, const std::string& path,
                pb::DefinitionCall& call) {
  const std::string text =
      node["call"] ? context.reader.Text(node["call"], path + ".call") : std::string();
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == text.size()) {
    return context.reader.Error(
        node["call"] ? node["call"] : node, path + ".call", "SAGA002",
        fmt::format("`call` is '{}'; participant/Method is wanted, e.g. payments/Authorize", text));
  }
  call.set_participant(text.substr(0, slash));
  call.set_method(text.substr(slash + 1));
  const auto& participants = context.document.participants();
  const auto use = participants.find(call.participant());
  const bool qualified = call.method().find('/') != std::string::npos;
  if (!qualified && use != participants.end() && !use->second.service().empty()) {
    call.set_method(use->second.service() + "/" + call.method());
  }
}

void LoadErrors(LoadContext& context, const YAML::Node& node, const std::string& path,
                MayRefuse may_refuse, pb::DefinitionCall& call) {
  if (!context.reader.CheckMap(node, path, KeysOf(node))) return;
  constexpr std::array kRules = {pb::ERROR_RULE_COMPENSATE, pb::ERROR_RULE_RETRY,
                                 pb::ERROR_RULE_DONE, pb::ERROR_RULE_STUCK};
  const std::size_t first = may_refuse == MayRefuse::kYes ? 0 : 1;
  std::vector<std::string> names = {"compensate", "retry", "done", "stuck"};
  names.erase(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(first));
  for (const auto& entry : node) {
    const std::string reason = entry.first.Scalar();
    const auto rule = context.reader.Choice(entry.second, path + "." + reason, names);
    if (rule) (*call.mutable_errors())[reason] = kRules[first + *rule];
  }
}

}  // namespace

std::int64_t LoadTimeout(LoadContext& context, const YAML::Node& node, const std::string& path) {
  return LoadPeriod(context, node, path, kAttemptTimeoutMax, context.defaults.timeout_ms);
}

pb::DefinitionRetry LoadRetry(LoadContext& context, const YAML::Node& node, const std::string& path,
                              pb::DefinitionRetry retry) {
  YamlReader& reader = context.reader;
  if (!reader.CheckMap(node, path, kRetryKeys)) return retry;
  if (node["attempts"]) {
    retry.set_attempts(LoadAttempts(context, node["attempts"], path + ".attempts"));
  }
  if (node["backoff"]) {
    retry.set_backoff_ms(LoadPeriod(context, node["backoff"], path + ".backoff", kRetryDelayMax,
                                    retry.backoff_ms()));
  }
  if (node["max"]) {
    retry.set_max_ms(
        LoadPeriod(context, node["max"], path + ".max", kRetryDelayMax, retry.max_ms()));
  }
  if (node["factor"]) {
    retry.set_factor_permille(LoadFactor(context, node["factor"], path + ".factor"));
  }
  if (node["jitter"]) {
    retry.set_jitter(reader.Choice(node["jitter"], path + ".jitter", {"none", "full"}) == 1);
  }
  retry.set_max_ms(std::max(retry.max_ms(), retry.backoff_ms()));
  return retry;
}

void LoadCall(LoadContext& context, const YAML::Node& node, const std::string& path,
              MayRefuse may_refuse, pb::DefinitionCall& call) {
  const CallDefaults& defaults = context.defaults;
  const pb::DefinitionRetry& retry =
      may_refuse == MayRefuse::kYes ? defaults.retry : defaults.undo_retry;
  LoadMethod(context, node, path, call);
  if (node["with"]) *call.mutable_with() = LoadMapping(context, node["with"], path + ".with");
  call.set_timeout_ms(node["timeout"] ? LoadTimeout(context, node["timeout"], path + ".timeout")
                                      : defaults.timeout_ms);
  *call.mutable_retry() =
      node["retry"] ? LoadRetry(context, node["retry"], path + ".retry", retry) : retry;
  if (node["errors"]) LoadErrors(context, node["errors"], path + ".errors", may_refuse, call);
  if (may_refuse == MayRefuse::kYes && node["reject_if"]) {
    call.set_reject_if(LoadExpression(context, node["reject_if"], path + ".reject_if"));
  }
}

void LoadWholeCall(LoadContext& context, const YAML::Node& node, const std::string& path,
                   MayRefuse may_refuse, pb::DefinitionCall& call) {
  std::vector<std::string> keys = {"call", "with", "retry", "timeout", "errors"};
  if (may_refuse == MayRefuse::kYes) keys.emplace_back("reject_if");
  if (context.reader.CheckMap(node, path, keys)) LoadCall(context, node, path, may_refuse, call);
}

void LoadQuery(LoadContext& context, const YAML::Node& node, const std::string& path,
               pb::DefinitionQuery& query) {
  YamlReader& reader = context.reader;
  if (!reader.CheckMap(node, path,
                       {"call", "with", "done_if", "rejected_if", "output", "every", "retry",
                        "timeout", "errors"})) {
    return;
  }
  LoadCall(context, node, path, MayRefuse::kNo, *query.mutable_call());
  // Asked on the way forward as well: as often as an action, not as an undo.
  *query.mutable_call()->mutable_retry() =
      node["retry"] ? LoadRetry(context, node["retry"], path + ".retry", context.defaults.retry)
                    : context.defaults.retry;
  if (node["done_if"]) {
    query.set_done_if(LoadExpression(context, node["done_if"], path + ".done_if"));
  }
  if (node["rejected_if"]) {
    query.set_rejected_if(LoadExpression(context, node["rejected_if"], path + ".rejected_if"));
  }
  if (node["output"]) {
    *query.mutable_output() = LoadMapping(context, node["output"], path + ".output");
  }
  if (node["every"]) {
    query.set_every_ms(LoadPeriod(context, node["every"], path + ".every", kRetryDelayMax, 0));
  }
}

}  // namespace saga

#include "definition/load_adapter.h"

#include <fmt/format.h>

#include <utility>

#include "definition/limits.h"
#include "definition/load_context.h"
#include "definition/load_values.h"

namespace saga {
namespace {

class AdapterLoader final {
 public:
  explicit AdapterLoader(LoadedAdapter& result)
      : context_{.reader = YamlReader(result.source), .document = result.source.document},
        result_(result) {}

  void Load(std::string_view source) {
    const YAML::Node root = reader().Parse(source, "an adapter is a map with the key methods");
    if (!root.IsDefined() || !reader().CheckMap(root, "", {"methods"})) return;
    const YAML::Node methods = root["methods"];
    if (!methods || !methods.IsMap() || methods.size() == 0) {
      return reader().Error(methods ? methods : root, "methods", "SAGA002",
                            "an adapter needs `methods`: those of the contract that it serves");
    }
    if (methods.size() > kAdapterMethodsMax) {
      return reader().Error(
          methods, "methods", "SAGA002",
          fmt::format("{} methods; at most {} are allowed", methods.size(), kAdapterMethodsMax));
    }
    reader().Mark(methods, "methods");
    for (const auto& entry : methods) LoadMethod(entry.first.Scalar(), entry.second);
  }

 private:
  YamlReader& reader() { return context_.reader; }

  void LoadMethod(const std::string& name, const YAML::Node& node) {
    AdapterMethod method{.contract = name, .path = "methods." + name};
    if (!reader().CheckMap(node, method.path, {"call", "request", "answer", "answers", "errors"})) {
      return;
    }
    if (node["call"]) method.own = reader().Text(node["call"], method.path + ".call");
    if (method.own.empty()) {
      reader().Error(node, method.path + ".call", "SAGA002",
                     fmt::format("{} needs `call`: the participant's own method, as "
                                 "pkg.Service/Method",
                                 method.path));
    }
    if (node["request"]) {
      method.request = Map(node["request"], method.path + ".request");
    } else {
      reader().Error(node, method.path, "SAGA002",
                     fmt::format("{} needs `request`: the fields of the participant's own request; "
                                 "{{}} for none",
                                 method.path));
    }
    LoadAnswers(node, method);
    if (node["errors"]) LoadErrors(node["errors"], method);
    result_.methods.push_back(std::move(method));
  }

  void LoadAnswers(const YAML::Node& node, AdapterMethod& method) {
    if (node["answer"].IsDefined() == node["answers"].IsDefined()) {
      return reader().Error(node, method.path, "SAGA002",
                            fmt::format("{} needs `answer`, the fields of the contract's answer "
                                        "({{}} for none), or `answers`, a list of rules",
                                        method.path));
    }
    if (node["answer"]) {
      const std::string path = method.path + ".answer";
      method.answers.push_back({.answer = Map(node["answer"], path), .path = method.path});
      return;
    }
    const YAML::Node rules = node["answers"];
    const std::string path = method.path + ".answers";
    reader().Mark(rules, path);
    if (!rules.IsSequence() || rules.size() == 0 || rules.size() > kAdapterRulesMax) {
      return reader().Error(
          rules, path, "SAGA002",
          fmt::format("{} must be a list of 1 to {} rules", path, kAdapterRulesMax));
    }
    for (std::size_t i = 0; i < rules.size(); ++i) {
      LoadRule(rules[i], fmt::format("{}[{}]", path, i), i + 1 == rules.size(), method);
    }
  }

  void LoadRule(const YAML::Node& node, const std::string& path, bool last, AdapterMethod& method) {
    if (!reader().CheckMap(node, path, {"when", "answer", "error"})) return;
    AdapterAnswer rule{.path = path};
    if (node["when"]) rule.when = LoadExpression(context_, node["when"], path + ".when");
    if (rule.when.empty() && !last) {
      reader().Error(node, path, "SAGA002",
                     fmt::format("{} has no `when`: the rules behind it would never count", path),
                     "put it last, or say when it holds");
    }
    if (node["answer"].IsDefined() == node["error"].IsDefined()) {
      reader().Error(node, path, "SAGA002",
                     fmt::format("{} needs either `answer` or `error`", path));
    } else if (node["answer"]) {
      rule.answer = Map(node["answer"], path + ".answer");
    } else {
      rule.error = Error(node["error"], path + ".error");
      if (!rule.error->code) {
        reader().Error(node["error"], path + ".error", "SAGA002",
                       fmt::format("{}.error needs a code, for an answer of OK has none", path),
                       "error: {code: FAILED_PRECONDITION, reason: CARD_DECLINED}");
      }
    }
    method.answers.push_back(std::move(rule));
  }

  void LoadErrors(const YAML::Node& node, AdapterMethod& method) {
    const std::string path = method.path + ".errors";
    if (!reader().CheckMap(node, path, KeysOf(node))) return;
    if (node.size() > kAdapterRulesMax) {
      return reader().Error(node, path, "SAGA002",
                            fmt::format("{} has {} rules; at most {} are allowed", path,
                                        node.size(), kAdapterRulesMax));
    }
    for (const auto& entry : node) {
      const std::string& own = entry.first.Scalar();
      method.errors[own] = Error(entry.second, path + "." + own);
    }
  }

  // A reason alone, or {code, reason}.
  AdapterError Error(const YAML::Node& node, const std::string& path) {
    AdapterError error;
    if (node.IsScalar() && !node.Scalar().empty()) {
      error.reason = reader().Text(node, path);
      return error;
    }
    if (!reader().CheckMap(node, path, {"code", "reason"})) return error;
    if (!node["code"] && !node["reason"]) {
      reader().Error(node, path, "SAGA002", fmt::format("{} needs a code or a reason", path));
    }
    if (node["reason"]) error.reason = reader().Text(node["reason"], path + ".reason");
    if (!node["code"]) return error;
    const std::string name = reader().Text(node["code"], path + ".code");
    error.code = StatusCodeFromName(name);
    if (!error.code || *error.code == StatusCode::kOk) {
      reader().Error(node["code"], path + ".code", "SAGA002",
                     fmt::format("'{}' is no code of an error in gRPC", name),
                     "for a plain no: FAILED_PRECONDITION");
    }
    return error;
  }

  Mapping Map(const YAML::Node& node, const std::string& path) {
    Mapping mapping = ToMapping(LoadMapping(context_, node, path));
    if (mapping.kind == Mapping::Kind::kList) {
      reader().Error(node, path, "SAGA002",
                     fmt::format("{} is a list; a map of fields is wanted", path));
    }
    return mapping;
  }

  LoadContext context_;
  LoadedAdapter& result_;
};

}  // namespace

LoadedAdapter LoadAdapter(std::string_view source) {
  LoadedAdapter result;
  AdapterLoader(result).Load(source);
  return result;
}

}  // namespace saga

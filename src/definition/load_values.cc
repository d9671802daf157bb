#include "definition/load_values.h"

#include <fmt/format.h>

#include "base/duration.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

namespace pb = saga::v1;

std::string Quoted(const std::string& text) {
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

}  // namespace

pb::MappingValue LoadMapping(LoadContext& context, const YAML::Node& node,
                             const std::string& path) {
  context.reader.Mark(node, path);
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
      *field->mutable_value() =
          LoadMapping(context, entry.second, path + "." + entry.first.Scalar());
    }
  } else if (node.IsSequence()) {
    auto* list = value.mutable_list();
    for (std::size_t i = 0; i < node.size(); ++i) {
      *list->add_values() = LoadMapping(context, node[i], fmt::format("{}[{}]", path, i));
    }
  } else {
    context.reader.Error(
        node, path, "SAGA002",
        fmt::format("{} is empty; an expression, a map or a list is wanted", path));
  }
  return value;
}

std::string LoadExpression(LoadContext& context, const YAML::Node& node, const std::string& path) {
  std::string text = context.reader.Text(node, path);
  if (text.empty() && node.IsScalar()) {
    context.reader.Error(node, path, "SAGA001",
                         fmt::format("{} is empty; an expression is wanted", path));
  }
  return text;
}

std::int64_t LoadPeriod(LoadContext& context, const YAML::Node& node, const std::string& path,
                        std::chrono::milliseconds longest, std::int64_t otherwise) {
  const auto period = context.reader.Period(node, path);
  if (period.count() > 0 && period <= longest) return period.count();
  if (node.IsScalar() && ParseDuration(node.Scalar()).ok()) {
    context.reader.Error(
        node, path, "SAGA002",
        fmt::format("{} must be more than nothing and at most {}", path, FormatDuration(longest)));
  }
  return otherwise;
}

pb::DefinitionDelay LoadDelay(LoadContext& context, const YAML::Node& node,
                              const std::string& path) {
  pb::DefinitionDelay delay;
  const bool digits = node.IsScalar() && !node.Scalar().empty() && node.Scalar().front() >= '0' &&
                      node.Scalar().front() <= '9';
  if (digits) {
    delay.set_fixed_ms(LoadPeriod(context, node, path, kSagaDeadlineMax, 1));
  } else {
    delay.set_expression(LoadExpression(context, node, path));
  }
  return delay;
}

pb::DefinitionFollowUp LoadFollowUp(LoadContext& context, const YAML::Node& node,
                                    const std::string& path) {
  pb::DefinitionFollowUp follow_up;
  if (node["start"]) follow_up.set_start(context.reader.Text(node["start"], path + ".start"));
  if (!IsDefinitionName(follow_up.start(), '-')) {
    context.reader.Error(node["start"] ? node["start"] : node, path + ".start", "SAGA002",
                         fmt::format("`start` is '{}'; the name of a definition is wanted, e.g. "
                                     "refund",
                                     follow_up.start()));
  }
  if (node["with"]) *follow_up.mutable_with() = LoadMapping(context, node["with"], path + ".with");
  if (node["key"]) {
    follow_up.set_business_key(LoadExpression(context, node["key"], path + ".key"));
  }
  return follow_up;
}

}  // namespace saga

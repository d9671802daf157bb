#include "definition/yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "base/duration.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "definition/limits.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

SourcePlace PlaceOfMark(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Sees what the node tree no longer shows: anchors, aliases and tags; and how deep and large the
// document is.
class Gatekeeper final : public YAML::EventHandler {
 public:
  explicit Gatekeeper(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Check(mark, "", anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Add(mark, "aliases are not allowed", "write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string&) override {
    Check(mark, tag, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Check(mark, tag, anchor);
    Enter(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Check(mark, tag, anchor);
    Enter(mark);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void Enter(const YAML::Mark& mark) {
    if (++depth_ == kDocumentDepthMax + 1) {
      Add(mark, fmt::format("nested more than {} deep", kDocumentDepthMax), "");
    }
  }
  void Check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (++nodes_ == kDocumentNodesMax + 1)
      Add(mark, fmt::format("more than {} nodes", kDocumentNodesMax), "");
    if (anchor != 0) Add(mark, "anchors are not allowed", "write the value out where it is used");
    if (!tag.empty() && tag != "?" && tag != "!") {
      Add(mark, fmt::format("'{}' is read as a YAML tag, and tags are not allowed", tag),
          "put the expression into quotes, e.g. \"!input.flag\"");
    }
  }
  void Add(const YAML::Mark& mark, std::string message, std::string suggestion) {
    if (diagnostics_.size() >= kDiagnosticsMax) return;
    const SourcePlace place = PlaceOfMark(mark);
    diagnostics_.push_back({Severity::kError, "SAGA001", std::move(message), place.line,
                            place.column, "", std::move(suggestion)});
  }

  Diagnostics& diagnostics_;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
};

std::string Kind(const YAML::Node& node) {
  if (node.IsMap()) return "a map";
  if (node.IsSequence()) return "a list";
  if (node.IsNull()) return "nothing";
  return "'" + node.Scalar() + "'";
}

std::string Join(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

YAML::Node YamlReader::Parse(std::string_view source, const std::string& shape) {
  const auto refuse = [this](std::string message, int line = 0, int column = 0) {
    result_.diagnostics.push_back(
        {Severity::kError, "SAGA001", std::move(message), line, column, "", ""});
    return YAML::Node(YAML::NodeType::Undefined);
  };
  if (source.size() > kDefinitionBytesMax) {
    return refuse(
        fmt::format("{} bytes; at most {} are allowed", source.size(), kDefinitionBytesMax));
  }
  source_ = source;
  if (!IsValidUtf8(source) || source.find('\0') != std::string_view::npos)
    return refuse("the text is not valid UTF-8");
  try {
    std::istringstream stream{std::string(source)};
    YAML::Parser parser(stream);
    Gatekeeper gatekeeper(result_.diagnostics);
    if (!parser.HandleNextDocument(gatekeeper)) return refuse("the document is empty");
    Diagnostics ignored;
    Gatekeeper second(ignored);
    if (parser.HandleNextDocument(second))
      return refuse("more than one document; write one per file");
    if (HasErrors(result_.diagnostics)) return YAML::Node(YAML::NodeType::Undefined);
    YAML::Node root = YAML::Load(std::string(source));
    CheckKeys(root, "");
    if (!root.IsMap()) return refuse(shape, 1, 1);
    return root;
  } catch (const YAML::Exception& error) {
    const SourcePlace place = PlaceOfMark(error.mark);
    return refuse(error.msg, place.line, place.column);
  }
}

void YamlReader::CheckKeys(const YAML::Node& node, const std::string& path) {
  if (node.IsScalar() && node.Scalar().find('\0') != std::string::npos) {
    Error(node, path, "SAGA001", "a text cannot hold the character NUL");
  }
  if (node.IsSequence()) {
    for (const YAML::Node& element : node) CheckKeys(element, path);
  }
  if (!node.IsMap()) return;
  std::set<std::string> seen;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) {
      Error(entry.first, path, "SAGA001", "a key must be a plain word");
      continue;
    }
    const std::string& key = entry.first.Scalar();
    CheckKeys(entry.first, path);
    if (!seen.insert(key).second) {
      Error(entry.first, path, "SAGA001", fmt::format("the key '{}' stands here twice", key),
            "remove one of them");
    }
    CheckKeys(entry.second, path.empty() ? key : path + "." + key);
  }
}

void YamlReader::Error(const YAML::Node& node, const std::string& path, const char* code,
                       std::string message, std::string suggestion) {
  if (result_.diagnostics.size() >= kDiagnosticsMax) return;
  const SourcePlace place =
      node.IsDefined() ? PlaceOfMark(node.Mark()) : PlaceOf(result_.places, path);
  result_.diagnostics.push_back({Severity::kError, code, std::move(message), place.line,
                                 place.column, path, std::move(suggestion)});
}

void YamlReader::Warn(const std::string& path, const char* code, std::string message,
                      std::string suggestion) {
  if (result_.diagnostics.size() >= kDiagnosticsMax) return;
  const SourcePlace place = PlaceOf(result_.places, path);
  result_.diagnostics.push_back({Severity::kWarning, code, std::move(message), place.line,
                                 place.column, path, std::move(suggestion)});
}

int YamlReader::TextColumn(const YAML::Node& node) const {
  const auto at = static_cast<std::size_t>(std::max(node.Mark().pos, 0));
  if (at >= source_.size()) return 0;
  const std::string_view rest = source_.substr(at);
  const bool quoted = rest.front() == '"' || rest.front() == '\'';
  const bool as_written = rest.substr(quoted ? 1 : 0).starts_with(node.Scalar());
  return as_written ? node.Mark().column + 1 + (quoted ? 1 : 0) : 0;
}

void YamlReader::Mark(const YAML::Node& node, const std::string& path) {
  if (!node.IsDefined()) return;
  SourcePlace place = PlaceOfMark(node.Mark());
  if (node.IsScalar()) place.text_column = TextColumn(node);
  result_.places[path] = place;
}

bool YamlReader::CheckMap(const YAML::Node& node, const std::string& path,
                          const std::vector<std::string>& keys,
                          const std::vector<std::string>& later) {
  Mark(node, path);
  if (!node.IsMap()) {
    Error(node, path, "SAGA002",
          fmt::format("{} is {}; a map is wanted, with the keys {}", path, Kind(node), Join(keys)));
    return false;
  }
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    const std::string inner = path.empty() ? key : path + "." + key;
    if (std::find(later.begin(), later.end(), key) != later.end()) {
      Error(entry.first, inner, "SAGA002",
            fmt::format("'{}' is not supported by this version of sagad", key),
            "leave it out, or use a newer version");
      continue;
    }
    Error(entry.first, inner, "SAGA002",
          fmt::format("unknown key '{}'{}", key, DidYouMean(key, keys)),
          fmt::format("known here: {}", Join(keys)));
  }
  return true;
}

std::string YamlReader::Text(const YAML::Node& node, const std::string& path) {
  Mark(node, path);
  if (node.IsScalar()) return node.Scalar();
  Error(node, path, "SAGA002", fmt::format("{} is {}; a text is wanted", path, Kind(node)));
  return {};
}

bool YamlReader::Flag(const YAML::Node& node, const std::string& path) {
  const std::string text = Text(node, path);
  if (text != "true" && text != "false" && !text.empty()) {
    Error(node, path, "SAGA002", fmt::format("{} is '{}'; true or false is wanted", path, text));
  }
  return text == "true";
}

std::chrono::milliseconds YamlReader::Period(const YAML::Node& node, const std::string& path) {
  const std::string text = Text(node, path);
  if (text.empty()) return std::chrono::milliseconds(0);
  const auto period = ParseDuration(text);
  if (period.ok()) return *period;
  Error(node, path, "SAGA002", fmt::format("{}: {}", path, period.status().message()));
  return std::chrono::milliseconds(0);
}

std::optional<std::size_t> YamlReader::Choice(const YAML::Node& node, const std::string& path,
                                              const std::vector<std::string>& names) {
  const std::string text = Text(node, path);
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  Error(node, path, "SAGA002",
        fmt::format("{} is '{}'; one of {} is wanted{}", path, text, Join(names),
                    DidYouMean(text, names)));
  return std::nullopt;
}

}  // namespace saga

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <optional>
#include <set>
#include <sstream>

#include "base/suggest.h"
#include "server/config.h"

namespace saga::server {
namespace {

// Thrown through yaml-cpp, which knows no other way to stop; caught below.
struct Stop {
  YAML::Mark mark;
  std::string what;
};

// Takes sections of scalars and refuses everything else that YAML can do.
class ConfigHandler final : public YAML::EventHandler {
 public:
  explicit ConfigHandler(std::string file) : file_(std::move(file)) {
    for (const ConfigKey& key : ConfigKeys()) {
      known_.emplace_back(key.name);
      sections_.emplace(key.name.substr(0, key.name.find('.')));
    }
  }

  ConfigValues Take() { return std::move(values_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Stop{mark, "only one document is allowed"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (depth_ == 0) return;  // An empty file.
    if (!key_) throw Stop{mark, "a key is missing"};
    if (depth_ == 1 && !IsKey(*key_)) {  // "store:" with nothing below it.
      key_.reset();
      return;
    }
    throw Stop{mark, fmt::format("'{}' has no value", Path(*key_))};
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Stop{mark, "aliases are not allowed"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Plain(mark, tag, anchor);
    if (depth_ == 0) throw Stop{mark, "sections are expected, e.g. \"store:\""};
    if (!key_) return OnKey(mark, value);
    const std::string path = Path(*key_);
    if (!IsKey(path)) throw Stop{mark, fmt::format("'{}' is a section, not a value", path)};
    values_[path] = {value, fmt::format("{}:{}:{}", file_, mark.line + 1, mark.column + 1)};
    key_.reset();
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    throw Stop{mark, "lists are not allowed; separate values by commas"};
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Plain(mark, tag, anchor);
    if (depth_ == 1) {
      if (!key_) throw Stop{mark, "a key is missing"};
      section_ = *key_;
      if (IsKey(section_))
        throw Stop{mark, fmt::format("'{}' is a value, not a section", section_)};
      key_.reset();
    }
    if (++depth_ > 2) throw Stop{mark, "nothing is nested deeper than section and key"};
  }
  void OnMapEnd() override {
    if (--depth_ == 1) section_.clear();
  }

 private:
  static void Plain(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) throw Stop{mark, "anchors are not allowed"};
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw Stop{mark, fmt::format("tags are not allowed: {}", tag)};
    }
  }

  bool IsKey(const std::string& path) const {
    for (const std::string& key : known_) {
      if (key == path) return true;
    }
    return false;
  }

  std::string Path(const std::string& key) const {
    return section_.empty() ? key : fmt::format("{}.{}", section_, key);
  }

  void OnKey(const YAML::Mark& mark, const std::string& key) {
    const std::string path = Path(key);
    const bool is_section = section_.empty() && sections_.count(key) > 0;
    if (!is_section && !IsKey(path)) {
      throw Stop{mark, fmt::format("unknown key '{}'{}", path, DidYouMean(path, known_))};
    }
    if (!seen_.insert(path).second) throw Stop{mark, fmt::format("'{}' is given twice", path)};
    key_ = key;
  }

  const std::string file_;
  std::vector<std::string> known_;
  std::set<std::string> sections_;
  std::set<std::string> seen_;
  ConfigValues values_;
  std::string section_;
  std::optional<std::string> key_;
  int depth_ = 0;
  int documents_ = 0;
};

Status At(const std::string& file, const YAML::Mark& mark, std::string_view what) {
  return {StatusCode::kInvalidArgument, "CONFIG_INVALID",
          fmt::format("{}:{}:{}: {}", file, mark.line + 1, mark.column + 1, what)};
}

}  // namespace

Result<ConfigValues> ParseConfigYaml(const std::string& file, const std::string& text) {
  ConfigHandler handler(file);
  try {
    std::stringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {}
  } catch (const Stop& stop) {
    return At(file, stop.mark, stop.what);
  } catch (const YAML::Exception& error) {
    return At(file, error.mark, error.msg);
  }
  return handler.Take();
}

}  // namespace saga::server

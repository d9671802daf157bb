// Walking a YAML document strictly: every look-up that fails leaves a diagnostic with its place.
#pragma once

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/loader.h"

namespace saga {

// Threads: one. Borrows the result that it fills, and the source of Parse.
class YamlReader {
 public:
  explicit YamlReader(LoadedDefinition& result) : result_(result) {}

  // Parses and checks what yaml-cpp lets pass: anchors, aliases, tags, depth, size, repeated keys.
  // `shape` says what the document is, for people. Null = not usable.
  YAML::Node Parse(std::string_view source, const std::string& shape);

  void Error(const YAML::Node& node, const std::string& path, const char* code, std::string message,
             std::string suggestion = "");
  void Warn(const std::string& path, const char* code, std::string message,
            std::string suggestion = "");
  // Remembers where `path` stands.
  void Mark(const YAML::Node& node, const std::string& path);

  // A map whose keys are all known; `later` are keys of a later release. False = a diagnostic was
  // left.
  bool CheckMap(const YAML::Node& node, const std::string& path,
                const std::vector<std::string>& keys, const std::vector<std::string>& later = {});

  std::string Text(const YAML::Node& node, const std::string& path);
  bool Flag(const YAML::Node& node, const std::string& path);
  std::chrono::milliseconds Period(const YAML::Node& node, const std::string& path);
  // One of `names`, as its position.
  std::optional<std::size_t> Choice(const YAML::Node& node, const std::string& path,
                                    const std::vector<std::string>& names);

 private:
  void CheckKeys(const YAML::Node& node, const std::string& path);
  // 0 = the text is not as it stands in the source: escapes, several lines.
  int TextColumn(const YAML::Node& node) const;

  LoadedDefinition& result_;
  std::string_view source_;
};

}  // namespace saga

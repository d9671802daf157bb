// What the parts of the loader share while they read one YAML document.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "definition/yaml_reader.h"
#include "saga/v1/definition.pb.h"

namespace saga {

// What steps that say nothing of it get.
struct CallDefaults {
  std::int64_t timeout_ms = 0;
  saga::v1::DefinitionRetry retry;
  saga::v1::DefinitionRetry undo_retry;
};

// Those of this release; `defaults:` of a document overrides them.
CallDefaults BuiltInDefaults();

struct LoadContext {
  YamlReader reader;
  saga::v1::SagaDefinition& document;
  CallDefaults defaults = BuiltInDefaults();
};

// 1 to 63 lower-case letters, digits and separators, a letter first.
bool IsDefinitionName(std::string_view text, char separator);

// Every key of a map that may have any.
std::vector<std::string> KeysOf(const YAML::Node& node);

}  // namespace saga

#include "definition/loader.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "definition/load_context.h"
#include "definition/load_head.h"
#include "definition/load_steps.h"
#include "definition/load_textproto.h"
#include "definition/load_values.h"

namespace saga {
namespace {

const std::vector<std::string> kRootKeys = {
    "saga",     "owner",        "description", "runbook", "input",  "business_key", "labels",
    "deadline", "participants", "defaults",    "steps",   "output", "events",       "then"};

void LoadRoot(LoadContext& context, std::string_view source) {
  const YAML::Node root = context.reader.Parse(
      source, "a definition is a map with the keys saga, owner, input, steps, …");
  if (!root.IsDefined() || !context.reader.CheckMap(root, "", kRootKeys, {"namespace"})) return;
  LoadHead(context, root);
  if (root["defaults"]) LoadDefaults(context, root["defaults"]);
  if (root["participants"]) LoadParticipants(context, root["participants"]);
  if (root["steps"]) {
    LoadSteps(context, root["steps"]);
  } else {
    context.reader.Error(root, "steps", "SAGA002", "a definition needs `steps`");
  }
  if (root["output"]) {
    *context.document.mutable_output() = LoadMapping(context, root["output"], "output");
  }
  if (root["then"]) LoadThen(context, root["then"]);
}

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

std::string_view FormatName(DefinitionFormat format) {
  switch (format) {
    case DefinitionFormat::kYaml:
      return "yaml";
    case DefinitionFormat::kJson:
      return "json";
    case DefinitionFormat::kTextproto:
      return "textproto";
  }
  SAGA_UNREACHABLE();
}

DefinitionFormat FormatNamed(std::string_view name) {
  if (name == "json") return DefinitionFormat::kJson;
  return name == "textproto" ? DefinitionFormat::kTextproto : DefinitionFormat::kYaml;
}

DefinitionFormat FormatOfFile(std::string_view path) {
  if (path.ends_with(".json")) return DefinitionFormat::kJson;
  const bool text =
      path.ends_with(".textproto") || path.ends_with(".txtpb") || path.ends_with(".pbtxt");
  return text ? DefinitionFormat::kTextproto : DefinitionFormat::kYaml;
}

LoadedDefinition LoadDefinition(std::string_view source, DefinitionFormat format) {
  LoadedDefinition result;
  if (format == DefinitionFormat::kTextproto) {
    LoadTextproto(source, result);
    return result;
  }
  LoadContext context{.reader = YamlReader(result), .document = result.document};
  LoadRoot(context, source);
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

// A definition as its author writes it (YAML or JSON) into the document that is stored and run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "definition/diagnostic.h"
#include "orchestrator/core/definition.h"
#include "saga/v1/definition.pb.h"

namespace saga {

// Place of something in the source, by its path ("steps[2].undo.with.order_id").
struct SourcePlace {
  int line = 0;
  int column = 0;
  // Where the text of a scalar begins, behind its quote; 0 = its offsets are no columns.
  int text_column = 0;
};
using SourcePlaces = std::map<std::string, SourcePlace>;

// The place of the path, or of the nearest thing that holds it.
SourcePlace PlaceOf(const SourcePlaces& places, std::string path);

struct LoadedDefinition {
  saga::v1::SagaDefinition document;
  SourcePlaces places;
  Diagnostics diagnostics;  // With errors, the document is not to be used.
};

// How a definition is written.
enum class DefinitionFormat : std::uint8_t {
  kYaml,
  kJson,       // By the rules of YAML.
  kTextproto,  // saga.v1.SagaDefinition itself, in protobuf's text format.
};
// "yaml", "json" or "textproto": as it is stored.
std::string_view FormatName(DefinitionFormat format);
// The inverse; YAML for what is not known.
DefinitionFormat FormatNamed(std::string_view name);
// By the end of a file's name: .json, .textproto, .txtpb or .pbtxt; anything else is YAML.
DefinitionFormat FormatOfFile(std::string_view path);

// Strict: unknown and repeated keys, anchors, aliases, tags, depth and size are errors with their
// place. Everything that is wrong is reported, not only the first. Never throws.
LoadedDefinition LoadDefinition(std::string_view source,
                                DefinitionFormat format = DefinitionFormat::kYaml);

// sha-256 of the canonical form: what tells one version from another.
std::string DigestOf(const saga::v1::SagaDefinition& document);

// A part of a document as the engine uses it.
Mapping ToMapping(const saga::v1::MappingValue& value);

// The document as the engine uses it. Errors: as Definition::Make.
Result<DefinitionRef> ToDefinition(const saga::v1::SagaDefinition& document,
                                   const std::string& name_space, std::uint32_t version);

}  // namespace saga

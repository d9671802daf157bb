// Definitions from anywhere: the first byte says how they are written, the rest is the document.
// What loads is checked against the shop and stored; nothing may be read back as something else.
#include <string>

#include "definition/checker.h"
#include "definition/loader.h"
#include "fake_descriptors.h"
#include "fuzz/require.h"

namespace saga::fuzz {
namespace {

DefinitionFormat FormatFor(char mark) {
  switch (mark) {
    case '#':
      return DefinitionFormat::kTextproto;
    case '{':
      return DefinitionFormat::kJson;
    default:
      return DefinitionFormat::kYaml;
  }
}

const test::FakeDescriptors& Shop() {
  static const auto* const kShop = new test::FakeDescriptors(test::ShopDescriptors());
  return *kShop;
}

void Load(std::string_view source, DefinitionFormat format) {
  const LoadedDefinition loaded = LoadDefinition(source, format);
  Require(!RenderDiagnostics(loaded.diagnostics, "f", source).empty());
  if (HasErrors(loaded.diagnostics)) return;

  Diagnostics diagnostics;
  CheckDefinition(loaded, "default", Shop(), diagnostics);
  const auto definition = ToDefinition(loaded.document, "default", 1);
  saga::v1::SagaDefinition stored;
  Require(stored.ParseFromString(loaded.document.SerializeAsString()));
  Require(DigestOf(stored) == DigestOf(loaded.document));
  Require(ToDefinition(stored, "default", 1).ok() == definition.ok());
}

}  // namespace
}  // namespace saga::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source = saga::fuzz::ToText(data, size);
  if (source.empty()) return 0;
  saga::fuzz::Load(source, saga::fuzz::FormatFor(source.front()));
  return 0;
}

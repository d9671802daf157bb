#include "definition/load_textproto.h"

#include <fmt/format.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <string>
#include <utility>

#include "base/utf8.h"
#include "definition/document_rules.h"
#include "definition/limits.h"
#include "orchestrator/core/limits.h"

namespace saga {
namespace {

namespace pb = saga::v1;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

class Collector final : public google::protobuf::io::ErrorCollector {
 public:
  explicit Collector(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (diagnostics_.size() >= kDiagnosticsMax) return;
    const bool unknown = message.find("has no field named") != std::string::npos;
    diagnostics_.push_back(
        {Severity::kError, unknown ? "SAGA002" : "SAGA001", message, line + 1, column + 1, "", ""});
  }

 private:
  Diagnostics& diagnostics_;
};

// Where things stand, under the paths that the YAML loader uses.
class PlaceFinder {
 public:
  explicit PlaceFinder(SourcePlaces& places) : places_(places) {}

  void Find(const Message& message, const TextFormat::ParseInfoTree& tree,
            const std::string& path) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->is_map()) continue;
      const int count =
          field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i)
        FindField(message, tree, *field, field->is_repeated() ? i : -1, path);
    }
  }

 private:
  void FindField(const Message& message, const TextFormat::ParseInfoTree& tree,
                 const FieldDescriptor& field, int index, const std::string& path) {
    const auto location = tree.GetLocation(&field, index);
    const std::string inner = PathOf(message, field, index, path);
    if (location.line >= 0)
      places_.try_emplace(inner, SourcePlace{location.line + 1, location.column + 1});
    if (field.message_type() == nullptr) return;
    const auto* nested = tree.GetTreeForNested(&field, index);
    if (nested == nullptr) return;
    const auto* reflection = message.GetReflection();
    Find(index >= 0 ? reflection->GetRepeatedMessage(message, &field, index)
                    : reflection->GetMessage(message, &field),
         *nested, inner);
  }

  static std::string PathOf(const Message& message, const FieldDescriptor& field, int index,
                            const std::string& path) {
    static const std::string kStep = pb::DefinitionStep::descriptor()->full_name();
    static const std::string kField = pb::MappingFields::Field::descriptor()->full_name();
    const std::string& name = field.name();
    const std::string& of = field.containing_type()->full_name();
    if (of == kField) {
      const auto& entry = dynamic_cast<const pb::MappingFields::Field&>(message);
      return name == "value" ? path + "." + entry.name() : path;
    }
    // Levels that YAML does not have.
    const bool silent = (of == kStep && name == "action") || name == "fields" ||
                        name == "expression" || name == "list";
    if (silent) return path;
    if (name == "values" || index >= 0) {
      const std::string list = name == "values" ? path : Join(path, name);
      return fmt::format("{}[{}]", list, index);
    }
    return Join(path, name == "participant" ? "call" : name);
  }

  static std::string Join(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
  }

  SourcePlaces& places_;
};

}  // namespace

void LoadTextproto(std::string_view source, LoadedDefinition& result) {
  const auto refuse = [&result](std::string message) {
    result.diagnostics.push_back({Severity::kError, "SAGA001", std::move(message), 0, 0, "", ""});
  };
  if (source.size() > kDefinitionBytesMax) {
    return refuse(
        fmt::format("{} bytes; at most {} are allowed", source.size(), kDefinitionBytesMax));
  }
  if (!IsValidUtf8(source) || source.find('\0') != std::string_view::npos) {
    return refuse("the text is not valid UTF-8");
  }
  Collector collector(result.diagnostics);
  TextFormat::ParseInfoTree tree;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  parser.WriteLocationsTo(&tree);
  parser.SetRecursionLimit(static_cast<int>(kDocumentDepthMax) * 3);
  if (!parser.ParseFromString(std::string(source), &result.document)) return;
  PlaceFinder(result.places).Find(result.document, tree, "");
  FillDefaults(result.document);
  CheckDocument(result);
  if (result.document.owner().empty()) {
    result.diagnostics.push_back({Severity::kWarning, "SAGA015",
                                  "no owner: on call will not know whom to ask", 0, 0, "saga",
                                  "owner: \"team-checkout\""});
  }
}

}  // namespace saga

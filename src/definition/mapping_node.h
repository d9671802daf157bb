// The compiled form of a mapping: a tree with every field looked up.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "definition/assign.h"
#include "definition/compiled_expression.h"

namespace saga {

struct NodeField;
struct NodeEntry;

struct MappingNode {
  std::optional<CompiledExpression> expression;
  std::vector<NodeField> fields;
  std::vector<NodeEntry> entries;  // Of a map field.
  std::vector<MappingNode> list;
  bool repeats = false;  // `list` and `entries` are the elements of the field.
};

struct NodeField {
  const google::protobuf::FieldDescriptor* field = nullptr;
  MappingNode node;
};

struct NodeEntry {
  expr::Value key;
  MappingNode node;
};

// Compiles one mapping. Borrows its arguments. Errors: MAPPING_INVALID, with the field of the
// mapping as metadata "field".
class MappingCompiler {
 public:
  MappingCompiler(const Names& names, google::protobuf::MessageFactory& factory)
      : names_(names), factory_(factory) {}

  // Into a message of `type`.
  Result<MappingNode> CompileRoot(const Mapping& mapping,
                                  const google::protobuf::Descriptor& type) const;

 private:
  using FieldDescriptor = google::protobuf::FieldDescriptor;

  Result<MappingNode> Whole(const Mapping& mapping, const google::protobuf::Descriptor& type) const;
  Result<MappingNode> Compile(const Mapping& mapping, const FieldDescriptor& target, FieldPart part,
                              const std::string& where) const;
  Result<MappingNode> Expression(const Mapping& mapping, const FieldDescriptor& target,
                                 FieldPart part, const std::string& where) const;
  Result<MappingNode> Fields(const Mapping& mapping, const google::protobuf::Descriptor& type,
                             const std::string& where) const;
  Result<MappingNode> Entries(const Mapping& mapping, const FieldDescriptor& target,
                              const std::string& where) const;
  Result<MappingNode> List(const Mapping& mapping, const FieldDescriptor& target,
                           const std::string& where) const;

  const Names& names_;
  google::protobuf::MessageFactory& factory_;
};

// Evaluates a node of fields into `message`. Errors: MAPPING_FAILED that names the path.
Status FillMessage(const MappingNode& node, google::protobuf::Message& message,
                   const Evaluation& evaluation);

}  // namespace saga

#include "definition/input_reads.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <array>
#include <string_view>
#include <vector>

#include "definition/expr/program.h"

namespace saga {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Fields of the document that hold expressions.
constexpr std::array<std::string_view, 6> kExpressions = {
    "expression", "when", "reject_if", "done_if", "rejected_if", "business_key"};

bool HoldsExpression(const FieldDescriptor& field) {
  for (const std::string_view name : kExpressions) {
    if (field.name() == name) return true;
  }
  // The value of a label.
  return field.containing_type()->full_name() == "saga.v1.SagaDefinition.LabelsEntry" &&
         field.name() == "value";
}

// The types do not matter here.
expr::Environment AnyTypes() {
  expr::Environment environment;
  for (const char* name : {"input", "steps", "output", "failure", "saga"}) {
    environment.Declare(name, expr::Type::Dyn());
  }
  return environment;
}

void AddReads(const std::string& text, std::set<std::string>& reads) {
  static const expr::Environment kEnvironment = AnyTypes();
  const expr::CompileResult compiled = expr::Compile(text, kEnvironment);
  const auto* program = std::get_if<expr::Program>(&compiled);
  if (program == nullptr) return;
  std::set<std::string> tested;
  std::vector<std::string> read;
  for (const expr::Reference& reference : program->References()) {
    if (kEnvironment.variables()[reference.variable].name != "input") continue;
    std::string path = "input";
    for (const std::string& name : reference.names) path += "." + name;
    if (reference.use == expr::ReferenceUse::kTest) {
      tested.insert(path);
    } else {
      read.push_back(path);
    }
  }
  for (const std::string& path : read) {
    bool guarded = false;
    for (const std::string& test : tested) guarded = guarded || path.starts_with(test);
    if (!guarded) reads.insert(path);
  }
}

void Collect(const Message& message, std::set<std::string>& reads) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() != nullptr && !field->is_repeated()) {
      Collect(reflection.GetMessage(message, field), reads);
    } else if (field->message_type() != nullptr) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        Collect(reflection.GetRepeatedMessage(message, field, i), reads);
      }
    } else if (!field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING &&
               HoldsExpression(*field)) {
      AddReads(reflection.GetString(message, field), reads);
    }
  }
}

}  // namespace

std::set<std::string> InputReads(const saga::v1::SagaDefinition& document) {
  std::set<std::string> reads;
  Collect(document, reads);
  return reads;
}

}  // namespace saga

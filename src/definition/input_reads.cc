#include "definition/input_reads.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>
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

struct Reads {
  std::set<std::string> read;
  std::set<std::string> tested;  // By has().
};

Reads ReadsIn(const std::string& text, std::string_view variable) {
  static const expr::Environment kEnvironment = AnyTypes();
  const expr::CompileResult compiled = expr::Compile(text, kEnvironment);
  const auto* program = std::get_if<expr::Program>(&compiled);
  Reads reads;
  if (program == nullptr) return reads;
  for (const expr::Reference& reference : program->References()) {
    if (kEnvironment.variables()[reference.variable].name != variable) continue;
    std::string path(variable);
    for (const std::string& name : reference.names) path += "." + name;
    const bool test = reference.use == expr::ReferenceUse::kTest;
    (test ? reads.tested : reads.read).insert(std::move(path));
  }
  return reads;
}

// Calls `visit` with the text of every expression.
void ForEachExpression(const Message& message,
                       const std::function<void(const std::string&)>& visit) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() != nullptr && !field->is_repeated()) {
      ForEachExpression(reflection.GetMessage(message, field), visit);
    } else if (field->message_type() != nullptr) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        ForEachExpression(reflection.GetRepeatedMessage(message, field, i), visit);
      }
    } else if (!field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING &&
               HoldsExpression(*field)) {
      visit(reflection.GetString(message, field));
    }
  }
}

bool IsGuarded(const std::string& path, const std::set<std::string>& tested) {
  return std::any_of(tested.begin(), tested.end(), [&path](const std::string& test) {
    return (path + ".").starts_with(test + ".");
  });
}

}  // namespace

std::set<std::string> InputReads(const saga::v1::SagaDefinition& document) {
  std::set<std::string> all;
  ForEachExpression(document, [&all](const std::string& text) {
    const Reads reads = ReadsIn(text, "input");
    for (const std::string& path : reads.read) {
      if (!IsGuarded(path, reads.tested)) all.insert(path);
    }
  });
  return all;
}

std::set<std::string> ReadsOf(const Message& part, std::string_view variable) {
  std::set<std::string> all;
  ForEachExpression(part, [&all, variable](const std::string& text) {
    Reads reads = ReadsIn(text, variable);
    all.merge(reads.read);
    all.merge(reads.tested);
  });
  return all;
}

}  // namespace saga

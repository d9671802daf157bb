// Payloads in events: whoever may read the topic reads them.
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <set>
#include <vector>

#include "definition/check_context.h"

namespace saga {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// google.protobuf.FieldOptions.debug_redact; protobuf knows it by name from 22 on.
constexpr int kDebugRedact = 16;

// The numbers of the options that mark a field: debug_redact, and any option of that name or named
// `sensitive` that the types define by themselves.
std::set<int> Marks(const google::protobuf::DescriptorPool& pool) {
  std::set<int> marks = {kDebugRedact};
  const Descriptor* options = pool.FindMessageTypeByName("google.protobuf.FieldOptions");
  if (options == nullptr) return marks;
  std::vector<const FieldDescriptor*> extensions;
  pool.FindAllExtensions(options, &extensions);
  for (const FieldDescriptor* extension : extensions) {
    const bool marks_fields =
        extension->name() == "sensitive" || extension->name() == "debug_redact";
    if (marks_fields && extension->type() == FieldDescriptor::TYPE_BOOL) {
      marks.insert(extension->number());
    }
  }
  return marks;
}

bool IsMarked(const FieldDescriptor& field, const std::set<int>& marks) {
  const google::protobuf::UnknownFieldSet& unknown = field.options().unknown_fields();
  for (int i = 0; i < unknown.field_count(); ++i) {
    const google::protobuf::UnknownField& option = unknown.field(i);
    if (option.type() == google::protobuf::UnknownField::TYPE_VARINT && option.varint() != 0 &&
        marks.count(option.number()) > 0) {
      return true;
    }
  }
  return false;
}

// The first marked field below `type`, as a path; empty = none.
std::string MarkedBelow(const Descriptor& type, const std::set<int>& marks,
                        std::set<const Descriptor*>& seen) {
  if (!seen.insert(&type).second) return {};
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsMarked(field, marks)) return field.name();
    if (field.message_type() == nullptr) continue;
    const std::string below = MarkedBelow(*field.message_type(), marks, seen);
    if (!below.empty()) return field.name() + "." + below;
  }
  return {};
}

void CheckType(CheckContext& context, const TypeHandle& handle, const std::string& name) {
  if (handle.type == nullptr) return;
  std::set<const Descriptor*> seen;
  const std::string field = MarkedBelow(*handle.type, Marks(*handle.type->file()->pool()), seen);
  if (field.empty()) return;
  context.Warn(
      "events.publish", "SAGA024",
      fmt::format("events carry payloads in full, and {}.{} is marked as not for everybody", name,
                  field),
      "events: { publish: metadata }");
}

}  // namespace

void CheckPublished(CheckContext& context) {
  if (!context.definition->publish_payloads) return;
  CheckType(context, context.types.input, "input");
  for (std::size_t i = 0; i < context.types.steps.size(); ++i) {
    CheckType(context, context.types.steps[i], "steps." + context.definition->steps[i].id);
  }
}

}  // namespace saga

#include "admin/json.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <vector>

#include "base/check.h"

namespace saga::admin {
namespace {

using google::protobuf::Any;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsKnown(const Any& any) {
  const std::string& url = any.type_url();
  const std::size_t slash = url.rfind('/');
  return slash != url.npos &&
         DescriptorPool::generated_pool()->FindMessageTypeByName(url.substr(slash + 1)) != nullptr;
}

void KeepKnown(Message& message, const FieldDescriptor* field, const Reflection& reflection) {
  for (int i = reflection.FieldSize(message, field) - 1; i >= 0; --i) {
    const Message& element = reflection.GetRepeatedMessage(message, field, i);
    if (IsKnown(static_cast<const Any&>(element))) continue;
    for (int j = i; j + 1 < reflection.FieldSize(message, field); ++j) {
      reflection.SwapElements(&message, field, j, j + 1);
    }
    reflection.RemoveLast(&message, field);
  }
}

void DropUnknownDetails(Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    if (!field->is_repeated()) {
      DropUnknownDetails(*reflection.MutableMessage(&message, field));
      continue;
    }
    if (field->message_type() == Any::descriptor()) KeepKnown(message, field, reflection);
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      DropUnknownDetails(*reflection.MutableRepeatedMessage(&message, field, i));
    }
  }
}

}  // namespace

std::string ToJson(const Message& message, JsonStyle style) {
  const std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  DropUnknownDetails(*copy);
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = style == JsonStyle::kPretty;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(*copy, &json, options);
  SAGA_CHECK(status.ok());
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return json + "\n";
}

}  // namespace saga::admin

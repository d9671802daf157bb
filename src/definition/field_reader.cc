#include "definition/field_reader.h"

#include "base/check.h"
#include "definition/assign.h"

namespace saga {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string KindOf(const FieldDescriptor& field) {
  if (field.is_map()) return "map";
  const std::string type = field.message_type() != nullptr ? field.message_type()->full_name()
                           : field.enum_type() != nullptr  ? field.enum_type()->full_name()
                                                           : std::string(field.type_name());
  return field.is_repeated() ? "repeated " + type : type;
}

expr::Value ReadScalar(const FieldOf& source, int index) {
  using expr::Value;
  const Message& m = *source.message;
  const FieldDescriptor* f = source.field;
  const auto* r = m.GetReflection();
  const bool element = index >= 0;
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(element ? r->GetRepeatedInt32(m, f, index) : r->GetInt32(m, f));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(element ? r->GetRepeatedInt64(m, f, index) : r->GetInt64(m, f));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(element ? r->GetRepeatedUInt32(m, f, index) : r->GetUInt32(m, f));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(element ? r->GetRepeatedUInt64(m, f, index) : r->GetUInt64(m, f));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(element ? r->GetRepeatedDouble(m, f, index) : r->GetDouble(m, f));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(
          static_cast<double>(element ? r->GetRepeatedFloat(m, f, index) : r->GetFloat(m, f)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(element ? r->GetRepeatedBool(m, f, index) : r->GetBool(m, f));
    case FieldDescriptor::CPPTYPE_ENUM:
      return Value::Int(element ? r->GetRepeatedEnumValue(m, f, index) : r->GetEnumValue(m, f));
    case FieldDescriptor::CPPTYPE_STRING: {
      // Dynamic messages keep their texts in place: the scratch is for others.
      std::string scratch;
      const std::string& text = element ? r->GetRepeatedStringReference(m, f, index, &scratch)
                                        : r->GetStringReference(m, f, &scratch);
      if (&text == &scratch) return IsBytes(*f) ? Value::Bytes(scratch) : Value::String(scratch);
      return IsBytes(*f) ? Value::BytesView(text) : Value::StringView(text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  SAGA_UNREACHABLE();
}

const Message& ReadMessage(const FieldOf& source, int index) {
  const auto* reflection = source.message->GetReflection();
  return index >= 0 ? reflection->GetRepeatedMessage(*source.message, source.field, index)
                    : reflection->GetMessage(*source.message, source.field);
}

std::string EnumName(const google::protobuf::EnumDescriptor& type, std::int64_t number) {
  const auto* value = type.FindValueByNumber(static_cast<int>(number));
  return value != nullptr ? value->name() : std::to_string(number);
}

bool IsUnset(const FieldOf& source) {
  return source.field->has_presence() &&
         !source.message->GetReflection()->HasField(*source.message, source.field);
}

}  // namespace saga

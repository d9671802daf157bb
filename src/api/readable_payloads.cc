#include "api/readable_payloads.h"

#include <google/protobuf/util/json_util.h>

#include <memory>
#include <optional>

#include "api/limits.h"

namespace saga::api {
namespace {

// Absent when the bytes are no such message, or hold one that proto3 JSON cannot express.
std::optional<std::string> TextOf(const TypeHandle& type, const std::string& bytes) {
  if (type.prototype == nullptr) return std::nullopt;
  const std::unique_ptr<google::protobuf::Message> message(type.prototype->New());
  if (!message->ParsePartialFromString(bytes)) return std::nullopt;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(*message, &text, options);
  if (!status.ok()) return std::nullopt;
  return text;
}

class Reader {
 public:
  Reader(const std::string& name_space, const DescriptorSource& types)
      : name_space_(name_space), types_(types) {}

  // The answer of a participant, whose own version of the type counts.
  void ReadAnswer(const std::string& participant, v1::Payload& payload) {
    if (!payload.has_protobuf()) return;
    const auto own = types_.FindTypeOf(name_space_, participant, payload.type());
    own ? Fill(*own, payload) : Read(payload);
  }

  void Read(v1::Payload& payload) {
    if (!payload.has_protobuf()) return;
    if (const auto type = types_.FindType(name_space_, payload.type())) Fill(*type, payload);
  }

 private:
  void Fill(const TypeHandle& type, v1::Payload& payload) {
    std::optional<std::string> text = TextOf(type, payload.protobuf());
    if (!text || used_ + text->size() > kReadableBytesMax) return;
    used_ += text->size();
    payload.set_readable(*std::move(text));
  }

  const std::string& name_space_;
  const DescriptorSource& types_;
  std::size_t used_ = 0;
};

}  // namespace

void AddReadable(const std::string& name_space, const DescriptorSource& types, v1::Saga& saga) {
  Reader reader(name_space, types);
  if (saga.has_input()) reader.Read(*saga.mutable_input());
  for (v1::Step& step : *saga.mutable_steps()) {
    if (step.has_output()) reader.ReadAnswer(step.participant(), *step.mutable_output());
  }
  if (saga.has_output()) reader.Read(*saga.mutable_output());
}

}  // namespace saga::api

#include "definition/open_payload.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <utility>

#include "definition/compiled_expression.h"
#include "definition/limits.h"

namespace saga {
namespace {

// Discarded when it is no JSON, or nested too deep.
nlohmann::json ParseJson(const std::string& text) {
  if (text.empty()) return nlohmann::json::object();
  int depth = 0;
  bool too_deep = false;
  const auto limit = [&](int, nlohmann::json::parse_event_t event, nlohmann::json&) {
    const bool opens = event == nlohmann::json::parse_event_t::object_start ||
                       event == nlohmann::json::parse_event_t::array_start;
    const bool closes = event == nlohmann::json::parse_event_t::object_end ||
                        event == nlohmann::json::parse_event_t::array_end;
    depth += opens ? 1 : closes ? -1 : 0;
    too_deep = too_deep || depth > static_cast<int>(kJsonDepthMax);
    return !too_deep;
  };
  nlohmann::json json = nlohmann::json::parse(text, limit, false);
  return too_deep ? nlohmann::json(nlohmann::json::value_t::discarded) : json;
}

}  // namespace

Result<OpenPayload> OpenPayload::Open(const PayloadRef& payload, const TypeHandle& type,
                                      const std::string& name) {
  OpenPayload open;
  if (payload == nullptr) {
    return MappingFailed(name, "there is no such value: the step has not answered");
  }
  if (type.prototype == nullptr) {
    if (payload->encoding == PayloadEncoding::kProtobuf) {
      return MappingFailed(name, "its protobuf type is not known");
    }
    nlohmann::json json = ParseJson(payload->bytes);
    if (json.is_discarded()) return MappingFailed(name, "it is not valid JSON");
    open.json_ = std::make_unique<const nlohmann::json>(std::move(json));
    return open;
  }
  open.message_.reset(type.prototype->New());
  if (payload->encoding == PayloadEncoding::kJson) {
    const auto status =
        google::protobuf::util::JsonStringToMessage(payload->bytes, open.message_.get());
    if (!status.ok()) {
      return MappingFailed(name, fmt::format("it is no {}: {}", type.type->full_name(),
                                             std::string(status.message())));
    }
  } else if (!open.message_->ParsePartialFromString(payload->bytes)) {
    return MappingFailed(name, fmt::format("its bytes are no {}", type.type->full_name()));
  }
  return open;
}

}  // namespace saga

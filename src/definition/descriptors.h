// Protobuf types as definitions need them, wherever they come from. Implemented by participants
// over its registry.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"

namespace saga {

// A message type and what keeps it alive. Two participants may carry different versions of one
// file: types are compared by full name, never by pointer.
struct TypeHandle {
  std::shared_ptr<const void> owner;
  const google::protobuf::Descriptor* type = nullptr;    // Null = not known, or schemaless JSON.
  const google::protobuf::Message* prototype = nullptr;  // To make messages of the type from.
};

struct MethodHandle {
  std::string full_name;  // "shop.pay.v1.Payments/Authorize"
  TypeHandle request;
  TypeHandle response;
};

// Threads: any. Answers from memory.
class DescriptorSource {
 public:
  virtual ~DescriptorSource() = default;

  virtual bool HasParticipant(const std::string& name_space,
                              const std::string& participant) const = 0;
  virtual std::vector<std::string> ParticipantNames(const std::string& name_space) const = 0;
  // The type in the descriptors of any participant of the namespace; the first one by name counts.
  virtual std::optional<TypeHandle> FindType(const std::string& name_space,
                                             const std::string& full_name) const = 0;
  // The type in the descriptors of this participant.
  virtual std::optional<TypeHandle> FindTypeOf(const std::string& name_space,
                                               const std::string& participant,
                                               const std::string& full_name) const = 0;
  // `method` is "Reserve" or "pkg.Service/Reserve"; `service` the default service, or empty for the
  // participant's own. Errors: NOT_FOUND METHOD_NOT_FOUND that names what there is; FIELD_INVALID
  // for a streaming method.
  virtual Result<MethodHandle> FindMethod(const std::string& name_space,
                                          const std::string& participant,
                                          const std::string& method) const = 0;
};

}  // namespace saga

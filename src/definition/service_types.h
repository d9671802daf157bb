// What a participant's services and messages look like.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "definition/descriptors.h"

namespace saga {

// Descriptors in a pool of their own: two participants may carry different versions of one file.
// Immutable. Threads: any.
class ServiceTypes {
 public:
  // Reads a serialised google.protobuf.FileDescriptorSet, in any order of its files. Imports of
  // google/protobuf/*.proto may be absent. Errors: FIELD_INVALID (`descriptor_set`) that says which
  // file or import is wrong.
  static Result<std::shared_ptr<const ServiceTypes>> FromSet(const std::string& serialized);

  const google::protobuf::DescriptorPool& pool() const { return pool_; }

  // "shop.pay.v1.Payments/Authorize" of every unary method, sorted, infrastructure left out.
  const std::vector<std::string>& methods() const { return methods_; }
  // Full names of the services, infrastructure left out.
  const std::vector<std::string>& services() const { return services_; }
  // The only service; empty when there are none or several.
  std::string OnlyService() const { return services_.size() == 1 ? services_[0] : std::string(); }

  // `method` is "Reserve" of `service`, or "package.Service/Reserve". Errors: NOT_FOUND
  // METHOD_NOT_FOUND that says what there is; FIELD_INVALID for a streaming method.
  Result<const google::protobuf::MethodDescriptor*> FindMethod(const std::string& method,
                                                               const std::string& service) const;

  // An empty message of `type`, to make others from. Requires: a type of pool(). Lives as long as
  // this object.
  const google::protobuf::Message& Prototype(const google::protobuf::Descriptor& type) const {
    return *messages_.GetPrototype(&type);
  }

 private:
  ServiceTypes() = default;

  google::protobuf::DescriptorPool pool_;
  mutable google::protobuf::DynamicMessageFactory messages_;  // Locks by itself.
  std::vector<std::string> methods_;
  std::vector<std::string> services_;
};

using ServiceTypesRef = std::shared_ptr<const ServiceTypes>;

// A handle of `type`, which is one of `types`.
TypeHandle HandleOf(const ServiceTypesRef& types, const google::protobuf::Descriptor& type);
// Requires: `method` is one of `types`.
MethodHandle HandleOf(const ServiceTypesRef& types,
                      const google::protobuf::MethodDescriptor& method);

// True when both declare the same services with the same messages, however the sets were made.
bool AreSame(const ServiceTypes& a, const ServiceTypes& b);

// Reflection, health and the like: part of gRPC, not of a participant's work.
bool IsInfrastructure(std::string_view service);

}  // namespace saga

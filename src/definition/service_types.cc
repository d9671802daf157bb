#include "definition/service_types.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/suggest.h"
#include "definition/limits.h"

namespace saga {
namespace {

namespace pb = google::protobuf;

Status BadSet(std::string description) {
  return InvalidField("descriptor_set", std::move(description));
}

class FirstError final : public pb::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element, const pb::Message*,
                ErrorLocation, const std::string& message) override {
    if (text_.empty()) text_ = fmt::format("{}: {}: {}", file, element, message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Builds the files of a set into a pool, imports first.
class PoolBuilder {
 public:
  PoolBuilder(const pb::FileDescriptorSet& set, pb::DescriptorPool& pool) : pool_(pool) {
    for (const pb::FileDescriptorProto& file : set.file()) files_.emplace(file.name(), &file);
  }

  Status BuildAll() {
    for (const auto& [name, file] : files_) SAGA_RETURN_IF_ERROR(Build(*file));
    return Status::Ok();
  }

 private:
  Status Build(const pb::FileDescriptorProto& file) {
    if (pool_.FindFileByName(file.name()) != nullptr) return Status::Ok();
    if (!under_way_.insert(file.name()).second) {
      return BadSet(fmt::format("file '{}' imports itself", file.name()));
    }
    for (const std::string& import : file.dependency()) {
      SAGA_RETURN_IF_ERROR(BuildImport(import, file.name()));
    }
    under_way_.erase(file.name());
    FirstError error;
    if (pool_.BuildFileCollectingErrors(file, &error) == nullptr) {
      return BadSet(fmt::format("it is not consistent: {}", error.text()));
    }
    return Status::Ok();
  }

  Status BuildImport(const std::string& import, const std::string& importer) {
    if (const auto found = files_.find(import); found != files_.end()) return Build(*found->second);
    const bool well_known = import.starts_with("google/protobuf/");
    const pb::FileDescriptor* ours =
        well_known ? pb::DescriptorPool::generated_pool()->FindFileByName(import) : nullptr;
    if (ours == nullptr) {
      return BadSet(
          fmt::format("file '{}' imports '{}', which is not in the set; make it with "
                      "`protoc --include_imports`",
                      importer, import));
    }
    pb::FileDescriptorProto copy;
    ours->CopyTo(&copy);
    return Build(copy);
  }

  pb::DescriptorPool& pool_;
  std::map<std::string, const pb::FileDescriptorProto*> files_;
  std::set<std::string> under_way_;
};

// The files of the services and what they import; without comments and what only generators of
// code look at. protobuf's own files differ between its releases and mean the same.
void AddFile(const pb::FileDescriptor& file, std::map<std::string, std::string>& files) {
  if (file.name().starts_with("google/protobuf/")) return;
  pb::FileDescriptorProto proto;
  file.CopyTo(&proto);
  proto.clear_options();
  if (!files.emplace(file.name(), proto.SerializeAsString()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), files);
}

std::map<std::string, std::string> FilesOf(const ServiceTypes& types) {
  std::map<std::string, std::string> files;
  for (const std::string& service : types.services()) {
    AddFile(*types.pool().FindServiceByName(service)->file(), files);
  }
  return files;
}

bool IsUnary(const pb::MethodDescriptor& method) {
  return !method.client_streaming() && !method.server_streaming();
}

}  // namespace

bool IsInfrastructure(std::string_view service) {
  return service.starts_with("grpc.reflection.") || service.starts_with("grpc.health.") ||
         service.starts_with("grpc.channelz.") || service.starts_with("grpc.admin.");
}

Result<ServiceTypesRef> ServiceTypes::FromSet(const std::string& serialized) {
  if (serialized.size() > kDescriptorSetBytesMax) {
    return BadSet(fmt::format("it has {} bytes; at most {} are allowed", serialized.size(),
                              kDescriptorSetBytesMax));
  }
  pb::FileDescriptorSet set;
  if (!set.ParseFromString(serialized)) {
    return BadSet("it is no serialised google.protobuf.FileDescriptorSet");
  }
  if (static_cast<std::size_t>(set.file_size()) > kDescriptorFilesMax) {
    return BadSet(fmt::format("it has {} files; at most {} are allowed", set.file_size(),
                              kDescriptorFilesMax));
  }
  std::shared_ptr<ServiceTypes> types(new ServiceTypes());
  SAGA_RETURN_IF_ERROR(PoolBuilder(set, types->pool_).BuildAll());
  for (const pb::FileDescriptorProto& proto : set.file()) {
    const pb::FileDescriptor* file = types->pool_.FindFileByName(proto.name());
    for (int s = 0; s < file->service_count(); ++s) {
      const pb::ServiceDescriptor* service = file->service(s);
      if (IsInfrastructure(service->full_name())) continue;
      types->services_.push_back(service->full_name());
      for (int m = 0; m < service->method_count(); ++m) {
        if (!IsUnary(*service->method(m))) continue;
        types->methods_.push_back(
            fmt::format("{}/{}", service->full_name(), service->method(m)->name()));
      }
    }
  }
  std::ranges::sort(types->services_);
  std::ranges::sort(types->methods_);
  return ServiceTypesRef(std::move(types));
}

Result<const pb::MethodDescriptor*> ServiceTypes::FindMethod(const std::string& method,
                                                             const std::string& service) const {
  const std::size_t slash = method.rfind('/');
  if (slash == std::string::npos && service.empty()) {
    return Status(
        StatusCode::kNotFound, "METHOD_NOT_FOUND",
        fmt::format("method '{}' names no service, and the participant has {} ({}); write "
                    "package.Service/{}",
                    method, services_.empty() ? "none" : "no default one",
                    fmt::join(services_, ", "), method));
  }
  const std::string full = slash == std::string::npos
                               ? fmt::format("{}/{}", service, method)
                               : method.substr(method.starts_with('/') ? 1 : 0);
  const std::size_t cut = full.rfind('/');
  const pb::ServiceDescriptor* found = pool_.FindServiceByName(full.substr(0, cut));
  const pb::MethodDescriptor* descriptor =
      found == nullptr ? nullptr : found->FindMethodByName(full.substr(cut + 1));
  if (descriptor == nullptr) {
    return Status(StatusCode::kNotFound, "METHOD_NOT_FOUND",
                  fmt::format("no method '{}'{}", full, DidYouMean(full, methods_)));
  }
  if (!IsUnary(*descriptor)) {
    return InvalidField("method", fmt::format("'{}' is a streaming method; only unary methods can "
                                              "be called",
                                              full));
  }
  return descriptor;
}

bool AreSame(const ServiceTypes& a, const ServiceTypes& b) { return FilesOf(a) == FilesOf(b); }

TypeHandle HandleOf(const ServiceTypesRef& types, const google::protobuf::Descriptor& type) {
  return {.owner = types, .type = &type, .prototype = &types->Prototype(type)};
}

MethodHandle HandleOf(const ServiceTypesRef& types,
                      const google::protobuf::MethodDescriptor& method) {
  return {.full_name = fmt::format("{}/{}", method.service()->full_name(), method.name()),
          .request = HandleOf(types, *method.input_type()),
          .response = HandleOf(types, *method.output_type())};
}

}  // namespace saga

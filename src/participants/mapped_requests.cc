#include "participants/mapped_requests.h"

#include <memory>
#include <string>
#include <utility>

#include "definition/mapping.h"

namespace saga::participants {
namespace {

class MappedRequest final : public RequestBuilder {
 public:
  explicit MappedRequest(std::unique_ptr<const CompiledMapping> mapping)
      : mapping_(std::move(mapping)) {}

  Result<std::string> Build(const ParticipantCall& call) const override {
    return mapping_->Build({.saga = &call.saga,
                            .business_key = &call.business_key,
                            .input = call.input,
                            .outputs = &call.outputs,
                            .failure = &call.failure});
  }

 private:
  const std::unique_ptr<const CompiledMapping> mapping_;
};

}  // namespace

RequestCompiler MappedRequests(const DescriptorSource& source) {
  return [&source](const ParticipantCall& call,
                   const TypeHandle& request) -> Result<std::unique_ptr<const RequestBuilder>> {
    const Definition& definition = *call.definition;
    SAGA_ASSIGN_OR_RETURN(
        std::unique_ptr<const CompiledMapping> mapping,
        CompiledMapping::Compile(definition.call(call.step, call.operation).with, request,
                                 TypesOf(definition, source), call.step));
    return std::unique_ptr<const RequestBuilder>(
        std::make_unique<MappedRequest>(std::move(mapping)));
  };
}

}  // namespace saga::participants

// Builds the request of a call, or the output of a saga, from what the saga knows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "definition/descriptors.h"
#include "orchestrator/core/definition.h"
#include "orchestrator/core/failure.h"
#include "orchestrator/core/ids.h"
#include "orchestrator/core/payload.h"

namespace saga {

struct MappingNode;
class Names;

// The types of the names that a mapping may use.
struct MappingTypes {
  TypeHandle input;  // Without a type: schemaless JSON.
  std::vector<TypeHandle>
      steps;  // What each step's action answers, by step; without a type: not known.
  // Of `output`, where it is not the answer of the own step's action: in a query.
  std::optional<TypeHandle> output;
  const Definition* definition = nullptr;
};

// The values behind the names.
struct MappingScope {
  const SagaId* saga = nullptr;
  const std::string* business_key = nullptr;
  PayloadRef input;
  const std::vector<PayloadRef>* outputs = nullptr;  // By step; null = none.
  PayloadRef
      output;  // Of the own step, before it is among `outputs`; of a query, what it answered.
  const Failure* failure = nullptr;
  std::optional<TimePoint> now;  // A recorded time: the same on every attempt.
};

// The message types of a definition, as far as `source` knows them.
MappingTypes TypesOf(const Definition& definition, const DescriptorSource& source);

// Immutable after Compile. Threads: any.
class CompiledMapping final {
 public:
  ~CompiledMapping();

  // Compiles `mapping` into a message of `target`. `own` is the step whose `output` it may name.
  // Errors: INVALID_ARGUMENT MAPPING_INVALID that names the field, the path and the remedy.
  static Result<std::unique_ptr<const CompiledMapping>> Compile(const Mapping& mapping,
                                                                const TypeHandle& target,
                                                                const MappingTypes& types,
                                                                StepIndex own);

  // The serialised message. Errors: FAILED_PRECONDITION MAPPING_FAILED that names the path.
  Result<std::string> Build(const MappingScope& scope) const;

 private:
  CompiledMapping(TypeHandle target, MappingTypes types, StepIndex own);

  const TypeHandle target_;
  const MappingTypes types_;  // Keeps the types alive that the nodes point to.
  const std::unique_ptr<const Names> names_;
  std::unique_ptr<const MappingNode> root_;
};

// The output of a saga, or the input of a follow-up, as JSON: messages as proto3 JSON, 64-bit
// fields as text like there. What a step never answered is null. An absent mapping gives "".
// `own` is the step whose `output` may be named.
Result<std::string> BuildJson(const Mapping& mapping, const MappingTypes& types,
                              const MappingScope& scope,
                              std::optional<StepIndex> own = std::nullopt);
// A single expression as text: business key, labels.
Result<std::string> BuildText(const Mapping& mapping, const MappingTypes& types,
                              const MappingScope& scope,
                              std::optional<StepIndex> own = std::nullopt);

// Errors: INVALID_ARGUMENT FIELD_INVALID when `payload` is not what the definition's `input` names.
Status CheckInput(const Payload& payload, const std::string& input_type, const TypeHandle& type);

}  // namespace saga

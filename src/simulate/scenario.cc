#include "simulate/scenario.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <optional>
#include <vector>

#include "base/check.h"

namespace saga::simulate {
namespace {

// The answers of queries are named apart.
constexpr std::string_view kQuerySuffix = "/query";

}  // namespace

Scenario::Scenario(DefinitionRef definition, const DescriptorSource& descriptors)
    : definition_(std::move(definition)),
      types_(TypesOf(*definition_, descriptors)),
      conditions_(descriptors) {}

Result<std::unique_ptr<const Scenario>> Scenario::Make(const ScenarioSettings& settings,
                                                       const DescriptorSource& descriptors) {
  std::unique_ptr<Scenario> scenario(new Scenario(settings.definition, descriptors));
  SAGA_RETURN_IF_ERROR(scenario->TakeInput(settings.input));
  for (std::size_t i = 0; i < settings.definition->steps.size(); ++i) {
    SAGA_RETURN_IF_ERROR(scenario->AddMethods(ToStep(i), descriptors));
  }
  for (const auto& [name, json] : settings.answers) {
    SAGA_RETURN_IF_ERROR(scenario->TakeAnswer(name, json));
  }
  return std::unique_ptr<const Scenario>(std::move(scenario));
}

Status Scenario::TakeInput(const std::string& json) {
  const std::string& type = definition_->input_type;
  input_ = MakePayload({PayloadEncoding::kJson, type, json.empty() ? "{}" : json});
  SAGA_RETURN_IF_ERROR(CheckInput(*input_, type, types_.input));
  if (definition_->business_key.kind == Mapping::Kind::kNone) return Status::Ok();
  const std::vector<PayloadRef> no_outputs(definition_->steps.size());
  const Failure no_failure;
  const SagaId saga("default", "simulated");
  const MappingScope scope{.saga = &saga,
                           .business_key = &business_key_,
                           .input = input_,
                           .outputs = &no_outputs,
                           .failure = &no_failure};
  Result<std::string> key = BuildText(definition_->business_key, types_, scope);
  if (!key.ok()) return InvalidField("input", "business_key: " + key.status().message());
  business_key_ = *std::move(key);
  return Status::Ok();
}

Status Scenario::AddMethods(StepIndex step, const DescriptorSource& descriptors) {
  for (const Operation operation : OperationsOf(definition_->step(step))) {
    SAGA_RETURN_IF_ERROR(AddMethod(step, operation, descriptors));
  }
  return Status::Ok();
}

Status Scenario::AddMethod(StepIndex step, Operation operation,
                           const DescriptorSource& descriptors) {
  const Call& call = definition_->call(step, operation);
  SAGA_ASSIGN_OR_RETURN(
      const MethodHandle found,
      descriptors.FindMethod(definition_->name_space, call.participant, call.method));
  SimulatedMethod method{.name = found.full_name, .request = {}, .rules = {}, .answer = {}};
  SAGA_ASSIGN_OR_RETURN(method.request,
                        CompiledMapping::Compile(call.with, found.request, types_, step));
  SAGA_ASSIGN_OR_RETURN(method.rules, AnswerRules::Compile(*definition_, step, operation,
                                                           found.response, descriptors));
  method.answer =
      MakePayload({PayloadEncoding::kProtobuf, found.response.type->full_name(), std::string()});
  methods_.emplace(std::pair(step, operation), std::move(method));
  answer_types_.emplace(std::pair(step, operation), found.response);
  return Status::Ok();
}

Status Scenario::TakeAnswer(const std::string& name, const std::string& json) {
  const bool is_query = name.size() > kQuerySuffix.size() && name.ends_with(kQuerySuffix);
  const std::string id = is_query ? name.substr(0, name.size() - kQuerySuffix.size()) : name;
  const std::optional<StepIndex> step = definition_->Find(id);
  if (!step) return InvalidField("answers", fmt::format("there is no step '{}'", id));
  const Step& of = definition_->step(*step);
  if (of.kind == StepKind::kSignal && !is_query) {
    signals_[*step] = MakePayload({PayloadEncoding::kJson, std::string(), json});
    return Status::Ok();
  }
  const auto place = std::pair(*step, is_query ? Operation::kQuery : ForwardOperation(of));
  const auto method = methods_.find(place);
  if (method == methods_.end()) {
    return InvalidField("answers", fmt::format("step '{}' has no {} that answers", id,
                                               is_query ? "query" : "call"));
  }
  const std::unique_ptr<google::protobuf::Message> message(
      answer_types_.at(place).prototype->New());
  const auto read = google::protobuf::util::JsonStringToMessage(json, message.get());
  if (!read.ok()) {
    return InvalidField("answers", fmt::format("'{}' is no {}: {}", name, message->GetTypeName(),
                                               read.message().as_string()));
  }
  method->second.answer = MakePayload(
      {PayloadEncoding::kProtobuf, message->GetTypeName(), message->SerializeAsString()});
  method->second.answer_given = true;
  return Status::Ok();
}

const SimulatedMethod& Scenario::method(StepIndex step, Operation operation) const {
  const auto found = methods_.find({step, operation});
  SAGA_CHECK(found != methods_.end());
  return found->second;
}

PayloadRef Scenario::Signal(StepIndex step) const {
  const auto found = signals_.find(step);
  return found != signals_.end() ? found->second
                                 : MakePayload({PayloadEncoding::kJson, std::string(), "{}"});
}

}  // namespace saga::simulate

#include "definition/adapter.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <utility>

#include "definition/check_context.h"
#include "definition/limits.h"
#include "definition/offline_descriptors.h"

namespace saga {
namespace {

// Expressions of an adapter know no steps.
const Definition& NoDefinition() {
  static const Definition none;
  return none;
}

// All that is wrong, one line each, with its place.
Status Wrong(const Diagnostics& diagnostics) {
  std::string text;
  std::size_t shown = 0;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (++shown > kAdapterErrorsShown) break;
    if (!text.empty()) text += "\n";
    text += fmt::format("{}:{}: {} {}", diagnostic.line, diagnostic.column, diagnostic.code,
                        diagnostic.message);
    if (!diagnostic.suggestion.empty()) text += "; " + diagnostic.suggestion;
  }
  if (diagnostics.size() > kAdapterErrorsShown) {
    text += fmt::format("\nand {} more", diagnostics.size() - kAdapterErrorsShown);
  }
  return InvalidField("adapter", text);
}

std::string DefaultService(const AdapterTypes& types) {
  const bool declares = types.contract->pool().FindServiceByName(types.service) != nullptr;
  return declares ? types.service : types.contract->OnlyService();
}

Failure InContract(const AdapterError& error, Failure own) {
  if (error.code) own.code = *error.code;
  if (!error.reason.empty()) own.reason = error.reason;
  return own;
}

}  // namespace

// Fills an adapter in. Borrows its arguments.
class AdapterCompiler final {
 public:
  AdapterCompiler(const LoadedAdapter& loaded, const AdapterTypes& types, Diagnostics& diagnostics)
      : loaded_(loaded),
        types_(types),
        context_(loaded.source, name_space_, no_source_, diagnostics) {}

  AdapterRef Compile() {
    std::shared_ptr<Adapter> adapter(new Adapter());
    adapter->contract_ = types_.contract;
    for (const AdapterMethod& method : loaded_.methods) {
      AdaptedMethod compiled;
      if (!FindMethods(method, compiled)) continue;
      CompileMethod(method, compiled);
      const std::string name = compiled.contract_.full_name;
      if (!adapter->methods_.emplace(name, std::move(compiled)).second) {
        context_.Error(method.path, "SAGA002", fmt::format("'{}' is mapped twice", name),
                       "remove one of them");
      }
    }
    return adapter;
  }

 private:
  bool FindMethods(const AdapterMethod& method, AdaptedMethod& compiled) {
    const auto contract = types_.contract->FindMethod(method.contract, DefaultService(types_));
    if (!contract.ok()) {
      context_.Error(method.path, "SAGA009",
                     fmt::format("contract: {}", contract.status().message()));
    }
    const auto own = types_.own->FindMethod(method.own, types_.own->OnlyService());
    if (!own.ok()) {
      context_.Error(method.path + ".call", "SAGA009",
                     fmt::format("participant: {}", own.status().message()));
    }
    if (!contract.ok() || !own.ok()) return false;
    compiled.contract_ = HandleOf(types_.contract, **contract);
    compiled.own_ = HandleOf(types_.own, **own);
    return true;
  }

  void CompileMethod(const AdapterMethod& method, AdaptedMethod& compiled) {
    MappingTypes types{.input = compiled.contract_.request, .definition = &NoDefinition()};
    compiled.request_ =
        CompileMapping(method.request, compiled.own_.request, types, method.path + ".request");
    types.output = compiled.own_.response;
    for (const AdapterAnswer& answer : method.answers) {
      AdaptedMethod::Rule rule{.when = nullptr, .answer = nullptr, .error = answer.error};
      if (!answer.when.empty()) {
        rule.when = Take(CompiledCondition::Compile(answer.when, types, std::nullopt),
                         answer.path + ".when");
      }
      if (!answer.error) {
        rule.answer = CompileMapping(answer.answer, compiled.contract_.response, types,
                                     answer.path + ".answer");
      }
      compiled.rules_.push_back(std::move(rule));
    }
    compiled.errors_ = method.errors;
  }

  std::unique_ptr<const CompiledMapping> CompileMapping(const Mapping& mapping,
                                                        const TypeHandle& target,
                                                        const MappingTypes& types,
                                                        const std::string& path) {
    return Take(CompiledMapping::Compile(mapping, target, types, StepIndex{}), path);
  }

  // Null with a diagnostic.
  template <typename T>
  T Take(Result<T> compiled, const std::string& path) {
    if (compiled.ok()) return *std::move(compiled);
    context_.Report(compiled.status(), path);
    return nullptr;
  }

  const LoadedAdapter& loaded_;
  const AdapterTypes& types_;
  const std::string name_space_;
  const OfflineDescriptors no_source_;
  CheckContext context_;
};

Result<std::string> AdaptedMethod::BuildRequest(const MappingScope& scope) const {
  return request_->Build(scope);
}

Result<AdaptedMethod::Reading> AdaptedMethod::Read(const MappingScope& scope) const {
  const auto unmapped = [&](const std::string& why) {
    return Status(StatusCode::kDataLoss, "ANSWER_UNMAPPED",
                  fmt::format("the participant answered OK and may have acted, but {}; it said: {}",
                              why, AnswerText(scope.output)));
  };
  for (const Rule& rule : rules_) {
    if (rule.when) {
      const Result<bool> holds = rule.when->Evaluate(scope);
      if (!holds.ok()) return unmapped(holds.status().message());
      if (!*holds) continue;
    }
    if (rule.error) {
      const Failure own{.message = "its answer means no: " + AnswerText(scope.output)};
      return Reading{.answer = nullptr, .error = InContract(*rule.error, own)};
    }
    Result<std::string> answer = rule.answer->Build(scope);
    if (!answer.ok()) return unmapped(answer.status().message());
    return Reading{
        .answer = MakePayload(
            {PayloadEncoding::kProtobuf, contract_.response.type->full_name(), *std::move(answer)}),
        .error = std::nullopt};
  }
  return unmapped("no rule of its adapter maps the answer");
}

bool AdaptedMethod::Translate(Failure& failure) const {
  auto rule = failure.reason.empty() ? errors_.end() : errors_.find(failure.reason);
  if (rule == errors_.end()) rule = errors_.find(std::string(StatusCodeName(failure.code)));
  if (rule == errors_.end()) return false;
  failure = InContract(rule->second, std::move(failure));
  return true;
}

std::string AdaptedMethod::AnswerText(const PayloadRef& answer) const {
  const std::unique_ptr<google::protobuf::Message> message(own_.response.prototype->New());
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  const bool readable = message->ParsePartialFromString(answer->bytes) &&
                        google::protobuf::util::MessageToJsonString(*message, &text, options).ok();
  return fmt::format("{} {}", own_.response.type->full_name(), readable ? text : "(not readable)");
}

Result<AdapterRef> Adapter::Compile(const std::string& source, const AdapterTypes& types) {
  const LoadedAdapter loaded = LoadAdapter(source);
  Diagnostics diagnostics = loaded.source.diagnostics;
  if (HasErrors(diagnostics)) return Wrong(diagnostics);
  AdapterRef adapter = AdapterCompiler(loaded, types, diagnostics).Compile();
  if (HasErrors(diagnostics)) return Wrong(diagnostics);
  return adapter;
}

const AdaptedMethod* Adapter::Find(const std::string& method, const std::string& service) const {
  const std::size_t begin = method.starts_with('/') ? 1 : 0;
  const bool bare = method.rfind('/') == std::string::npos;
  const auto found =
      methods_.find(bare ? fmt::format("{}/{}", service, method) : method.substr(begin));
  return found == methods_.end() ? nullptr : &found->second;
}

}  // namespace saga

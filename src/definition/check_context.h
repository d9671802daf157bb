// What the parts of the checker share.
#pragma once

#include <optional>
#include <string>

#include "definition/checker.h"
#include "definition/compiled_expression.h"
#include "definition/mapping.h"

namespace saga {

// Borrows everything. Adds to the diagnostics, with places of the source.
class CheckContext final {
 public:
  CheckContext(const LoadedDefinition& loaded, const std::string& name_space,
               const DescriptorSource& source, Diagnostics& diagnostics)
      : loaded(loaded), name_space(name_space), source(source), diagnostics_(diagnostics) {}

  const LoadedDefinition& loaded;
  const std::string& name_space;
  const DescriptorSource& source;
  DefinitionRef definition;
  MappingTypes types;

  void Error(const std::string& path, std::string code, std::string message,
             std::string suggestion = "", std::size_t offset = 0);
  void Warn(const std::string& path, std::string code, std::string message,
            std::string suggestion = "", std::size_t offset = 0);
  // A mapping, condition or delay that did not compile: code, field and offset are its metadata.
  void Report(const Status& wrong, const std::string& path);

  // True when `before` has ended whenever `step` is due.
  bool RunsBefore(StepIndex before, StepIndex step) const;
  // "steps[2]", "steps[2].try" for the call of a hold.
  static std::string PathOf(StepIndex step);
  static std::string PathOfAction(StepIndex index, const Step& step);

 private:
  void Add(Severity severity, const std::string& path, std::string code, std::string message,
           std::string suggestion, std::size_t offset);

  Diagnostics& diagnostics_;
};

// The value of metadata `key`, or `otherwise`.
std::string MetadataOf(const Status& status, std::string_view key, std::string otherwise);

// Warns of numbers of two kinds that are compared in the expression at `path`.
void WarnOfMixedComparisons(CheckContext& context, const CompiledExpression& compiled,
                            const std::string& path);
// Expressions and what they read, in the parts of the definition that are no calls.
void CheckStartTexts(CheckContext& context);
void CheckOutputs(CheckContext& context);
// What the calls, conditions and delays of a step read.
void CheckReadsOf(CheckContext& context, StepIndex step);
// Conditions, delays and the answer of a query: they compile and have the right type.
void CheckConditions(CheckContext& context, StepIndex step);
// What is published although its fields are marked as not for everybody.
void CheckPublished(CheckContext& context);

}  // namespace saga

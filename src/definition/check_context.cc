#include "definition/check_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace saga {

std::string MetadataOf(const Status& status, std::string_view key, std::string otherwise) {
  for (const auto& [name, value] : status.metadata()) {
    if (name == key) return value;
  }
  return otherwise;
}

void CheckContext::Error(const std::string& path, std::string code, std::string message,
                         std::string suggestion, std::size_t offset) {
  Add(Severity::kError, path, std::move(code), std::move(message), std::move(suggestion), offset);
}

void CheckContext::Warn(const std::string& path, std::string code, std::string message,
                        std::string suggestion, std::size_t offset) {
  Add(Severity::kWarning, path, std::move(code), std::move(message), std::move(suggestion), offset);
}

void CheckContext::Report(const Status& wrong, const std::string& path) {
  const std::string field = MetadataOf(wrong, "field", "");
  const std::string offset = MetadataOf(wrong, "offset", "0");
  std::size_t number = 0;
  std::from_chars(offset.data(), offset.data() + offset.size(), number);
  Error(field.empty() ? path : path + "." + field, MetadataOf(wrong, "lint", "SAGA008"),
        wrong.message(), "", number);
}

bool CheckContext::RunsBefore(StepIndex before, StepIndex step) const {
  const auto& later = definition->step(before).descendants;
  return std::binary_search(later.begin(), later.end(), step);
}

std::string CheckContext::PathOf(StepIndex step) { return fmt::format("steps[{}]", ToSize(step)); }

std::string CheckContext::PathOfAction(StepIndex index, const Step& step) {
  return PathOf(index) + (step.kind == StepKind::kTcc ? ".try" : "");
}

void CheckContext::Add(Severity severity, const std::string& path, std::string code,
                       std::string message, std::string suggestion, std::size_t offset) {
  const auto exact = loaded.places.find(path);
  const SourcePlace place =
      exact != loaded.places.end() ? exact->second : PlaceOf(loaded.places, path);
  const bool inside = exact != loaded.places.end() && place.text_column > 0;
  const int column = inside ? place.text_column + static_cast<int>(offset) : place.column;
  diagnostics_.push_back({severity, std::move(code), std::move(message), place.line,
                          offset > 0 ? column : place.column, path, std::move(suggestion)});
}

}  // namespace saga

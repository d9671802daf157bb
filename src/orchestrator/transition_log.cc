#include "orchestrator/transition_log.h"

#include <chrono>
#include <type_traits>
#include <variant>

#include "base/log.h"
#include "orchestrator/record_names.h"

namespace saga {
namespace {

using spdlog::level::level_enum;

level_enum LevelOf(const Record& record) {
  return std::visit(
      [](const auto& r) {
        using R = std::decay_t<decltype(r)>;
        if constexpr (std::is_same_v<R, StepStuck> || std::is_same_v<R, StepLate> ||
                      std::is_same_v<R, FollowUpStuck>) {
          return level_enum::warn;
        } else if constexpr (std::is_same_v<R, SagaStarted> || std::is_same_v<R, SagaSucceeded> ||
                             std::is_same_v<R, SagaCompensated> ||
                             std::is_same_v<R, SagaResolved> || std::is_same_v<R, OperatorActed> ||
                             std::is_same_v<R, HoldsDecided> ||
                             std::is_same_v<R, FollowUpStarted>) {
          return level_enum::info;
        } else {
          return level_enum::debug;
        }
      },
      record);
}

std::int64_t MillisSinceStart(const Saga& saga, TimePoint at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at - saga.created).count();
}

}  // namespace

void LogTransition(const Saga& saga, const NumberedRecord& record) {
  const level_enum level = LevelOf(record.record);
  if (!spdlog::should_log(level)) return;
  const RecordSubject subject = SubjectOf(record.record);
  const std::string_view type = RecordTypeName(record.record);
  if (!subject.step || ToSize(*subject.step) >= saga.definition->steps.size()) {
    spdlog::log(level, "saga={} rev={} record={} definition={} age_ms={}", saga.id.text(),
                ToNumber(record.revision), type, saga.definition->NameAtVersion(),
                MillisSinceStart(saga, record.at));
    return;
  }
  const Operation operation = subject.operation.value_or(Operation::kAction);
  const auto* stuck = std::get_if<StepStuck>(&record.record);
  spdlog::log(level, "saga={} rev={} record={} step={} operation={} attempt={}{}{} age_ms={}",
              saga.id.text(), ToNumber(record.revision), type,
              saga.definition->step(*subject.step).id, OperationName(operation), subject.attempts,
              stuck != nullptr ? " reason=" : "",
              stuck != nullptr ? StuckReasonName(stuck->reason) : std::string_view(),
              MillisSinceStart(saga, record.at));
}

}  // namespace saga

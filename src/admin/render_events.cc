#include "admin/render_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "admin/names.h"
#include "admin/text.h"
#include "base/check.h"

namespace saga::admin {
namespace {

struct TypeName {
  std::string_view type;
  EventKind kind;
};

constexpr std::array kTypes = {
    TypeName{"saga.started", EventKind::kStarted},
    TypeName{"saga.compensating", EventKind::kCompensating},
    TypeName{"saga.succeeded", EventKind::kSagaSucceeded},
    TypeName{"saga.compensated", EventKind::kSagaCompensated},
    TypeName{"saga.resolved", EventKind::kSagaResolved},
    TypeName{"saga.paused", EventKind::kPaused},
    TypeName{"saga.resumed", EventKind::kResumed},
    TypeName{"saga.stuck", EventKind::kStuck},
    TypeName{"saga.recovered", EventKind::kRecovered},
    TypeName{"step.stuck", EventKind::kStuck},
    TypeName{"step.recovered", EventKind::kRecovered},
    TypeName{"step.succeeded", EventKind::kSucceeded},
    TypeName{"step.rejected", EventKind::kRejected},
    TypeName{"step.skipped", EventKind::kSkipped},
    TypeName{"step.in_doubt", EventKind::kInDoubt},
    TypeName{"step.retrying", EventKind::kRetrying},
    TypeName{"step.given_up", EventKind::kGivenUp},
    TypeName{"step.late", EventKind::kLate},
    TypeName{"step.undone", EventKind::kUndone},
    TypeName{"step.cancelled", EventKind::kUndone},
    TypeName{"step.confirmed", EventKind::kSucceeded},
    TypeName{"operator.acted", EventKind::kActed},
};

// "step.retrying" of "sagad.step.retrying.v1".
std::string_view ShortType(std::string_view type) {
  constexpr std::string_view kProduct = "sagad.";
  if (type.starts_with(kProduct)) type.remove_prefix(kProduct.size());
  const std::size_t version = type.rfind(".v");
  return version == type.npos ? type : type.substr(0, version);
}

std::string Verb(const v1::SagaEvent& event) {
  const std::string_view type = ShortType(event.type());
  std::string word(type.substr(type.rfind('.') + 1));
  std::replace(word.begin(), word.end(), '_', ' ');
  const EventKind kind = KindOf(event);
  const bool ends = EndsSaga(event);
  return ends || kind == EventKind::kStuck || kind == EventKind::kCompensating ? Upper(Clean(word))
                                                                               : Clean(word);
}

}  // namespace

EventKind KindOf(const v1::SagaEvent& event) {
  const std::string_view type = ShortType(event.type());
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const TypeName& name) { return name.type == type; });
  return found == kTypes.end() ? EventKind::kOther : found->kind;
}

bool EndsSaga(const v1::SagaEvent& event) {
  const EventKind kind = KindOf(event);
  return kind == EventKind::kSagaSucceeded || kind == EventKind::kSagaCompensated ||
         kind == EventKind::kSagaResolved;
}

Tone ToneOf(const v1::SagaEvent& event) {
  switch (KindOf(event)) {
    case EventKind::kSagaSucceeded:
      return Tone::kGood;
    case EventKind::kStuck:
    case EventKind::kLate:
      return Tone::kBad;
    case EventKind::kRejected:
    case EventKind::kInDoubt:
    case EventKind::kRetrying:
    case EventKind::kGivenUp:
    case EventKind::kCompensating:
    case EventKind::kPaused:
      return Tone::kWarn;
    case EventKind::kStarted:
    case EventKind::kActed:
    case EventKind::kSagaCompensated:
    case EventKind::kSagaResolved:
      return Tone::kStrong;
    case EventKind::kSucceeded:
    case EventKind::kSkipped:
    case EventKind::kUndone:
    case EventKind::kRecovered:
    case EventKind::kResumed:
    case EventKind::kOther:
      return Tone::kPlain;
  }
  SAGA_UNREACHABLE();
}

std::string EventText(const v1::SagaEvent& event) {
  const EventKind kind = KindOf(event);
  std::string text = kind == EventKind::kActed ? Clean(event.note()) : Verb(event);
  if (kind == EventKind::kStarted) text += " " + DefinitionLabel(event.definition());
  if (event.attempt() > 1) text += fmt::format(" after {} attempts", event.attempt());
  if (HasFailure(event.failure())) text += ", " + FailureText(event.failure());
  if (event.has_next_attempt_time()) {
    const Duration wait = ToTime(event.next_attempt_time()) - ToTime(event.time());
    text += ", again in " + FormatSpan(wait);
  }
  if (!event.note().empty() && kind != EventKind::kActed) text += ", " + Clean(event.note());
  if (!event.actor().empty() && event.actor() != "engine") text += ", by " + Clean(event.actor());
  if (!event.due().empty()) {
    std::vector<std::string> due;
    for (const std::string& call : event.due()) due.push_back(Clean(call));
    text += "  -> " + Join(due, ", ");
  }
  return text;
}

std::string RenderEvent(const v1::SagaEvent& event, EventColumns columns, const TimeFormat& times,
                        std::size_t width, const Paint& paint) {
  constexpr std::size_t kKeyWidth = 10;
  constexpr std::size_t kStepWidth = 18;
  std::string head = times.ClockMillis(event.time()) + "  ";
  if (columns == EventColumns::kWithSaga) {
    const std::string label =
        event.business_key().empty() ? LastSegment(event.saga()) : Clean(event.business_key());
    head += PadRight(label, kKeyWidth) + "  ";
  }
  const std::string step = StepLabel(event.step_id(), event.operation());
  head += PadRight(step.empty() ? "-" : step, kStepWidth) + "  ";
  std::string text = EventText(event);
  if (width > DisplayWidth(head)) text = Shorten(text, width - DisplayWidth(head));
  return head + paint(ToneOf(event), text) + "\n";
}

}  // namespace saga::admin

#include "admin/render_timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "admin/render_events.h"
#include "admin/text.h"
#include "admin/timeline.h"
#include "base/check.h"

namespace saga::admin {
namespace {

constexpr std::size_t kWidthDefault = 120;
constexpr std::size_t kLabelMax = 24;
constexpr std::size_t kNoteMin = 22;
constexpr std::size_t kChartMin = 20;
constexpr char kFold = '/';

char SignOf(SegmentKind kind) {
  switch (kind) {
    case SegmentKind::kCall:
      return '=';
    case SegmentKind::kBackoff:
      return '.';
    case SegmentKind::kStuck:
      return '~';
  }
  SAGA_UNREACHABLE();
}

std::string Bars(const TimelineRow& row, const TimeAxis& axis, std::size_t columns) {
  std::string line(columns, ' ');
  for (const Segment& segment : row.segments) {
    const std::size_t from = axis.ColumnOf(segment.from);
    const std::size_t to = std::max(from, axis.ColumnOf(segment.to));
    for (std::size_t i = from; i <= to; ++i) line[i] = SignOf(segment.kind);
    if (segment.failed) line[to] = 'x';
    if (segment.open && to + 1 == columns) line[to] = '>';
  }
  for (const std::size_t fold : axis.Folds()) {
    if (fold < columns && line[fold] != ' ') line[fold] = kFold;
  }
  return line;
}

std::string Note(const TimelineRow& row) {
  Duration took{};
  if (!row.segments.empty()) took = row.segments.back().to - row.segments.front().from;
  std::string note = FormatSpan(took);
  if (row.attempts > 1) note += fmt::format(", {} attempts", row.attempts);
  if (!row.outcome.empty() && row.outcome != "done") note += ", " + row.outcome;
  if (!row.failure.empty()) note += ", " + row.failure;
  return note;
}

Tone ToneOfRow(const TimelineRow& row) {
  if (row.outcome == "STUCK") return Tone::kBad;
  return row.outcome == "done" || row.outcome.empty() ? Tone::kPlain : Tone::kWarn;
}

// Times at regular places; one that would run into the next is left out.
std::string Scale(const TimeAxis& axis, std::size_t columns) {
  constexpr std::size_t kStep = 12;
  std::string line;
  for (std::size_t column = 0; column + 6 <= columns; column += kStep) {
    if (axis.IsFolded(column)) continue;
    const std::string label = FormatSpan(axis.OffsetOf(column));
    line = PadRight(line, column);
    if (line.size() == column) line += label;
  }
  return line;
}

std::string Chart(const Timeline& timeline, std::size_t width, const Paint& paint) {
  std::size_t label_width = 0;
  std::size_t note_width = kNoteMin;
  for (const TimelineRow& row : timeline.rows) {
    label_width = std::max(label_width, std::min(kLabelMax, DisplayWidth(row.label)));
    note_width = std::max(note_width, DisplayWidth(Note(row)));
  }
  note_width = std::min(note_width, width / 3);
  const std::size_t frame = label_width + 6 + note_width;
  const std::size_t columns = std::max(kChartMin, width > frame ? width - frame : 0);
  const TimeAxis axis(timeline, columns);

  const bool folded = !axis.Folds().empty();
  std::string text =
      std::string(label_width + 3, ' ') + paint(Tone::kDim, Scale(axis, columns)) + "\n";
  for (const TimelineRow& row : timeline.rows) {
    text += PadRight(Shorten(row.label, label_width), label_width) + "  |" +
            paint(ToneOfRow(row), Bars(row, axis, columns)) + "| " +
            Shorten(Note(row), note_width) + "\n";
  }
  text += paint(Tone::kDim, std::string("= called  x failed  . backs off  ") +
                                "~ waits for a person" + (folded ? "  / time left out" : ""));
  return text + "\n";
}

}  // namespace

std::string RenderTimeline(const std::vector<v1::SagaEvent>& events, const TimeFormat& times,
                           std::size_t width, const Paint& paint) {
  const Timeline timeline = MakeTimeline(events, times.now());
  std::string text;
  if (!timeline.rows.empty()) {
    text += Chart(timeline, width == kUnlimitedWidth ? kWidthDefault : width, paint) + "\n";
  }
  for (const v1::SagaEvent& event : events) {
    text += RenderEvent(event, EventColumns::kWithoutSaga, times, width, paint);
  }
  return text;
}

}  // namespace saga::admin

#include "admin/timeline.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "admin/names.h"
#include "admin/render_events.h"
#include "admin/text.h"
#include "admin/times.h"

namespace saga::admin {
namespace {

TimelineRow& RowOf(Timeline& timeline, const std::string& label) {
  for (TimelineRow& row : timeline.rows) {
    if (row.label == label) return row;
  }
  timeline.rows.push_back({});
  timeline.rows.back().label = label;
  return timeline.rows.back();
}

void Open(TimelineRow& row, SegmentKind kind, TimePoint at) {
  row.segments.push_back({.kind = kind, .from = at, .to = at, .open = true});
}

void Close(TimelineRow& row, TimePoint at) {
  if (row.segments.empty() || !row.segments.back().open) return;
  Segment& last = row.segments.back();
  if (last.from > at) {
    row.segments.pop_back();  // The next attempt had not begun.
    Close(row, at);
    return;
  }
  last.to = at;
  last.open = false;
}

void Fail(TimelineRow& row, TimePoint at) {
  Close(row, at);
  if (!row.segments.empty()) row.segments.back().failed = true;
}

void ApplyToRow(TimelineRow& row, const v1::SagaEvent& event) {
  const TimePoint at = ToTime(event.time());
  const EventKind kind = KindOf(event);
  row.attempts = std::max(row.attempts, event.attempt());
  if (HasFailure(event.failure())) row.failure = FailureText(event.failure());
  if (kind == EventKind::kRetrying) {
    Fail(row, at);
    const TimePoint next = event.has_next_attempt_time() ? ToTime(event.next_attempt_time()) : at;
    row.segments.push_back({.kind = SegmentKind::kBackoff, .from = at, .to = next});
    Open(row, SegmentKind::kCall, next);
  } else if (kind == EventKind::kStuck) {
    Fail(row, at);
    Open(row, SegmentKind::kStuck, at);
    row.outcome = "STUCK";
  } else if (kind == EventKind::kRecovered) {
    Close(row, at);
    Open(row, SegmentKind::kCall, at);
    row.outcome.clear();
  } else if (kind == EventKind::kRejected || kind == EventKind::kInDoubt ||
             kind == EventKind::kGivenUp) {
    Fail(row, at);
    row.outcome = kind == EventKind::kRejected  ? "rejected"
                  : kind == EventKind::kInDoubt ? "in doubt"
                                                : "given up";
  } else if (kind == EventKind::kSucceeded || kind == EventKind::kUndone) {
    Close(row, at);
    row.outcome = "done";
    row.failure.clear();
  } else if (kind == EventKind::kSkipped || kind == EventKind::kLate) {
    Close(row, at);
    row.outcome = kind == EventKind::kSkipped ? "skipped" : "late";
  }
}

// Decisions name a step, too, but say nothing of its calls.
bool IsOfCall(const v1::SagaEvent& event) {
  return KindOf(event) != EventKind::kCompensating && KindOf(event) != EventKind::kActed;
}

}  // namespace

Timeline MakeTimeline(const std::vector<v1::SagaEvent>& events, TimePoint now) {
  Timeline timeline;
  if (events.empty()) return timeline;
  timeline.begin = ToTime(events.front().time());
  timeline.end = ToTime(events.back().time());
  bool ended = false;
  for (const v1::SagaEvent& event : events) {
    if (!event.step_id().empty() && IsOfCall(event)) {
      ApplyToRow(RowOf(timeline, StepLabel(event.step_id(), event.operation())), event);
    }
    for (const std::string& due : event.due()) {
      TimelineRow& row = RowOf(timeline, Clean(due));
      Close(row, ToTime(event.time()));
      Open(row, SegmentKind::kCall, ToTime(event.time()));
    }
    ended = ended || EndsSaga(event);
  }
  if (!ended) timeline.end = std::max(timeline.end, now);
  for (TimelineRow& row : timeline.rows) {
    for (Segment& segment : row.segments) {
      if (segment.open) segment.to = std::max(segment.from, timeline.end);
      if (segment.open && ended) segment.open = false;
      timeline.end = std::max(timeline.end, segment.to);
    }
  }
  return timeline;
}

TimeAxis::TimeAxis(const Timeline& timeline, std::size_t columns) : columns_(columns) {
  std::set<TimePoint> marks = {timeline.begin, timeline.end};
  for (const TimelineRow& row : timeline.rows) {
    for (const Segment& segment : row.segments) {
      marks.insert(segment.from);
      marks.insert(segment.to);
    }
  }
  for (auto it = marks.begin(); std::next(it) != marks.end(); ++it) {
    const TimePoint next = *std::next(it);
    pieces_.push_back({*it, next, 0, static_cast<double>((next - *it).count()), false});
  }
  // A stretch longer than all shorter ones together, three times over, hides them: fold it.
  std::vector<Piece*> by_length;
  for (Piece& piece : pieces_) by_length.push_back(&piece);
  std::sort(by_length.begin(), by_length.end(),
            [](const Piece* a, const Piece* b) { return a->length < b->length; });
  constexpr double kFoldMin = 2e6;  // Microseconds: nothing below two seconds is folded.
  double shorter = 0;
  for (Piece* piece : by_length) {
    if (piece->length > kFoldMin && shorter > 0 && piece->length > 3 * shorter) {
      piece->folded = true;
      piece->length = std::max(shorter / 4, 1.0);
    }
    shorter += piece->length;
  }
  for (Piece& piece : pieces_) {
    piece.begin = total_;
    total_ += piece.length;
  }
}

std::size_t TimeAxis::ColumnOf(TimePoint time) const {
  if (pieces_.empty() || total_ <= 0 || columns_ == 0) return 0;
  double at = total_;
  for (const Piece& piece : pieces_) {
    if (time > piece.to) continue;
    const double whole = static_cast<double>((piece.to - piece.from).count());
    const double part = static_cast<double>((std::max(time, piece.from) - piece.from).count());
    at = piece.begin + (whole > 0 ? piece.length * part / whole : 0);
    break;
  }
  const auto column = static_cast<std::size_t>(at / total_ * static_cast<double>(columns_));
  return std::min(column, columns_ - 1);
}

Duration TimeAxis::OffsetOf(std::size_t column) const {
  if (pieces_.empty() || columns_ == 0) return Duration::zero();
  const double at = total_ * static_cast<double>(column) / static_cast<double>(columns_);
  const TimePoint begin = pieces_.front().from;
  for (const Piece& piece : pieces_) {
    if (at > piece.begin + piece.length) continue;
    const double whole = static_cast<double>((piece.to - piece.from).count());
    const double part = piece.length > 0 ? (at - piece.begin) / piece.length : 0;
    return (piece.from - begin) + Duration(static_cast<std::int64_t>(std::llround(whole * part)));
  }
  return pieces_.back().to - begin;
}

bool TimeAxis::IsFolded(std::size_t column) const {
  const double at = total_ * static_cast<double>(column) / static_cast<double>(columns_);
  return std::any_of(pieces_.begin(), pieces_.end(), [at](const Piece& piece) {
    return piece.folded && at >= piece.begin && at <= piece.begin + piece.length;
  });
}

std::vector<std::size_t> TimeAxis::Folds() const {
  std::vector<std::size_t> folds;
  for (const Piece& piece : pieces_) {
    if (!piece.folded) continue;
    const double middle = piece.begin + piece.length / 2;
    folds.push_back(static_cast<std::size_t>(middle / total_ * static_cast<double>(columns_)));
  }
  return folds;
}

}  // namespace saga::admin

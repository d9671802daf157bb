// What a saga's records say about when each call ran: rows of segments, without drawing them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "saga/v1/saga_service.pb.h"

namespace saga::admin {

enum class SegmentKind : std::uint8_t {
  kCall,     // Due, and called or about to be.
  kBackoff,  // Waits to be tried again.
  kStuck,    // Waits for a person.
};

struct Segment {
  SegmentKind kind = SegmentKind::kCall;
  TimePoint from;
  TimePoint to;
  bool open = false;    // Not over yet: `to` is now.
  bool failed = false;  // A failed call ended it.
};

// One operation of one step.
struct TimelineRow {
  std::string label;  // "authorize", "reserve_stock/undo"
  std::vector<Segment> segments;
  int attempts = 0;
  std::string outcome;  // "succeeded", "rejected", "STUCK"; empty while it is out.
  std::string failure;  // The last one.
};

struct Timeline {
  TimePoint begin;
  TimePoint end;
  std::vector<TimelineRow> rows;  // In the order in which they became due.
};

// Requires: `events` are all records of one saga, oldest first. `now` ends what is still open.
Timeline MakeTimeline(const std::vector<v1::SagaEvent>& events, TimePoint now);

// Places times on a line of `columns` characters. Long stretches in which nothing happens are
// folded, so that a saga that was stuck for an hour still shows its calls of some milliseconds.
class TimeAxis {
 public:
  TimeAxis(const Timeline& timeline, std::size_t columns);

  std::size_t ColumnOf(TimePoint time) const;
  // Time since the beginning at the left edge of `column`.
  Duration OffsetOf(std::size_t column) const;
  bool IsFolded(std::size_t column) const;
  // The middle of each folded stretch.
  std::vector<std::size_t> Folds() const;

 private:
  struct Piece {
    TimePoint from;
    TimePoint to;
    double begin;  // On the folded axis, microseconds.
    double length;
    bool folded;
  };
  std::vector<Piece> pieces_;
  std::size_t columns_;
  double total_ = 0;
};

}  // namespace saga::admin

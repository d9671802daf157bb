// Times and durations as operators read them.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>

#include "base/time.h"

namespace saga::admin {

TimePoint ToTime(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp ToTimestamp(TimePoint time);
Duration ToSpan(const google::protobuf::Duration& duration);

// "3s", "12m", "2h11m", "3d4h": two units at most. Negative counts as zero.
std::string FormatAge(Duration age);
// "38ms", "1.9s", "2m3s": for how long a call took.
std::string FormatSpan(Duration span);

enum class TimeStyle : std::uint8_t {
  kRelative,  // Ages, and times of day in the user's time zone.
  kIso,       // RFC 3339 in UTC everywhere.
};

// Formats points in time; what is shown as an age with kRelative is a time with kIso.
class TimeFormat {
 public:
  TimeFormat(TimeStyle style, TimePoint now) : style_(style), now_(now) {}

  TimePoint now() const { return now_; }
  // "12m".
  std::string Age(const google::protobuf::Timestamp& timestamp) const;
  // "12m" after `word`, or the time after "since": "for 12m", "since 2026-01-31T…".
  std::string AgePhrase(const google::protobuf::Timestamp& timestamp) const;
  // "14:02:11", with the date in front when it is another day.
  std::string Clock(const google::protobuf::Timestamp& timestamp) const;
  // "14:02:11.020".
  std::string ClockMillis(const google::protobuf::Timestamp& timestamp) const;
  // "in 3s", "now".
  std::string Until(const google::protobuf::Timestamp& timestamp) const;

 private:
  TimeStyle style_;
  TimePoint now_;
};

}  // namespace saga::admin

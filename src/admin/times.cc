#include "admin/times.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/duration.h"

namespace saga::admin {
namespace {

using std::chrono::duration_cast;

std::tm Local(TimePoint time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  localtime_r(&seconds, &local);
  return local;
}

std::string DateUnlessToday(const std::tm& time, const std::tm& now) {
  if (time.tm_year == now.tm_year && time.tm_yday == now.tm_yday) return "";
  return fmt::format("{:04}-{:02}-{:02} ", time.tm_year + 1900, time.tm_mon + 1, time.tm_mday);
}

}  // namespace

TimePoint ToTime(const google::protobuf::Timestamp& timestamp) {
  return TimePoint(std::chrono::seconds(timestamp.seconds()) +
                   std::chrono::microseconds(timestamp.nanos() / 1000));
}

google::protobuf::Timestamp ToTimestamp(TimePoint time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds.time_since_epoch().count());
  timestamp.set_nanos(static_cast<std::int32_t>((time - seconds).count() * 1000));
  return timestamp;
}

Duration ToSpan(const google::protobuf::Duration& duration) {
  return std::chrono::seconds(duration.seconds()) +
         std::chrono::microseconds(duration.nanos() / 1000);
}

std::string FormatAge(Duration age) {
  const auto s = std::max<std::int64_t>(0, duration_cast<std::chrono::seconds>(age).count());
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m", s / 60);
  if (s < 86400)
    return fmt::format("{}h{}", s / 3600, s % 3600 < 60 ? "" : fmt::format("{}m", s % 3600 / 60));
  if (s >= 864000) return fmt::format("{}d", s / 86400);
  return fmt::format("{}d{}", s / 86400,
                     s % 86400 < 3600 ? "" : fmt::format("{}h", s % 86400 / 3600));
}

std::string FormatSpan(Duration span) {
  const auto ms = std::max<std::int64_t>(0, duration_cast<std::chrono::milliseconds>(span).count());
  if (ms < 1000) return fmt::format("{}ms", ms);
  if (ms < 10'000) return fmt::format("{}.{}s", ms / 1000, ms % 1000 / 100);
  if (ms < 60'000) return fmt::format("{}s", ms / 1000);
  if (ms < 600'000) return fmt::format("{}m{}s", ms / 60'000, ms % 60'000 / 1000);
  return FormatAge(span);
}

std::string TimeFormat::Age(const google::protobuf::Timestamp& timestamp) const {
  if (style_ == TimeStyle::kIso) return FormatTime(ToTime(timestamp));
  return FormatAge(now_ - ToTime(timestamp));
}

std::string TimeFormat::AgePhrase(const google::protobuf::Timestamp& timestamp) const {
  return (style_ == TimeStyle::kIso ? "since " : "for ") + Age(timestamp);
}

std::string TimeFormat::Clock(const google::protobuf::Timestamp& timestamp) const {
  if (style_ == TimeStyle::kIso) return FormatTime(ToTime(timestamp));
  const std::tm time = Local(ToTime(timestamp));
  return fmt::format("{}{:02}:{:02}:{:02}", DateUnlessToday(time, Local(now_)), time.tm_hour,
                     time.tm_min, time.tm_sec);
}

std::string TimeFormat::ClockMillis(const google::protobuf::Timestamp& timestamp) const {
  if (style_ == TimeStyle::kIso) return FormatTime(ToTime(timestamp));
  return fmt::format("{}.{:03}", Clock(timestamp), timestamp.nanos() / 1'000'000);
}

std::string TimeFormat::Until(const google::protobuf::Timestamp& timestamp) const {
  if (style_ == TimeStyle::kIso) return "at " + FormatTime(ToTime(timestamp));
  const Duration left = ToTime(timestamp) - now_;
  return left <= Duration::zero() ? "now" : "in " + FormatSpan(left);
}

}  // namespace saga::admin

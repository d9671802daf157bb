#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "admin/follow.h"
#include "admin/follow_patience.h"
#include "admin/names.h"
#include "admin/render_events.h"
#include "admin/saga_lookup.h"
#include "admin/saga_pages.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

// A stream without --timeout is meant to last.
constexpr std::chrono::milliseconds kForEver = std::chrono::hours(24 * 365);

// Prints events, each once, and remembers how the watched saga stands.
class Printer {
 public:
  Printer(Session& session, EventColumns columns) : session_(session), columns_(columns) {}

  void Print(const v1::SagaEvent& event) {
    std::int64_t& last = printed_[event.saga()];
    if (event.revision() <= last) return;
    last = event.revision();
    last_ = event;
    if (session_.settings().output == OutputFormat::kIds) {
      session_.out() << LastSegment(event.saga()) << std::endl;
    } else if (session_.is_for_programs()) {
      session_.out() << ToJson(event, JsonStyle::kLine) << std::flush;
    } else {
      session_.out() << RenderEvent(event, columns_, session_.times(), session_.terminal().width,
                                    session_.paint())
                     << std::flush;
    }
  }
  // The last event that was printed.
  const v1::SagaEvent& last() const { return last_; }

 private:
  Session& session_;
  const EventColumns columns_;
  std::map<std::string, std::int64_t> printed_;
  v1::SagaEvent last_;
};

Result<ExitCode> StandingOf(Session& session, const v1::Saga& saga) {
  SAGA_ASSIGN_OR_RETURN(const v1::Saga now,
                        FindSaga(session.client(), saga.name(), v1::SAGA_VIEW_BASIC));
  return AnswerOf(now);
}

// All that was and all that comes, until the saga ends (or, with --exit-status, needs a person).
Result<ExitCode> WatchOne(Session& session, const WatchFlags& flags) {
  SAGA_ASSIGN_OR_RETURN(const v1::Saga saga,
                        FindSaga(session.client(), flags.saga, v1::SAGA_VIEW_BASIC));
  Printer printer(session, EventColumns::kWithoutSaga);
  Status history;
  const auto over = [&] {
    return EndsSaga(printer.last()) ||
           (flags.exit_status && KindOf(printer.last()) == EventKind::kStuck);
  };
  const auto print_history = [&] {
    const auto events = AllEvents(session.client(), saga.name());
    history = events.status();
    if (events.ok())
      std::for_each(events->begin(), events->end(), [&](const auto& e) { printer.Print(e); });
  };

  print_history();
  SAGA_RETURN_IF_ERROR(history);
  if (over()) return flags.exit_status ? StandingOf(session, saga) : ExitCode::kDone;

  v1::WatchSagasRequest request;
  request.set_parent(session.client().Parent());
  request.set_filter("saga=" + FilterValue(LastSegment(saga.name())));
  ServerPatience patience(session);
  Status status;
  do {
    // Once the stream is open the history is read again, so that nothing falls between them.
    bool opened = false;
    status = session.client().Watch(request, session.settings().timeout.value_or(kForEver),
                                    [&](const v1::WatchSagasResponse& response) {
                                      if (!std::exchange(opened, true)) print_history();
                                      patience.Answered();
                                      for (const v1::SagaEvent& event : response.events()) {
                                        if (!over()) printer.Print(event);
                                      }
                                      return over() || !history.ok() ? Client::Follow::kStop
                                                                     : Client::Follow::kGoOn;
                                    });
  } while (!over() && patience.Again(status));
  SAGA_RETURN_IF_ERROR(history);
  const bool time_is_up =
      status.code() == StatusCode::kDeadlineExceeded && session.settings().timeout;
  if (status.code() == StatusCode::kCancelled) return ExitCode::kInterrupted;
  if (!status.ok() && !time_is_up) return status;
  return flags.exit_status ? StandingOf(session, saga) : ExitCode::kDone;
}

Result<ExitCode> WatchMany(Session& session, const WatchFlags& flags) {
  Printer printer(session, EventColumns::kWithSaga);
  v1::WatchSagasRequest request;
  request.set_parent(session.client().Parent());
  request.set_filter(flags.filter);
  std::string cursor = flags.cursor;
  ServerPatience patience(session);
  Status status;
  do {
    request.set_cursor(cursor);
    status = session.client().Watch(request, session.settings().timeout.value_or(kForEver),
                                    [&](const v1::WatchSagasResponse& response) {
                                      if (response.cursor() != cursor) patience.Answered();
                                      for (const v1::SagaEvent& event : response.events())
                                        printer.Print(event);
                                      if (!response.cursor().empty()) cursor = response.cursor();
                                      return Client::Follow::kGoOn;
                                    });
    // Without a cursor nobody could say what was missed.
  } while (!cursor.empty() && patience.Again(status));
  if (!cursor.empty()) session.Note("go on after the last event with: --cursor " + cursor);
  if (status.code() == StatusCode::kCancelled) return ExitCode::kInterrupted;
  const bool time_is_up =
      status.code() == StatusCode::kDeadlineExceeded && session.settings().timeout;
  if (!status.ok() && !time_is_up) return status;
  return ExitCode::kDone;
}

}  // namespace

Result<ExitCode> Watch(Session& session, const WatchFlags& flags) {
  if (flags.saga.empty()) {
    if (flags.exit_status) return UsageError("--exit-status needs a SAGA");
    return WatchMany(session, flags);
  }
  if (!flags.filter.empty() || !flags.cursor.empty()) {
    return UsageError(
        "a single saga is watched from its beginning to its end: no --filter, no --cursor");
  }
  return WatchOne(session, flags);
}

}  // namespace saga::admin

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "admin/follow.h"
#include "admin/follow_patience.h"
#include "admin/names.h"
#include "admin/render_effect.h"
#include "admin/saga_lookup.h"
#include "base/suggest.h"

namespace saga::admin {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

// One call waits so long: a saga that becomes stuck is noticed by then.
constexpr milliseconds kSlice = std::chrono::seconds(2);
// A server that answers early is not asked again at once.
constexpr milliseconds kPause = milliseconds(100);
constexpr milliseconds kGrace = std::chrono::seconds(5);

bool NeedsPerson(const v1::Saga& saga) {
  return !IsEnded(saga.state()) && saga.health() == v1::Saga::HEALTH_STUCK;
}

}  // namespace

ExitCode AnswerOf(const v1::Saga& saga) {
  if (NeedsPerson(saga)) return ExitCode::kStuck;
  if (saga.state() == v1::Saga::STATE_COMPENSATED) return ExitCode::kCompensated;
  if (saga.state() == v1::Saga::STATE_RESOLVED) return ExitCode::kResolved;
  if (saga.state() == v1::Saga::STATE_SUCCEEDED) return ExitCode::kDone;
  return ExitCode::kStillRunning;
}

ExitCode AnswerFor(const v1::Saga& saga, v1::WaitUntil until) {
  if (until == v1::WAIT_UNTIL_PIVOT && !NeedsPerson(saga) && !IsEnded(saga.state())) {
    if (saga.pivot_passed()) return ExitCode::kDone;
    if (saga.state() == v1::Saga::STATE_COMPENSATING) return ExitCode::kCompensated;
  }
  return AnswerOf(saga);
}

Result<v1::WaitUntil> ParseUntil(const std::string& text) {
  if (text == "pivot") return v1::WAIT_UNTIL_PIVOT;
  if (text == "end" || text.empty()) return v1::WAIT_UNTIL_END;
  return UsageError(fmt::format("a saga is waited for until 'pivot' or 'end', not '{}'{}", text,
                                DidYouMean(text, {"pivot", "end"})));
}

Result<v1::Saga> WaitFor(Session& session, const v1::Saga& saga, v1::WaitUntil until) {
  const auto timeout = session.settings().timeout;
  const Steady::time_point begin = Steady::now();
  ServerPatience patience(session);
  for (;;) {
    const auto waited = std::chrono::duration_cast<milliseconds>(Steady::now() - begin);
    const milliseconds left = timeout ? std::max(milliseconds(0), *timeout - waited) : kSlice;
    const milliseconds slice = std::min(left, kSlice);

    v1::WaitSagaRequest request;
    request.set_name(saga.name());
    request.set_until(until);
    request.mutable_timeout()->set_seconds(slice.count() / 1000);
    request.mutable_timeout()->set_nanos(
        static_cast<std::int32_t>(slice.count() % 1000 * 1'000'000));
    const Steady::time_point asked = Steady::now();
    const Result<v1::WaitSagaResponse> answer =
        session.client().Call(&SagaApi::WaitSaga, request, slice + kGrace);
    if (!answer.ok()) {
      if ((!timeout || left > slice) && patience.Again(answer.status())) continue;
      return answer.status();
    }
    patience.Answered();
    const v1::WaitSagaResponse& response = *answer;
    if (response.reached() || NeedsPerson(response.saga()) || (timeout && left <= slice)) {
      return response.saga();
    }
    if (Steady::now() - asked < kPause) std::this_thread::sleep_for(kPause);
  }
}

Result<ExitCode> Wait(Session& session, const WaitFlags& flags) {
  SAGA_ASSIGN_OR_RETURN(const v1::WaitUntil until, ParseUntil(flags.until));
  SAGA_ASSIGN_OR_RETURN(const v1::Saga found,
                        FindSaga(session.client(), flags.saga, v1::SAGA_VIEW_BASIC));
  SAGA_ASSIGN_OR_RETURN(const v1::Saga saga, WaitFor(session, found, until));
  if (session.settings().output == OutputFormat::kIds) {
    session.out() << LastSegment(saga.name()) << "\n";
  } else if (session.is_for_programs()) {
    session.PrintJson(saga);
  } else if (!session.settings().quiet) {
    session.out() << SagaLine(saga) << "\n";
  }
  return AnswerFor(saga, until);
}

}  // namespace saga::admin

#include <algorithm>
#include <chrono>
#include <thread>

#include "admin/follow_patience.h"
#include "admin/inspect.h"
#include "admin/names.h"
#include "admin/render_list.h"
#include "admin/render_stuck.h"
#include "admin/render_timeline.h"
#include "admin/render_tree.h"
#include "admin/saga_lookup.h"
#include "admin/saga_pages.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

constexpr std::chrono::milliseconds kRefresh = std::chrono::seconds(1);
constexpr char kClearScreen[] = "\033[H\033[2J";

// The participant that the saga waits for; absent when it cannot be asked about.
std::optional<v1::Participant> WaitedFor(Session& session, const v1::Saga& saga) {
  if (!saga.has_attention() || saga.attention().participant().empty()) return std::nullopt;
  v1::GetParticipantRequest request;
  request.set_name(session.client().Name("participants", saga.attention().participant()));
  const auto response = session.client().Call(&ParticipantApi::GetParticipant, request);
  if (!response.ok()) return std::nullopt;
  return response->participant();
}

std::string Tree(Session& session, const v1::Saga& saga, Payloads payloads) {
  return RenderTree(saga, TreeContext{.times = session.times(),
                                      .paint = session.paint(),
                                      .width = session.terminal().width,
                                      .argv0 = session.argv0(),
                                      .name = TypeableName(session.client(), saga),
                                      .participant = WaitedFor(session, saga),
                                      .payloads = payloads});
}

Result<ExitCode> ShowTimeline(Session& session, const v1::Saga& saga) {
  SAGA_ASSIGN_OR_RETURN(const std::vector<v1::SagaEvent> events,
                        AllEvents(session.client(), saga.name()));
  if (session.settings().output == OutputFormat::kJson) {
    v1::ListSagaEventsResponse all;
    *all.mutable_events() = {events.begin(), events.end()};
    session.PrintJson(all);
    return ExitCode::kDone;
  }
  if (session.settings().output == OutputFormat::kJsonl) {
    for (const v1::SagaEvent& event : events) session.PrintJson(event);
    return ExitCode::kDone;
  }
  v1::Saga head = saga;
  head.clear_steps();
  session.out() << Tree(session, head, Payloads::kHidden) << "\n"
                << RenderTimeline(events, session.times(), session.terminal().width,
                                  session.paint());
  return ExitCode::kDone;
}

// Prints the saga again whenever it has changed, until it has ended.
Result<ExitCode> Follow(Session& session, v1::Saga saga, v1::SagaView view, Payloads payloads) {
  ServerPatience patience(session);
  for (;;) {
    if (session.terminal().out_is_tty) session.out() << kClearScreen;
    session.out() << Tree(session, saga, payloads) << std::flush;
    const std::int64_t shown = saga.revision();
    while (saga.revision() == shown) {
      if (IsEnded(saga.state())) return ExitCode::kDone;
      std::this_thread::sleep_for(kRefresh);
      v1::GetSagaRequest request;
      request.set_name(saga.name());
      request.set_view(view);
      request.set_readable_payloads(view == v1::SAGA_VIEW_FULL);
      Result<v1::GetSagaResponse> response = session.client().Call(&SagaApi::GetSaga, request);
      if (!response.ok()) {
        if (patience.Again(response.status())) continue;
        return response.status();
      }
      patience.Answered();
      saga = std::move(*response->mutable_saga());
    }
    if (!session.terminal().out_is_tty) session.out() << "\n";
  }
}

}  // namespace

Result<ExitCode> Show(Session& session, const ShowFlags& flags) {
  const v1::SagaView view = flags.payloads ? v1::SAGA_VIEW_FULL : v1::SAGA_VIEW_STEPS;
  const Payloads payloads = flags.payloads ? Payloads::kShown : Payloads::kHidden;
  SAGA_ASSIGN_OR_RETURN(v1::Saga saga, FindSaga(session.client(), flags.saga, view));
  if (session.settings().output == OutputFormat::kIds) {
    session.out() << LastSegment(saga.name()) << "\n";
    return ExitCode::kDone;
  }
  if (flags.timeline) return ShowTimeline(session, saga);
  if (session.is_for_programs()) {
    session.PrintJson(saga);
    return ExitCode::kDone;
  }
  if (flags.watch) return Follow(session, std::move(saga), view, payloads);
  session.out() << Tree(session, saga, payloads);
  return ExitCode::kDone;
}

Result<ExitCode> Stuck(Session& session, const StuckFlags& flags) {
  v1::ListStuckGroupsRequest request;
  request.set_parent(session.client().Parent());
  request.set_filter(flags.filter);
  request.set_page_size(1000);
  SAGA_ASSIGN_OR_RETURN(const v1::ListStuckGroupsResponse page,
                        session.client().Call(&OperatorApi::ListStuckGroups, request));
  const ExitCode code = flags.fail_if_any && !page.stuck_groups().empty()
                            ? ExitCode::kSomethingFound
                            : ExitCode::kDone;
  if (session.settings().output == OutputFormat::kJson) {
    session.PrintJson(page);
    return code;
  }
  if (session.is_for_programs()) {
    for (const v1::StuckGroup& group : page.stuck_groups()) {
      if (session.settings().output == OutputFormat::kIds) {
        session.out() << Clean(group.fingerprint()) << "\n";
      } else {
        session.PrintJson(group);
      }
    }
    return code;
  }
  StuckContext context{.times = session.times(),
                       .paint = session.paint(),
                       .layout = session.layout(),
                       .argv0 = session.argv0(),
                       .only = {}};
  for (const v1::StuckGroup& group : page.stuck_groups()) {
    std::string only;
    if (group.saga_count() == 1 && group.sample_sagas_size() == 1) {
      const Result<v1::Saga> saga =
          FindSaga(session.client(), group.sample_sagas(0), v1::SAGA_VIEW_BASIC);
      only = saga.ok() ? TypeableName(session.client(), *saga) : LastSegment(group.sample_sagas(0));
    }
    context.only.push_back(std::move(only));
  }
  SAGA_ASSIGN_OR_RETURN(const std::string text, RenderStuck(page, context));
  session.out() << text;
  return code;
}

}  // namespace saga::admin

#include "admin/commands.h"
#include "admin/inspect.h"

namespace saga::admin {
namespace {

void AddList(Commands& commands) {
  auto flags = std::make_shared<ListFlags>();
  CLI::App& list = commands.Add(kInspectGroup, "list", "Sagas, newest first.");
  list.add_option("--filter", flags->filter, "Which ones; see `sagactl help filters`.")
      ->type_name("FILTER");
  list.add_option("--since", flags->since, "Started within this time.")->type_name("TIME");
  list.add_option("--state", flags->state,
                  "running, compensating, succeeded, compensated or resolved.")
      ->type_name("STATE");
  list.add_option("--health", flags->health, "ok, retrying, stuck or paused.")->type_name("HEALTH");
  list.add_option("--definition", flags->definition, "NAME or NAME@VERSION.")->type_name("NAME");
  list.add_option("--limit", flags->limit,
                  "At most so many (50; no limit with -o ids and -o jsonl).")
      ->type_name("N");
  list.add_flag("--all", flags->all, "As many as there are.");
  list.add_option("--page", flags->page, "Go on after a page: nextPageToken of -o json.")
      ->type_name("TOKEN");
  list.add_flag("--oldest-first", flags->oldest_first, "The other way round.");
  list.footer(
      "sagactl list --since 1h\n"
      "sagactl list --filter 'health=STUCK AND step=\"capture\"' -o ids | sagactl retry - --reason "
      "\"INC-4711 payments back\"");
  commands.Runs(list, [flags](Session& session) { return List(session, *flags); });
}

void AddShow(Commands& commands) {
  auto flags = std::make_shared<ShowFlags>();
  CLI::App& show = commands.Add(kInspectGroup, "show",
                                "One saga: where it is, why, and what can be done about it.");
  show.add_option("SAGA", flags->saga, "Id, beginning of an id (8 characters), or business key.")
      ->required();
  show.add_flag("--timeline", flags->timeline, "When each call ran, and all records.");
  show.add_flag("--payloads", flags->payloads, "Input, outputs of the steps, output.");
  show.add_flag("--watch", flags->watch, "Print it again whenever it changes, until it ends.");
  show.footer("sagactl show ord-1007\nsagactl show ord-1007 --timeline");
  commands.Runs(show, [flags](Session& session) { return Show(session, *flags); });
}

void AddStuck(Commands& commands) {
  auto flags = std::make_shared<StuckFlags>();
  CLI::App& stuck =
      commands.Add(kInspectGroup, "stuck", "What needs a person, by cause, and what helps.");
  stuck.add_option("--filter", flags->filter, "Which sagas; see `sagactl help filters`.")
      ->type_name("FILTER");
  stuck.add_flag("--fail-if-any", flags->fail_if_any, "Exit code 10 when anything is stuck.");
  commands.Runs(stuck, [flags](Session& session) { return Stuck(session, *flags); });
}

void AddAudit(Commands& commands) {
  auto flags = std::make_shared<AuditFlags>();
  CLI::App& audit =
      commands.Add(kInspectGroup, "audit", "Who changed what, and why; newest first.");
  audit.add_option("SAGA", flags->saga, "Only of this saga.");
  audit.add_option("--filter", flags->filter, "Over resource, saga, actor and method.")
      ->type_name("FILTER");
  audit.add_option("--limit", flags->limit, "At most so many (50).")->type_name("N");
  audit.add_option("--page", flags->page, "Go on where the page before ended.")->type_name("TOKEN");
  commands.Runs(audit, [flags](Session& session) { return Audit(session, *flags); });
}

}  // namespace

void AddInspectCommands(Commands& commands) {
  AddList(commands);
  AddShow(commands);
  AddStuck(commands);
  AddAudit(commands);
}

}  // namespace saga::admin

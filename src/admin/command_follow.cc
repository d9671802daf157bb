#include "admin/commands.h"
#include "admin/follow.h"

namespace saga::admin {

void AddFollowCommands(Commands& commands) {
  auto watch_flags = std::make_shared<WatchFlags>();
  CLI::App& watch = commands.Add(kInspectGroup, "watch",
                                 "Records as they are committed, one line each; of one saga from "
                                 "its beginning to its end.");
  watch.add_option("SAGA", watch_flags->saga, "Only this one; all that match without it.");
  watch
      .add_option("--filter", watch_flags->filter,
                  "Over definition, business_key, saga, labels.KEY.")
      ->type_name("FILTER");
  watch.add_option("--cursor", watch_flags->cursor, "Go on where another watch ended.")
      ->type_name("CURSOR");
  watch.add_flag("--exit-status", watch_flags->exit_status,
                 "Exit code as of `wait`; returns when the saga needs a person, too.");
  watch.footer(
      "sagactl watch ord-1007 --exit-status\nsagactl watch --filter 'definition=\"checkout\"'");
  commands.Runs(watch, [watch_flags](Session& session) { return Watch(session, *watch_flags); });

  auto wait_flags = std::make_shared<WaitFlags>();
  CLI::App& wait = commands.Add(kInspectGroup, "wait",
                                "Waits for a saga; the exit code says how it stands (0, 12 to 15: "
                                "`sagactl help exit-codes`).");
  wait.add_option("SAGA", wait_flags->saga, "Id, beginning of an id, or business key.")->required();
  wait.add_option("--until", wait_flags->until, "pivot or end (end).")->type_name("PLACE");
  wait.footer("sagactl wait ord-1007 --until pivot --timeout 30s");
  commands.Runs(wait, [wait_flags](Session& session) { return Wait(session, *wait_flags); });
}

}  // namespace saga::admin

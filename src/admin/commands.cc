#include "admin/commands.h"

#include "admin/text.h"

namespace saga::admin {

Commands::Commands()
    : root_("Looks at sagas, and helps them on: the operator's tool of sagad.", "sagactl") {
  // Before any command is added, or `sagactl list --server X` would not be understood.
  root_.fallthrough();
  root_.require_subcommand(0, 1);
  root_.set_help_flag("-h,--help", "Help for the command.");
  AddGlobalFlags();
  AddInspectCommands(*this);
  AddFollowCommands(*this);
  AddStartCommand(*this);
  AddNewsCommands(*this);
  AddActCommands(*this);
  AddDefinitionCommands(*this);
  AddParticipantCommands(*this);
  AddServerCommands(*this);
  AddHelpCommands(*this);
}

void Commands::AddGlobalFlags() {
  root_.add_option("--server", flags_.server, "The server (SAGACTL_SERVER; 127.0.0.1:7070).")
      ->type_name("HOST:PORT");
  root_
      .add_option("-n,--namespace", flags_.name_space,
                  "The namespace (SAGACTL_NAMESPACE; default).")
      ->type_name("NAME");
  root_
      .add_option("--profile", flags_.profile,
                  "A file of `server:` and `namespace:` lines (SAGACTL_PROFILE).")
      ->type_name("FILE");
  root_
      .add_option("-o,--output", flags_.output,
                  "What to print: " + Join(OutputNames(), ", ") + " (table).")
      ->type_name("FORMAT");
  root_.add_option("--columns", flags_.columns, "Columns of a table, in this order.")
      ->type_name("A,B,C");
  root_.add_option("--color", flags_.color, "auto, always or never (auto; NO_COLOR).")
      ->type_name("WHEN");
  root_.add_option("--time", flags_.time, "relative or iso (relative).")->type_name("STYLE");
  root_
      .add_option("--timeout", flags_.timeout,
                  "How long to wait for one answer (10s); for `wait`: in all (no limit).")
      ->type_name("TIME");
  root_.add_flag("-q,--quiet", flags_.quiet, "Print results only.");
  root_.add_flag("-v,--verbose", flags_.verbose, "Say which calls are made, on standard error.");
  root_.add_flag("--no-input", flags_.no_input, "Never ask; fail where a question would be asked.");
}

}  // namespace saga::admin

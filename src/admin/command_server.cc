#include <fmt/format.h>

#include <map>

#include "admin/commands.h"
#include "admin/table.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

// "0-3", "0 2-3": shard numbers as short as they can be said.
std::string Ranges(const std::vector<int>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (!text.empty()) text += " ";
    text += std::to_string(numbers[i]);
    if (last > i) text += "-" + std::to_string(numbers[last]);
    i = last + 1;
  }
  return text;
}

Result<std::string> RenderServer(Session& session, const v1::GetServerResponse& server) {
  std::map<std::string, std::vector<int>> owned;
  std::int64_t epochs = 0;
  for (const auto& shard : server.shards()) {
    owned[shard.node()].push_back(shard.shard());
    epochs = std::max<std::int64_t>(epochs, shard.epoch());
  }
  Table nodes({{.title = "NODE", .width_min = 8},
               {.title = "ADDRESS", .width_min = 8},
               {.title = "VERSION", .drop_rank = 2},
               {.title = "SEEN", .align = Align::kRight, .drop_rank = 1},
               {.title = "SHARDS"}});
  for (const auto& node : server.nodes()) {
    const bool asked = node.node() == server.node();
    nodes.Add({{Clean(node.node()) + (asked ? " *" : "")},
               {Clean(node.address())},
               {Clean(node.version())},
               {session.times().Age(node.seen_time())},
               {owned[node.node()].empty() ? "standby" : Ranges(owned[node.node()])}});
  }
  SAGA_ASSIGN_OR_RETURN(std::string text, nodes.Render(session.layout(), session.paint()));
  if (!owned[""].empty() && server.shards_size() > 0) {
    text += fmt::format("nobody owns {} right now\n", Ranges(owned[""]));
  }
  text += fmt::format("{}, latest epoch {}   * answered this\n",
                      Counted(server.shards_size(), "shard", "shards"), epochs);
  return text;
}

// Everybody answers; what somebody else owns is handed on. Shards without an owner are found.
ExitCode Verdict(const v1::GetServerResponse& server) {
  for (const auto& shard : server.shards()) {
    if (shard.node().empty()) return ExitCode::kSomethingFound;
  }
  return server.shards().empty() ? ExitCode::kSomethingFound : ExitCode::kDone;
}

Result<ExitCode> ShowServer(Session& session) {
  SAGA_ASSIGN_OR_RETURN(const auto server,
                        session.client().Call(&OperatorApi::GetServer, v1::GetServerRequest()));
  if (session.settings().output == OutputFormat::kIds) {
    for (const auto& node : server.nodes()) session.out() << Clean(node.node()) << "\n";
  } else if (session.is_for_programs()) {
    session.PrintJson(server);
  } else if (!session.settings().quiet) {
    SAGA_ASSIGN_OR_RETURN(const std::string text, RenderServer(session, server));
    session.out() << text;
  }
  return Verdict(server);
}

}  // namespace

void AddServerCommands(Commands& commands) {
  CLI::App& parent = commands.Add(kOperateGroup, "server", "The nodes of the server.");
  parent.require_subcommand(0, 1);
  CLI::App& status = *parent.add_subcommand(
      "status", "Nodes, and who owns which shards. Exit code 10 when a shard has no owner.");
  commands.Runs(status, [](Session& session) { return ShowServer(session); });
}

}  // namespace saga::admin

#include "admin/render_stuck.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "admin/names.h"
#include "admin/proposals.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

std::string Headline(const v1::ListStuckGroupsResponse& page, const StuckContext& context) {
  std::int64_t sagas = 0;
  const v1::StuckGroup* oldest = nullptr;
  for (const v1::StuckGroup& group : page.stuck_groups()) {
    sagas += group.saga_count();
    if (oldest == nullptr || ToTime(group.oldest()) < ToTime(oldest->oldest())) oldest = &group;
  }
  const bool more = !page.next_page_token().empty();
  return fmt::format("{}{} {} someone, {}{}, oldest {}\n", Counted(sagas, "saga", "sagas"),
                     more ? " or more" : "", sagas == 1 ? "needs" : "need",
                     Counted(page.stuck_groups_size(), "cause", "causes"), more ? " shown" : "",
                     context.times.Age(oldest->oldest()));
}

std::string Where(const v1::StuckGroup& group) {
  return Clean(group.definition()) + " " + StepLabel(group.step_id(), group.operation());
}

std::string Why(const v1::StuckGroup& group) {
  return HasFailure(group.failure()) ? FailureText(group.failure()) : Clean(group.reason());
}

// Where a table with the causes and commands in it would be too wide, they stand below it.
enum class Causes : std::uint8_t { kInTable, kBelow };

Table GroupTable(const v1::ListStuckGroupsResponse& page, const StuckContext& context,
                 Causes causes) {
  const bool in_table = causes == Causes::kInTable;
  std::vector<Column> columns = {
      {.title = "GROUP"},
      {.title = "SAGAS", .align = Align::kRight},
      {.title = "OLDEST"},
      {.title = "OWNER", .width_min = 8, .drop_rank = 1},
  };
  if (in_table) {
    columns.push_back({.title = "WHERE", .width_min = 16});
    columns.push_back({.title = "WHY", .width_min = 16});
  }
  columns.push_back({.title = "PARTICIPANT NOW", .width_min = 12});
  columns.push_back({.title = "RETRYING", .align = Align::kRight, .shown = Shown::kWide});
  columns.push_back({.title = "REASON", .shown = Shown::kWide});
  columns.push_back({.title = "RUNBOOK", .shown = Shown::kWide});
  if (in_table) columns.push_back({.title = "DO"});
  Table table(std::move(columns));
  for (int i = 0; i < page.stuck_groups_size(); ++i) {
    const v1::StuckGroup& group = page.stuck_groups(i);
    std::vector<Cell> row = {
        {Clean(group.fingerprint())},
        {Thousands(group.saga_count()), Tone::kStrong},
        {context.times.Age(group.oldest()), Tone::kBad},
        {group.owner().empty() ? "-" : Clean(group.owner())},
    };
    if (in_table) {
      row.push_back({Where(group)});
      row.push_back({Why(group)});
    }
    row.push_back({group.participant_health().empty() ? "-" : Clean(group.participant_health())});
    row.push_back({Thousands(group.retrying_count())});
    row.push_back({Clean(group.reason())});
    row.push_back({Clean(group.runbook_url())});
    if (in_table) {
      row.push_back({ProposalFor(group, context.argv0, context.only[static_cast<std::size_t>(i)])});
    }
    table.Add(std::move(row));
  }
  return table;
}

// A pipeline may be broken after the bar: the shell reads on.
std::string Folded(const std::string& command, std::size_t indent, std::size_t width) {
  const std::size_t bar = command.find(" | ");
  if (width == kUnlimitedWidth || indent + DisplayWidth(command) <= width || bar == command.npos) {
    return command;
  }
  return command.substr(0, bar + 2) + "\n" + std::string(indent + 2, ' ') + command.substr(bar + 3);
}

// What is wrong with each group, and what to do once that is mended.
std::string CauseList(const v1::ListStuckGroupsResponse& page, const StuckContext& context) {
  std::string text;
  for (int i = 0; i < page.stuck_groups_size(); ++i) {
    const v1::StuckGroup& group = page.stuck_groups(i);
    const std::string head = Clean(group.fingerprint()) + "  ";
    const std::string indent(DisplayWidth(head), ' ');
    const std::size_t width = context.layout.width - DisplayWidth(head);
    text += "\n" + head + context.paint(Tone::kStrong, Where(group)) + "\n";
    for (const std::string& line : Wrap(Why(group), width)) text += indent + line + "\n";
    text += indent +
            Folded(ProposalFor(group, context.argv0, context.only[static_cast<std::size_t>(i)]),
                   DisplayWidth(head), context.layout.width) +
            "\n";
  }
  return text;
}

// Filters take a beginning of a group's name; it is shown as long as it must be to be the only one.
v1::ListStuckGroupsResponse WithShortNames(v1::ListStuckGroupsResponse page) {
  constexpr std::size_t kShort = 4;
  std::map<std::string, int> uses;
  for (const v1::StuckGroup& group : page.stuck_groups()) {
    ++uses[group.fingerprint().substr(0, kShort)];
  }
  for (v1::StuckGroup& group : *page.mutable_stuck_groups()) {
    const std::string start = group.fingerprint().substr(0, kShort);
    if (uses[start] == 1) group.set_fingerprint(start);
  }
  return page;
}

}  // namespace

Result<std::string> RenderStuck(const v1::ListStuckGroupsResponse& groups,
                                const StuckContext& context) {
  if (groups.stuck_groups().empty()) return std::string("nothing is stuck\n");
  const v1::ListStuckGroupsResponse page = WithShortNames(groups);
  const Table full = GroupTable(page, context, Causes::kInTable);
  const bool in_table = context.layout.width == kUnlimitedWidth ||
                        full.NaturalWidth() <= context.layout.width ||
                        !context.layout.columns.empty();
  std::string text = Headline(page, context) + "\n";
  if (in_table) {
    SAGA_ASSIGN_OR_RETURN(const std::string table, full.Render(context.layout, context.paint));
    return text + table;
  }
  SAGA_ASSIGN_OR_RETURN(
      const std::string table,
      GroupTable(page, context, Causes::kBelow).Render(context.layout, context.paint));
  return text + table + CauseList(page, context);
}

}  // namespace saga::admin

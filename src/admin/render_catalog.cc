#include "admin/render_catalog.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "admin/names.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

constexpr std::size_t kDigestShown = 12;

std::string Facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string text;
  for (const auto& [label, value] : facts) {
    if (!value.empty()) text += PadRight(label, 14) + value + "\n";
  }
  return text;
}

std::string JoinClean(const auto& values, std::string_view separator) {
  std::vector<std::string> parts;
  for (const std::string& value : values) parts.push_back(Clean(value));
  return Join(parts, separator);
}

std::string OrDash(std::string text) { return text.empty() ? "-" : text; }

std::string StatusWord(const v1::Definition& definition) {
  if (definition.retired()) return "retired";
  return definition.active() ? "active" : "inactive";
}

Cell HealthCell(const v1::Participant& participant) {
  const std::string word = ParticipantHealthWord(participant.health());
  switch (static_cast<int>(participant.health())) {
    case v1::Participant::HEALTH_SERVING:
      return {word, Tone::kGood};
    case v1::Participant::HEALTH_DOWN:
      return {word, Tone::kBad};
    case v1::Participant::HEALTH_DEGRADED:
      return {word, Tone::kWarn};
  }
  return {word};
}

// "Reserve Release" of "shop.inventory.v1.Inventory/Reserve" and so on.
std::string MethodNames(const v1::Participant& participant) {
  std::vector<std::string> names;
  for (const std::string& method : participant.methods()) names.push_back(LastSegment(method));
  return Join(names, " ");
}

std::string Load(const v1::Participant& participant) {
  return fmt::format("{}/{}", participant.in_flight(), participant.max_in_flight());
}

std::string_view SeverityWord(v1::Diagnostic::Severity severity) {
  if (severity == v1::Diagnostic::SEVERITY_WARNING) return "warning";
  return severity == v1::Diagnostic::SEVERITY_INFO ? "info" : "error";
}

std::string SourceLine(const std::string& source, int number) {
  std::istringstream stream(source);
  std::string line;
  for (int i = 0; i < number; ++i) {
    if (!std::getline(stream, line)) return "";
  }
  return line;
}

// "payments, 10% of its sagas"; empty for most.
std::string StandsIn(const v1::Participant& participant) {
  if (participant.stands_in_for().empty()) return "";
  return fmt::format("{}, {}% of its sagas", Clean(participant.stands_in_for()),
                     participant.share_percent());
}

// "shop.pay.v1.Payments/Authorize by shop.pay.v2.Payments/Hold", one line each.
std::string Adapted(const v1::Participant& participant) {
  const std::map<std::string, std::string> sorted(participant.adapted_methods().begin(),
                                                  participant.adapted_methods().end());
  std::vector<std::string> lines;
  for (const auto& [contract, own] : sorted) {
    lines.push_back(fmt::format("{} by {}", Clean(contract), Clean(own)));
  }
  return fmt::format("{}", fmt::join(lines, "\n" + std::string(14, ' ')));
}

}  // namespace

Table DefinitionTable(const v1::ListDefinitionsResponse& page, const TimeFormat& times) {
  Table table({
      {.title = "DEFINITION", .width_min = 16},
      {.title = "STATUS"},
      {.title = "IN FLIGHT", .align = Align::kRight},
      {.title = "OWNER", .width_min = 8, .drop_rank = 1},
      {.title = "STEPS", .align = Align::kRight, .drop_rank = 3},
      {.title = "REGISTERED", .drop_rank = 2},
      {.title = "DIGEST", .drop_rank = 4},
      {.title = "BY", .shown = Shown::kWide},
      {.title = "PARTICIPANTS", .shown = Shown::kWide},
      {.title = "DESCRIPTION", .shown = Shown::kWide},
  });
  for (const v1::Definition& definition : page.definitions()) {
    table.Add({
        {DefinitionLabel(definition.name())},
        {StatusWord(definition), definition.active() ? Tone::kGood : Tone::kDim},
        {Thousands(definition.sagas_in_flight())},
        {OrDash(Clean(definition.owner()))},
        {std::to_string(definition.step_ids_size())},
        {times.Clock(definition.create_time())},
        {Clean(definition.digest().substr(0, kDigestShown))},
        {OrDash(Clean(definition.registered_by()))},
        {OrDash(JoinClean(definition.participants(), " "))},
        {OrDash(Clean(definition.description()))},
    });
  }
  return table;
}

std::string RenderDefinition(const v1::Definition& definition, const TimeFormat& times) {
  return fmt::format("{}  {}\n", DefinitionLabel(definition.name()), StatusWord(definition)) +
         Facts({
             {"description", Clean(definition.description())},
             {"owner", Clean(definition.owner())},
             {"in flight", Counted(definition.sagas_in_flight(), "saga", "sagas")},
             {"steps", JoinClean(definition.step_ids(), ", ")},
             {"participants", JoinClean(definition.participants(), ", ")},
             {"registered", times.Clock(definition.create_time()) +
                                (definition.registered_by().empty()
                                     ? ""
                                     : " by " + Clean(definition.registered_by()))},
             {"digest", Clean(definition.digest())},
         });
}

std::string RenderDiagnostics(const std::vector<v1::Diagnostic>& diagnostics,
                              const std::string& file, const std::string& source,
                              const Paint& paint) {
  std::string text;
  for (const v1::Diagnostic& d : diagnostics) {
    const bool error = SeverityWord(d.severity()) == "error";
    std::string place = file;
    if (d.line() > 0) place += fmt::format(":{}:{}", d.line(), std::max(1, d.column()));
    text += fmt::format("{}: {}{}: {}\n", place,
                        paint(error ? Tone::kBad : Tone::kWarn, SeverityWord(d.severity())),
                        d.code().empty() ? "" : " " + Clean(d.code()), Clean(d.message()));
    if (const std::string line = SourceLine(source, d.line()); d.line() > 0 && !line.empty()) {
      text += fmt::format("{:>5} | {}\n", d.line(), Clean(line));
      text += fmt::format("      | {}^\n",
                          std::string(static_cast<std::size_t>(std::max(0, d.column() - 1)), ' '));
    }
    if (!d.suggestion().empty()) text += fmt::format("      help: {}\n", Clean(d.suggestion()));
  }
  return text;
}

Table ParticipantTable(const v1::ListParticipantsResponse& page, const TimeFormat& times) {
  Table table({
      {.title = "NAME", .width_min = 10},
      {.title = "TARGET", .width_min = 16},
      {.title = "HEALTH"},
      {.title = "IN FLIGHT", .align = Align::kRight},
      {.title = "WAITING", .align = Align::kRight, .drop_rank = 3},
      {.title = "ERR", .align = Align::kRight, .drop_rank = 2},
      {.title = "P99", .align = Align::kRight, .drop_rank = 4},
      {.title = "LAST OK", .drop_rank = 1},
      {.title = "METHODS", .width_min = 12, .drop_rank = 5},
      {.title = "SERVICE", .shown = Shown::kWide},
      {.title = "DEFINITIONS", .shown = Shown::kWide},
      {.title = "STANDS IN FOR", .shown = Shown::kWide},
      {.title = "LAST FAILURE", .shown = Shown::kWide},
  });
  for (const v1::Participant& participant : page.participants()) {
    table.Add({
        {LastSegment(participant.name())},
        {Clean(participant.target())},
        HealthCell(participant),
        {Load(participant)},
        {Thousands(participant.waiting())},
        {fmt::format("{:.1f}%", participant.error_ratio() * 100)},
        {participant.has_p99() ? FormatSpan(ToSpan(participant.p99())) : "-"},
        {participant.has_last_success_time() ? times.Age(participant.last_success_time()) : "-"},
        {OrDash(MethodNames(participant))},
        {OrDash(Clean(participant.service()))},
        {OrDash(JoinClean(participant.definitions(), " "))},
        {OrDash(StandsIn(participant))},
        {participant.has_last_failure() ? FailureText(participant.last_failure()) : "-"},
    });
  }
  return table;
}

std::string RenderParticipant(const v1::Participant& participant, const TimeFormat& times) {
  const std::string since =
      participant.has_health_since() ? " " + times.AgePhrase(participant.health_since()) : "";
  return fmt::format("{}  {}  {}{}\n", LastSegment(participant.name()), Clean(participant.target()),
                     ParticipantHealthWord(participant.health()), since) +
         Facts({
             {"service", Clean(participant.service())},
             {"stands in for", StandsIn(participant)},
             {"tls", participant.tls() ? "yes" : "no"},
             {"in flight", Load(participant)},
             {"waiting", Thousands(participant.waiting())},
             {"errors", fmt::format("{:.1f}%", participant.error_ratio() * 100)},
             {"p99", participant.has_p99() ? FormatSpan(ToSpan(participant.p99())) : ""},
             {"last ok", participant.has_last_success_time()
                             ? times.Clock(participant.last_success_time())
                             : ""},
             {"last failure",
              participant.has_last_failure() ? FailureText(participant.last_failure()) : ""},
             {"definitions", JoinClean(participant.definitions(), ", ")},
             {"methods", JoinClean(participant.methods(), "\n" + std::string(14, ' '))},
             {"adapts", Adapted(participant)},
         });
}

Table AuditTable(const v1::ListAuditEntriesResponse& page, const TimeFormat& times) {
  Table table({
      {.title = "TIME"},
      {.title = "WHO", .width_min = 8},
      {.title = "WHAT"},
      {.title = "ON", .width_min = 12},
      {.title = "REASON", .width_min = 16},
      {.title = "REFERENCE", .drop_rank = 2},
      {.title = "OUTCOME", .drop_rank = 3},
      {.title = "ID", .drop_rank = 1},
      {.title = "CLIENT", .shown = Shown::kWide},
  });
  for (const v1::AuditEntry& entry : page.audit_entries()) {
    table.Add({
        {times.Clock(entry.time())},
        {OrDash(Clean(entry.actor()))},
        {Clean(entry.method())},
        {DefinitionLabel(entry.resource())},
        {OrDash(Clean(entry.reason()))},
        {OrDash(Clean(entry.reference()))},
        {Clean(entry.outcome())},
        {Clean(entry.id())},
        {OrDash(Clean(entry.client()))},
    });
  }
  return table;
}

}  // namespace saga::admin

#include "admin/topics.h"

#include "admin/exit_code.h"
#include "admin/reasons.h"
#include "admin/text.h"

namespace saga::admin {
namespace {

constexpr std::string_view kFilters =
    "A filter is one or more comparisons, joined by AND; all of them must hold.\n"
    "\n"
    "  FIELD = VALUE    also != < <= > >= ; times and texts stand in double quotes\n"
    "\n"
    "  state          RUNNING, COMPENSATING, SUCCEEDED, COMPENSATED, RESOLVED\n"
    "  health         OK, RETRYING, STUCK, PAUSED\n"
    "  definition     \"checkout\", or one version: \"checkout@7\"\n"
    "  step           where a saga that is not OK waits\n"
    "  business_key   \"ord-1007\"\n"
    "  saga           its id; a * at the end matches the beginning of ids: \"ord-1*\"\n"
    "  owner          the team that owns the definition\n"
    "  group          the cause, as `sagactl stuck` shows it\n"
    "  labels.KEY     labels.region=\"eu\"\n"
    "  create_time, update_time, end_time   \"2026-01-31T00:00:00Z\"\n"
    "\n"
    "  sagactl list --filter 'state=RUNNING AND health=STUCK AND labels.region=\"eu\"'\n"
    "\n"
    "`watch` takes what does not change while a saga runs: definition, business_key,\n"
    "saga, labels.KEY. `audit` takes resource, saga, actor, method.\n";

constexpr std::string_view kFormats =
    "  -o table   columns that fit the terminal (the default)\n"
    "  -o wide    all columns, however wide\n"
    "  -o json    the API's answer as proto3 JSON and nothing else: 64-bit numbers are\n"
    "             strings, fields that have their default value are left out\n"
    "  -o jsonl   one JSON object a line: for lists and streams\n"
    "  -o ids     one id a line, for other commands: sagactl list -o ids | sagactl retry -\n"
    "\n"
    "--columns a,b,c picks columns of a table by their title; blanks become dashes.\n"
    "A column that is cut ends in two dots; a beginning of an id is understood.\n"
    "Colours go to terminals only and say nothing that the text does not say.\n"
    "Errors and notes go to standard error, answers to standard output.\n";

constexpr std::string_view kEnvironment =
    "  SAGACTL_SERVER     host:port of the server, unless --server is given\n"
    "  SAGACTL_NAMESPACE  the namespace, unless --namespace is given\n"
    "  SAGACTL_PROFILE    a file with lines `server: host:port` and `namespace: name`,\n"
    "                     unless --profile is given\n"
    "  SAGACTL_PATIENCE   how long wait, watch and show --watch wait for a server that\n"
    "                     has gone (30s; 0s = not at all)\n"
    "  SAGACTL_ACTOR      who you are, for the audit log (else your login)\n"
    "  SAGACTL_ARGV0      how proposed commands begin (else as this one was typed)\n"
    "  NO_COLOR           no colours, unless --color=always\n"
    "\n"
    "Flags win over the environment, the environment over the profile. Proxies named in\n"
    "the environment are not used.\n";

}  // namespace

std::vector<std::string> TopicNames() {
  return {"exit-codes", "filters", "formats", "environment"};
}

std::string TopicText(std::string_view topic) {
  if (topic == "exit-codes") return ExitCodeTable();
  if (topic == "filters") return std::string(kFilters);
  if (topic == "formats") return std::string(kFormats);
  if (topic == "environment") return std::string(kEnvironment);
  return "";
}

std::string ReasonPage(std::string_view reason, std::string_view argv0, std::size_t width) {
  const ReasonHelp* help = FindReason(reason);
  if (help == nullptr) return "";
  std::string text = std::string(help->reason) + "\n\n";
  for (const std::string& line : Wrap(WithArgv0(help->meaning, argv0), width)) text += line + "\n";
  if (!help->hint.empty()) text += "\n";
  for (const std::string& line : Wrap(WithArgv0(help->hint, argv0), width)) text += line + "\n";
  return text;
}

}  // namespace saga::admin

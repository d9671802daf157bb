#include "participants/demo/check/check_flow.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <pqxx/pqxx>
#include <vector>

namespace saga::demo {
namespace {

// $1 namespace. The id is stored as namespace/id. Health 3 and 4: stuck, paused.
constexpr char kSagas[] =
    "SELECT substr(id, length($1::text) + 2), definition, state, "
    "health IN (3, 4) OR stuck_reason <> '' FROM sagas WHERE namespace = $1";
constexpr char kTables[] = R"sql(
CREATE TEMPORARY TABLE ends (
  saga text PRIMARY KEY, state integer, waits boolean, number bigint) ON COMMIT DROP;
CREATE TEMPORARY TABLE others (
  saga text PRIMARY KEY, definition text, state integer) ON COMMIT DROP;
)sql";
constexpr std::size_t kExamplesMax = 5;

using Snapshot = pqxx::transaction<pqxx::repeatable_read>;

struct Counts {
  std::int64_t all = 0;
  std::int64_t succeeded = 0;
  std::int64_t compensated = 0;
  std::int64_t waiting = 0;
};

// The number behind the run's prefix.
std::optional<std::int64_t> NumberOf(const std::string& saga, const std::string& prefix) {
  if (saga.rfind(prefix + "-", 0) != 0) return std::nullopt;
  const char* const begin = saga.data() + prefix.size() + 1;
  const char* const end = saga.data() + saga.size();
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(begin, end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

pqxx::result ReadSagas(const DatabaseOptions& databases) {
  pqxx::connection connection(databases.sagad);
  pqxx::read_transaction transaction(connection);
  return transaction.exec_params(kSagas, databases.name_space);
}

Counts WriteEnds(Snapshot& snapshot, const pqxx::result& sagas, const FlowRun& run) {
  snapshot.exec(kTables);
  std::vector<std::tuple<std::string, int, bool, std::int64_t>> ends;
  std::vector<std::tuple<std::string, std::string, int>> others;
  Counts counts;
  for (const pqxx::row& row : sagas) {
    const std::string id = row[0].c_str();
    const std::string_view definition = row[1].c_str();
    const auto state = static_cast<SagaState>(row[2].as<int>());
    const std::optional<std::int64_t> number = NumberOf(id, run.prefix);
    if (!number || definition != run.flow->definition) {
      others.emplace_back(id, std::string(definition), row[2].as<int>());
      continue;
    }
    const bool waits = row[3].as<bool>();
    ends.emplace_back(id, row[2].as<int>(), waits, *number);
    ++counts.all;
    counts.succeeded += state == SagaState::kSucceeded ? 1 : 0;
    counts.compensated += state == SagaState::kCompensated ? 1 : 0;
    counts.waiting += !IsEnded(state) && waits ? 1 : 0;
  }
  pqxx::stream_to ends_stream(snapshot, "ends");
  for (const auto& end : ends) ends_stream << end;
  ends_stream.complete();
  pqxx::stream_to others_stream(snapshot, "others");
  for (const auto& other : others) others_stream << other;
  others_stream.complete();
  snapshot.exec("ANALYZE ends");
  return counts;
}

void CheckOne(Snapshot& snapshot, const FlowInvariant& invariant, Report& report) {
  const auto looked_at = snapshot.exec1(invariant.looked_at)[0].as<std::int64_t>();
  const pqxx::result violations = snapshot.exec(invariant.violations);
  ++report.checked;
  if (violations.empty()) {
    report.text += fmt::format("ok    {:<62} {}\n", invariant.name, looked_at);
    return;
  }
  ++report.violated;
  report.text +=
      fmt::format("FAIL  {:<62} {} of {}\n", invariant.name, violations.size(), looked_at);
  for (std::size_t i = 0; i < kExamplesMax && i < static_cast<std::size_t>(violations.size());
       ++i) {
    report.text += fmt::format("        {}\n", violations[static_cast<int>(i)][0].c_str());
  }
}

}  // namespace

Result<Report> CheckFlow(const DatabaseOptions& databases, const FlowRun& run) {
  try {
    const pqxx::result sagas = ReadSagas(databases);
    pqxx::connection connection(databases.shop);
    Snapshot snapshot(connection);
    const Counts counts = WriteEnds(snapshot, sagas, run);
    Report report;
    for (const FlowInvariant& invariant : run.flow->invariants) {
      CheckOne(snapshot, invariant, report);
    }
    ++report.checked;
    const bool all_there =
        run.sagas_expected == 0 ? counts.all > 0 : counts.all == run.sagas_expected;
    if (!all_there) ++report.violated;
    report.text += fmt::format("{}  {:<62} {}\n", all_there ? "ok  " : "FAIL",
                               "every saga that was asked for is there", counts.all);
    const std::string outcome =
        report.violated == 0
            ? fmt::format("all {} invariants hold", report.checked)
            : fmt::format("{} of {} invariants are violated", report.violated, report.checked);
    report.text += fmt::format(
        "{}: {} sagas: {} succeeded, {} compensated, {} wait for a person; {}\n", run.flow->name,
        counts.all, counts.succeeded, counts.compensated, counts.waiting, outcome);
    return report;
  } catch (const std::exception& error) {
    return Status(StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", error.what());
  }
}

}  // namespace saga::demo

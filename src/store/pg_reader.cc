#include "store/pg_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "store/filter_sql.h"
#include "store/row_sql.h"

namespace saga {

Result<RowPage> PgReader::ListRows(const std::string& name_space, const RowFilter& filter,
                                   RowOrder order, const std::optional<RowCursor>& after,
                                   std::size_t rows_max) {
  PgParams params;
  int next = 2;
  params.Add(name_space);
  const std::string where = " WHERE namespace = $1" + FilterSql(filter, params, next);
  PgParams page_params = params;
  int page_next = next;
  std::string page_where = where;
  const bool newest_first = order == RowOrder::kNewestFirst;
  if (after) {
    page_params.Add(ToMicros(after->created)).Add(after->saga.text());
    page_where += fmt::format(" AND (created_us, id) {} (${}::bigint, ${}::text)",
                              newest_first ? "<" : ">", page_next, page_next + 1);
  }
  const char* direction = newest_first ? "DESC" : "ASC";
  // One row more than asked for tells whether there is a next page.
  SAGA_ASSIGN_OR_RETURN(
      const PgResult rows,
      pool_.Execute(fmt::format("SELECT {} FROM sagas{} ORDER BY created_us {}, id {} LIMIT {}",
                                kRowColumns, page_where, direction, direction, rows_max + 1),
                    page_params));
  RowPage page;
  for (std::size_t i = 0; i < std::min(rows.size(), rows_max); ++i)
    page.rows.push_back(ReadRow(rows, i));
  if (rows.size() > rows_max && !page.rows.empty()) {
    page.next = RowCursor{page.rows.back().created, page.rows.back().id};
  }
  SAGA_ASSIGN_OR_RETURN(
      const PgResult total,
      pool_.Execute(fmt::format("SELECT count(*) FROM (SELECT 1 FROM sagas{} LIMIT {}) counted",
                                where, kRowsCountedMax),
                    params));
  page.total = total.Int(0, 0);
  return page;
}

Result<std::optional<SagaRow>> PgReader::GetRow(const SagaId& saga) {
  SAGA_ASSIGN_OR_RETURN(
      const PgResult rows,
      pool_.Execute(fmt::format("SELECT {} FROM sagas WHERE id = $1", kRowColumns),
                    PgParams().Add(saga.text())));
  if (rows.size() == 0) return std::optional<SagaRow>();
  return std::optional(ReadRow(rows, 0));
}

Result<std::optional<std::string>> PgReader::GetHistory(const SagaId& saga) {
  SAGA_ASSIGN_OR_RETURN(const PgResult rows,
                        pool_.Execute("SELECT h.history FROM sagas s JOIN histories h ON h.id = "
                                      "s.id AND h.ended_us = s.ended_us "
                                      "WHERE s.id = $1",
                                      PgParams().Add(saga.text())));
  if (rows.size() == 0) return std::optional<std::string>();
  return std::optional(rows.Bytes(0, 0));
}

Result<std::vector<StuckGroupRow>> PgReader::ListStuckGroups(const std::string& name_space,
                                                             const RowFilter& filter,
                                                             std::size_t groups_max) {
  PgParams params;
  int next = 2;
  params.Add(name_space);
  const std::string where = FilterSql(filter, params, next);
  const std::string sql = fmt::format(
      "WITH stuck AS (SELECT {0}, count(*) OVER by_group AS sagas, min(coalesce(stuck_since_us, "
      "updated_us)) OVER by_group "
      "AS oldest_us, max(coalesce(stuck_since_us, updated_us)) OVER by_group AS newest_us, "
      "row_number() OVER (PARTITION BY "
      "fingerprint ORDER BY coalesce(stuck_since_us, updated_us), id) AS place FROM sagas WHERE "
      "namespace = $1 AND state <= 2 "
      "AND stuck_reason <> ''{1} WINDOW by_group AS (PARTITION BY fingerprint)) "
      "SELECT {0}, sagas, oldest_us, newest_us FROM stuck WHERE place <= 3 ORDER BY oldest_us, "
      "fingerprint, place LIMIT {2}",
      kRowColumns, where, groups_max * 3);
  SAGA_ASSIGN_OR_RETURN(const PgResult rows, pool_.Execute(sql, params));
  SAGA_ASSIGN_OR_RETURN(const PgResult retrying,
                        pool_.Execute("SELECT definition, step, coalesce(operation, 0), count(*) "
                                      "FROM sagas WHERE namespace = $1 AND state <= 2 "
                                      "AND health = 2 GROUP BY 1, 2, 3",
                                      PgParams().Add(name_space)));
  std::map<std::tuple<std::string, std::string, std::int64_t>, std::int64_t> retrying_at;
  for (std::size_t i = 0; i < retrying.size(); ++i) {
    retrying_at[{std::string(retrying.Text(i, 0)), std::string(retrying.Text(i, 1)),
                 retrying.Int(i, 2)}] = retrying.Int(i, 3);
  }
  std::vector<StuckGroupRow> groups;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const SagaRow row = ReadRow(rows, i);
    const RowAttention& attention = row.status.attention;
    if (groups.empty() || groups.back().fingerprint != attention.fingerprint) {
      if (groups.size() == groups_max) break;
      const std::int64_t operation =
          attention.operation ? static_cast<std::int64_t>(*attention.operation) : 0;
      groups.push_back({.fingerprint = attention.fingerprint,
                        .definition = row.definition,
                        .owner = row.owner,
                        .attention = attention,
                        .sagas = rows.Int(i, kRowColumnCount),
                        .retrying = retrying_at[{row.definition, attention.step, operation}],
                        .oldest = FromMicros(rows.Int(i, kRowColumnCount + 1)),
                        .newest = FromMicros(rows.Int(i, kRowColumnCount + 2)),
                        .samples = {}});
    }
    groups.back().samples.push_back(row.id);
  }
  return groups;
}

Result<AuditPage> PgReader::ListAudit(const std::string& name_space, const AuditFilter& filter,
                                      std::optional<std::int64_t> before, std::size_t entries_max) {
  const auto rows = pool_.Execute(
      fmt::format("SELECT id, at_us, namespace, actor, client, method, resource, reason, "
                  "reference, outcome FROM audit "
                  "WHERE namespace = $1 AND ($2 = '' OR resource = $2) AND ($3 = '' OR actor = $3) "
                  "AND ($4 = '' OR method = $4) AND id < $5 ORDER BY id DESC LIMIT {}",
                  entries_max + 1),
      PgParams()
          .Add(name_space)
          .Add(filter.resource)
          .Add(filter.actor)
          .Add(filter.method)
          .Add(before.value_or(INT64_MAX)));
  if (!rows.ok()) return rows.status();
  AuditPage page;
  for (std::size_t i = 0; i < std::min(rows->size(), entries_max); ++i) {
    const auto text = [&](int column) { return std::string(rows->Text(i, column)); };
    page.entries.push_back({.id = rows->Int(i, 0),
                            .at = FromMicros(rows->Int(i, 1)),
                            .name_space = text(2),
                            .actor = text(3),
                            .client = text(4),
                            .method = text(5),
                            .resource = text(6),
                            .reason = text(7),
                            .reference = text(8),
                            .outcome = text(9)});
  }
  if (rows->size() > entries_max && !page.entries.empty()) page.next = page.entries.back().id;
  return page;
}

Result<std::vector<std::pair<std::pair<std::string, std::uint32_t>, std::int64_t>>>
PgReader::CountLive(const std::string& name_space) {
  SAGA_ASSIGN_OR_RETURN(
      const PgResult rows,
      pool_.Execute(
          "SELECT definition, version, count(*) FROM sagas WHERE namespace = $1 AND state <= 2 "
          "GROUP BY definition, version ORDER BY definition, version",
          PgParams().Add(name_space)));
  std::vector<std::pair<std::pair<std::string, std::uint32_t>, std::int64_t>> counts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    counts.push_back({{std::string(rows.Text(i, 0)), static_cast<std::uint32_t>(rows.Int(i, 1))},
                      rows.Int(i, 2)});
  }
  return counts;
}

}  // namespace saga

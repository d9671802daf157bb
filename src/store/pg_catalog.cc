#include "store/pg_catalog.h"

#include <fmt/format.h>

namespace saga {
namespace {

constexpr const char* kVersionColumns =
    "namespace, name, version, digest, document, source, source_format, owner, active, retired, "
    "created_us, registered_by";

DefinitionVersion ReadVersion(const PgResult& rows, std::size_t i) {
  const auto text = [&](int column) { return std::string(rows.Text(i, column)); };
  return {.name_space = text(0),
          .name = text(1),
          .version = static_cast<std::uint32_t>(rows.Int(i, 2)),
          .digest = text(3),
          .document = rows.Bytes(i, 4),
          .source = text(5),
          .source_format = text(6),
          .owner = text(7),
          .active = rows.Bool(i, 8),
          .retired = rows.Bool(i, 9),
          .created = FromMicros(rows.Int(i, 10)),
          .registered_by = text(11)};
}

// The audit entry's parameters; every changing statement ends with kAuditSql, numbered from
// `first`.
void AddAudit(PgParams& params, const AuditEntry& audit) {
  params.Add(audit.name_space)
      .Add(audit.actor)
      .Add(audit.client)
      .Add(audit.method)
      .Add(audit.resource);
  params.Add(audit.reason).Add(audit.reference).Add(audit.outcome);
}

// `condition` keeps the entry out when nothing changed.
std::string AuditSql(int first, const char* condition) {
  return fmt::format(
      "audited AS (INSERT INTO audit (at_us, namespace, actor, client, method, resource, reason, "
      "reference, outcome) "
      "SELECT now.us, ${}, ${}, ${}, ${}, ${}, ${}, ${}, ${} FROM now WHERE {})",
      first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6, first + 7,
      condition);
}

constexpr const char* kNow =
    "now AS (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS us)";

bool IsUniqueViolation(const Status& status) {
  for (const auto& [key, value] : status.metadata()) {
    if (key == "sqlstate") return value == "23505";
  }
  return false;
}

}  // namespace

Result<DefinitionVersion> PgCatalog::Find(const std::string& name_space, const std::string& name,
                                          std::uint32_t version) {
  SAGA_ASSIGN_OR_RETURN(
      const PgResult rows,
      pool_.Execute(
          fmt::format(
              "SELECT {} FROM definitions WHERE namespace = $1 AND name = $2 AND version = $3",
              kVersionColumns),
          PgParams().Add(name_space).Add(name).Add(static_cast<std::int64_t>(version))));
  if (rows.size() == 0) {
    return Status(StatusCode::kNotFound, "DEFINITION_NOT_FOUND",
                  fmt::format("no definition {}@{}", name, version));
  }
  return ReadVersion(rows, 0);
}

Result<RegisteredVersion> PgCatalog::RegisterDefinition(const DefinitionVersion& candidate,
                                                        const AuditEntry& audit) {
  const auto same = pool_.Execute(
      fmt::format("SELECT {} FROM definitions WHERE namespace = $1 AND name = $2 AND digest = $3",
                  kVersionColumns),
      PgParams().Add(candidate.name_space).Add(candidate.name).Add(candidate.digest));
  if (!same.ok()) return same.status();
  if (same->size() > 0) {
    DefinitionVersion version = ReadVersion(*same, 0);
    if (!candidate.active || version.active) return RegisteredVersion{std::move(version), true};
    SAGA_ASSIGN_OR_RETURN(
        version, ActivateDefinition(version.name_space, version.name, version.version, audit));
    return RegisteredVersion{std::move(version), true};
  }
  PgParams params;
  params.Add(candidate.name_space)
      .Add(candidate.name)
      .Add(candidate.digest)
      .AddBytes(candidate.document);
  params.Add(candidate.source).Add(candidate.source_format).Add(candidate.owner);
  params.Add(std::string(candidate.active ? "true" : "false")).Add(candidate.registered_by);
  AddAudit(params, audit);
  // Two registrations at once: the primary key lets one of them in; the other is told to try again.
  const auto rows = pool_.ExecuteOnce(
      fmt::format("WITH {}, latest AS (SELECT coalesce(max(version), 0) AS version "
                  "FROM definitions WHERE namespace = $1 AND "
                  "name = $2), off AS (UPDATE definitions SET active = false FROM "
                  "latest WHERE namespace = $1 AND name = $2 "
                  "AND active AND ($8::boolean OR latest.version = 0)), {} INSERT "
                  "INTO definitions ({}) SELECT $1, $2, "
                  "latest.version + 1, $3, $4::bytea, $5, $6, $7, $8::boolean OR "
                  "latest.version = 0, false, now.us, $9 FROM "
                  "latest, now RETURNING {}",
                  kNow, AuditSql(10, "true"), kVersionColumns, kVersionColumns),
      params);
  if (!rows.ok()) {
    if (!IsUniqueViolation(rows.status())) return rows.status();
    return Status(StatusCode::kAborted, "CONCURRENT_REGISTRATION",
                  fmt::format("definition '{}' was registered by somebody else just now: try again",
                              candidate.name));
  }
  return RegisteredVersion{ReadVersion(*rows, 0), false};
}

Result<std::vector<DefinitionVersion>> PgCatalog::LoadDefinitions() {
  SAGA_ASSIGN_OR_RETURN(
      const PgResult rows,
      pool_.Execute(fmt::format("SELECT {} FROM definitions ORDER BY namespace, name, version",
                                kVersionColumns)));
  std::vector<DefinitionVersion> versions;
  for (std::size_t i = 0; i < rows.size(); ++i) versions.push_back(ReadVersion(rows, i));
  return versions;
}

Result<DefinitionVersion> PgCatalog::ActivateDefinition(const std::string& name_space,
                                                        const std::string& name,
                                                        std::uint32_t version,
                                                        const AuditEntry& audit) {
  SAGA_RETURN_IF_ERROR(Find(name_space, name, version).status());
  PgParams params;
  params.Add(name_space).Add(name).Add(static_cast<std::int64_t>(version));
  AddAudit(params, audit);
  SAGA_RETURN_IF_ERROR(
      pool_
          .ExecuteOnce(
              fmt::format("WITH {}, {} UPDATE definitions SET active = (version = $3), retired = "
                          "retired AND version "
                          "<> $3 WHERE namespace = $1 AND name = $2 AND (active OR version = $3)",
                          kNow, AuditSql(4, "true")),
              params)
          .status());
  return Find(name_space, name, version);
}

Result<DefinitionVersion> PgCatalog::RetireDefinition(const std::string& name_space,
                                                      const std::string& name,
                                                      std::uint32_t version,
                                                      const AuditEntry& audit) {
  SAGA_RETURN_IF_ERROR(Find(name_space, name, version).status());
  PgParams params;
  params.Add(name_space).Add(name).Add(static_cast<std::int64_t>(version));
  AddAudit(params, audit);
  SAGA_RETURN_IF_ERROR(
      pool_
          .ExecuteOnce(fmt::format("WITH {}, {} UPDATE definitions SET active = "
                                   "false, retired = true WHERE namespace = $1 AND "
                                   "name = $2 AND version = $3",
                                   kNow, AuditSql(4, "true")),
                       params)
          .status());
  return Find(name_space, name, version);
}

Result<bool> PgCatalog::SaveParticipant(const ParticipantRecord& participant,
                                        const AuditEntry& audit) {
  PgParams params;
  params.Add(participant.name_space)
      .Add(participant.name)
      .Add(participant.target)
      .Add(participant.service);
  params.Add(std::string(participant.tls ? "true" : "false"));
  params.Add(participant.tls_files.ca)
      .Add(participant.tls_files.certificate)
      .Add(participant.tls_files.key);
  params.Add(static_cast<std::int64_t>(participant.max_in_flight))
      .AddBytes(participant.descriptors);
  params.Add(std::string(participant.descriptors_uploaded ? "true" : "false"));
  params.Add(participant.adapter).AddBytes(participant.contract);
  params.Add(participant.stands_in.participant)
      .Add(static_cast<std::int64_t>(participant.stands_in.percent));
  AddAudit(params, audit);
  SAGA_ASSIGN_OR_RETURN(
      const PgResult rows,
      pool_.ExecuteOnce(
          fmt::format(
              "WITH {}, saved AS (INSERT INTO participants AS p (namespace, name, target, service, "
              "tls, "
              "tls_ca, tls_certificate, tls_key, max_in_flight, descriptors, descriptors_uploaded, "
              "adapter, contract, stands_in_for, share_percent, updated_us) "
              "SELECT $1, $2, $3, $4, $5::boolean, $6, $7, $8, $9::int, $10::bytea, $11::boolean, "
              "$12, $13::bytea, $14, $15::int, now.us FROM now "
              "ON CONFLICT (namespace, name) DO UPDATE SET target = excluded.target, "
              "service = excluded.service, tls = excluded.tls, tls_ca = excluded.tls_ca, "
              "tls_certificate = excluded.tls_certificate, tls_key = excluded.tls_key, "
              "max_in_flight = excluded.max_in_flight, descriptors = excluded.descriptors, "
              "descriptors_uploaded = excluded.descriptors_uploaded, adapter = excluded.adapter, "
              "contract = excluded.contract, stands_in_for = excluded.stands_in_for, "
              "share_percent = excluded.share_percent, updated_us = excluded.updated_us "
              "WHERE (p.target, p.service, p.tls, p.tls_ca, p.tls_certificate, p.tls_key, "
              "p.max_in_flight, p.descriptors, p.descriptors_uploaded, p.adapter, p.contract, "
              "p.stands_in_for, p.share_percent) "
              "IS DISTINCT FROM (excluded.target, excluded.service, excluded.tls, "
              "excluded.tls_ca, excluded.tls_certificate, excluded.tls_key, "
              "excluded.max_in_flight, excluded.descriptors, excluded.descriptors_uploaded, "
              "excluded.adapter, excluded.contract, excluded.stands_in_for, "
              "excluded.share_percent) "
              "RETURNING 1), {} "
              "SELECT count(*) FROM saved",
              kNow, AuditSql(16, "EXISTS (SELECT FROM saved)")),
          params));
  return rows.Int(0, 0) > 0;
}

Result<std::vector<ParticipantRecord>> PgCatalog::LoadParticipants() {
  SAGA_ASSIGN_OR_RETURN(
      const PgResult rows,
      pool_.Execute(
          "SELECT namespace, name, target, service, tls, tls_ca, "
          "tls_certificate, tls_key, max_in_flight, "
          "descriptors, descriptors_uploaded, adapter, contract, stands_in_for, share_percent, "
          "updated_us FROM participants ORDER BY namespace, name"));
  std::vector<ParticipantRecord> participants;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto text = [&](int column) { return std::string(rows.Text(i, column)); };
    participants.push_back({.name_space = text(0),
                            .name = text(1),
                            .target = text(2),
                            .service = text(3),
                            .tls = rows.Bool(i, 4),
                            .tls_files = {text(5), text(6), text(7)},
                            .max_in_flight = static_cast<std::uint32_t>(rows.Int(i, 8)),
                            .descriptors = rows.Bytes(i, 9),
                            .descriptors_uploaded = rows.Bool(i, 10),
                            .adapter = text(11),
                            .contract = rows.Bytes(i, 12),
                            .stands_in = {text(13), static_cast<std::uint32_t>(rows.Int(i, 14))},
                            .updated = FromMicros(rows.Int(i, 15))});
  }
  return participants;
}

Status PgCatalog::AddAuditEntry(const AuditEntry& entry) {
  PgParams params;
  AddAudit(params, entry);
  return pool_
      .ExecuteOnce(fmt::format("WITH {}, {} SELECT us FROM now", kNow, AuditSql(1, "true")), params)
      .status();
}

}  // namespace saga

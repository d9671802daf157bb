// What list, show, stuck and audit do.
#pragma once

#include <cstdint>
#include <string>

#include "admin/exit_code.h"
#include "admin/session.h"

namespace saga::admin {

struct ListFlags {
  std::string filter;
  std::string since;
  std::string state;
  std::string health;
  std::string definition;
  std::string page;
  std::int64_t limit = -1;  // -1 = not given.
  bool all = false;
  bool oldest_first = false;
};
Result<ExitCode> List(Session& session, const ListFlags& flags);

struct ShowFlags {
  std::string saga;
  bool timeline = false;
  bool payloads = false;
  bool watch = false;
};
Result<ExitCode> Show(Session& session, const ShowFlags& flags);

struct StuckFlags {
  std::string filter;
  bool fail_if_any = false;
};
Result<ExitCode> Stuck(Session& session, const StuckFlags& flags);

struct AuditFlags {
  std::string saga;
  std::string filter;
  std::string page;
  std::int64_t limit = 50;
};
Result<ExitCode> Audit(Session& session, const AuditFlags& flags);

}  // namespace saga::admin

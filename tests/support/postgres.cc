#include "support/postgres.h"

#include <fmt/format.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pqxx/pqxx>
#include <stdexcept>

#include "support/wait.h"

namespace saga::test {
namespace {

constexpr std::chrono::seconds kStartLimit{60};
constexpr std::chrono::seconds kStopLimit{30};
constexpr std::string_view kProgramsFolder = "/usr/lib/postgresql/15/bin";

std::string Program(std::string_view name) { return fmt::format("{}/{}", kProgramsFolder, name); }

// PostgreSQL refuses to run as root. Its package makes a user for it.
std::string ServerUser() {
  if (::geteuid() != 0) return "";
  return ::getpwnam("postgres") != nullptr ? "postgres" : "nobody";
}

void GiveFolderTo(const std::filesystem::path& folder, const std::string& user) {
  if (user.empty()) return;
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr || ::chown(folder.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
    throw std::runtime_error(fmt::format("cannot give {} to user '{}'", folder.string(), user));
  }
}

bool Answers(const std::string& conninfo) {
  try {
    pqxx::connection connection(conninfo);
    return true;
  } catch (const pqxx::failure&) {
    return false;
  }
}

}  // namespace

PrivatePostgres::PrivatePostgres(PostgresOptions options)
    : options_(std::move(options)), folder_(MakeTempFolder("sagapg")), user_(ServerUser()) {
  GiveFolderTo(folder_, user_);
  RunProgram({.argv = {Program("initdb"), "--pgdata", (folder_ / "data").string(), "--username",
                       "postgres", "--auth", "trust", "--locale", "C.UTF-8", "--encoding", "UTF8",
                       "--no-sync", "--no-instructions"},
              .user = user_},
             kStartLimit);
  Start();
}

PrivatePostgres::~PrivatePostgres() {
  KillHard();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

PrivatePostgres& PrivatePostgres::Shared() {
  static PrivatePostgres shared;
  return shared;
}

std::string PrivatePostgres::Conninfo(std::string_view database) const {
  return fmt::format("host={} user=postgres dbname={} connect_timeout=10", folder_.string(),
                     database);
}

std::filesystem::path PrivatePostgres::socket_path() const { return folder_ / ".s.PGSQL.5432"; }

std::string PrivatePostgres::CreateDatabase() {
  const std::string name = fmt::format("test_{}", ++databases_);
  Execute(Conninfo("postgres"), fmt::format("CREATE DATABASE {}", name));
  return Conninfo(name);
}

void PrivatePostgres::Execute(const std::string& conninfo, const std::string& sql) {
  pqxx::connection connection(conninfo);
  pqxx::nontransaction session(connection);
  session.exec(sql);
}

void PrivatePostgres::Start() {
  server_ = std::make_unique<ChildProcess>(ProcessOptions{.argv = ServerCommand(), .user = user_});
  const std::string conninfo = Conninfo("postgres");
  const bool ready =
      WaitUntil(kStartLimit, [&] { return !server_->IsRunning() || Answers(conninfo); });
  if (!ready || !server_->IsRunning()) {
    throw std::runtime_error("PostgreSQL did not start:\n" + server_->Output());
  }
}

void PrivatePostgres::Stop() {
  server_->Signal(SIGINT);
  if (!server_->Wait(kStopLimit).has_value()) {
    throw std::runtime_error("PostgreSQL did not stop:\n" + server_->Output());
  }
}

void PrivatePostgres::Restart() {
  Stop();
  Start();
}

void PrivatePostgres::KillHard() {
  if (server_ == nullptr || !server_->IsRunning()) return;
  const std::vector<pid_t> pids = AllPids();
  server_->KillHard();
  for (const pid_t pid : pids) ::kill(pid, SIGKILL);
  // A session that is still there would keep the new server from starting.
  WaitUntil(kStopLimit, [&] {
    for (const pid_t pid : pids) {
      if (ProcessIsAlive(pid)) return false;
    }
    return true;
  });
}

void PrivatePostgres::Freeze() {
  // The server first, so that it makes no more sessions.
  server_->Freeze();
  for (const pid_t pid : AllPids()) ::kill(pid, SIGSTOP);
}

void PrivatePostgres::Thaw() {
  for (const pid_t pid : AllPids()) ::kill(pid, SIGCONT);
  server_->Thaw();
}

std::vector<std::string> PrivatePostgres::ServerCommand() const {
  std::vector<std::string> settings = {
      "listen_addresses=",
      "unix_socket_directories=" + folder_.string(),
      "max_connections=100",
      "shared_buffers=64MB",
      // After a crash: one call instead of an fsync of each of a thousand files.
      "recovery_init_sync_method=syncfs",
      fmt::format("fsync={}", options_.durability == Durability::kFsync ? "on" : "off"),
  };
  settings.insert(settings.end(), options_.settings.begin(), options_.settings.end());
  std::vector<std::string> command = {Program("postgres"), "-D", (folder_ / "data").string()};
  for (const std::string& setting : settings) {
    command.emplace_back("-c");
    command.push_back(setting);
  }
  return command;
}

std::vector<pid_t> PrivatePostgres::AllPids() const {
  std::vector<pid_t> pids = ChildrenOf(server_->pid());
  pids.push_back(server_->pid());
  return pids;
}

}  // namespace saga::test

#include "support/postgres.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <pqxx/pqxx>
#include <string>

#include "support/tcp_proxy.h"

namespace saga::test {
namespace {

std::string Ask(const std::string& conninfo, const std::string& sql) {
  pqxx::connection connection(conninfo);
  pqxx::nontransaction session(connection);
  return session.exec(sql)[0][0].as<std::string>();
}

TEST(PrivatePostgresTest, ServesOnItsSocketOnlyAndNotAsRoot) {
  const std::string conninfo = PrivatePostgres::Shared().CreateDatabase();

  EXPECT_EQ(Ask(conninfo, "SHOW listen_addresses"), "");
  EXPECT_EQ(Ask(conninfo, "SHOW fsync"), "on");
  EXPECT_EQ(Ask(conninfo, "SHOW server_encoding"), "UTF8");
}

TEST(PrivatePostgresTest, DatabasesAreSeparate) {
  const std::string one = PrivatePostgres::Shared().CreateDatabase();
  const std::string other = PrivatePostgres::Shared().CreateDatabase();
  PrivatePostgres::Execute(one, "CREATE TABLE t (x int)");

  EXPECT_EQ(Ask(one, "SELECT count(*) FROM pg_class WHERE relname = 't'"), "1");
  EXPECT_EQ(Ask(other, "SELECT count(*) FROM pg_class WHERE relname = 't'"), "0");
}

TEST(PrivatePostgresTest, CommittedRowsSurviveAHardKillAndARestart) {
  PrivatePostgres& postgres = PrivatePostgres::Shared();
  const std::string conninfo = postgres.CreateDatabase();
  PrivatePostgres::Execute(conninfo, "CREATE TABLE t AS SELECT 7 AS x");

  postgres.KillHard();
  EXPECT_THROW(Ask(conninfo, "SELECT 1"), pqxx::failure);
  postgres.Start();
  EXPECT_EQ(Ask(conninfo, "SELECT x FROM t"), "7");

  postgres.Restart();
  EXPECT_EQ(Ask(conninfo, "SELECT x FROM t"), "7");
}

TEST(PrivatePostgresTest, FrozenServerAnswersAfterThaw) {
  PrivatePostgres& postgres = PrivatePostgres::Shared();
  const std::string conninfo = postgres.CreateDatabase();

  postgres.Freeze();
  std::future<std::string> answer =
      std::async(std::launch::async, [&] { return Ask(conninfo, "SELECT 1"); });
  EXPECT_EQ(answer.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
  postgres.Thaw();

  EXPECT_EQ(answer.get(), "1");
}

TEST(PrivatePostgresTest, IsReachedThroughAProxy) {
  PrivatePostgres& postgres = PrivatePostgres::Shared();
  TcpProxy proxy(postgres.socket_path());
  const std::string conninfo =
      "host=127.0.0.1 user=postgres dbname=postgres port=" + std::to_string(proxy.port());

  EXPECT_EQ(Ask(conninfo, "SELECT 5"), "5");
}

}  // namespace
}  // namespace saga::test

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "integration/server/sagad_fixture.h"

namespace saga::test {
namespace {

using ::testing::HasSubstr;

// Runs sagad to its end.
struct Outcome {
  std::optional<int> code;
  std::string output;
};

Outcome RunSagad(std::vector<std::string> arguments,
                 std::map<std::string, std::string> environment = {}) {
  arguments.insert(arguments.begin(), SagadBinary());
  ChildProcess process({.argv = std::move(arguments), .environment = std::move(environment)});
  const std::optional<int> code = process.Wait(kPatience);
  return {code, process.Output()};
}

// Serves on any free ports unless `arguments` say where.
Outcome Serve(const std::string& conninfo, std::vector<std::string> arguments = {}) {
  const auto given = [&](std::string_view flag) {
    return std::any_of(arguments.begin(), arguments.end(),
                       [&](const std::string& argument) { return argument.starts_with(flag); });
  };
  for (const char* flag : {"--api.listen=", "--ops.listen="}) {
    if (!given(flag)) arguments.push_back(std::string(flag) + "127.0.0.1:0");
  }
  arguments.push_back("--store.url=" + conninfo);
  return RunSagad(std::move(arguments));
}

std::string AnyDatabase() { return PrivatePostgres::Shared().CreateDatabase(); }

TEST(StartErrorsTest, ATakenPortIsNamedAndNothingIsHalfDone) {
  Sagad first(AnyDatabase());
  first.WaitUntilReady();
  const std::string untouched = AnyDatabase();

  const Outcome api = Serve(untouched, {"--api.listen=" + first.api()});
  EXPECT_EQ(api.code, 1);
  EXPECT_THAT(api.output, HasSubstr("api.listen: cannot listen on " + first.api()));

  const Outcome ops = Serve(untouched, {"--ops.listen=" + first.ops()});
  EXPECT_EQ(ops.code, 1);
  EXPECT_THAT(ops.output, HasSubstr("ops.listen: cannot listen on " + first.ops()));

  const Outcome status = RunSagad({"migrate", "status", "--store.url=" + untouched});
  EXPECT_THAT(status.output, HasSubstr("schema 0 of"));
}

TEST(StartErrorsTest, AWrongConfigurationEndsWithTwo) {
  EXPECT_EQ(RunSagad({"--store.ulr=x"}).code, 2);
  EXPECT_THAT(RunSagad({"--store.ulr=x"}).output, HasSubstr("did you mean '--store.url'?"));
  EXPECT_EQ(RunSagad({"--drain.timeout=25"}).code, 2);
  EXPECT_EQ(RunSagad({"config", "check"}, {{"SAGAD_LOG_LEVEL", "loud"}}).code, 2);
  EXPECT_EQ(RunSagad({"--config=/nowhere/sagad.yaml"}).code, 2);

  const std::filesystem::path folder = MakeTempFolder("sagad-config");
  std::ofstream(folder / "sagad.yaml") << "store:\n  urll: x\n";
  const Outcome file =
      RunSagad({"config", "check", "--config=" + (folder / "sagad.yaml").string()});
  EXPECT_EQ(file.code, 2);
  EXPECT_THAT(file.output, HasSubstr("sagad.yaml:2:3: unknown key 'store.urll'"));
  std::filesystem::remove_all(folder);
}

TEST(StartErrorsTest, ADatabaseThatSaysNoEndsItAtOnce) {
  const std::string conninfo = PrivatePostgres::Shared().Conninfo("no_such_database");

  const Outcome outcome = Serve(conninfo, {"--store.wait=1h"});

  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("the database refuses the connection"));
  EXPECT_THAT(outcome.output, HasSubstr("no_such_database"));
}

TEST(StartErrorsTest, AUrlThatIsNoneEndsItAtOnce) {
  const Outcome outcome = Serve("host=/tmp hots=x", {"--store.wait=1h"});

  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("store.url"));
}

TEST(StartErrorsTest, ADatabaseThatIsAwayIsWaitedForAndThenGivenUp) {
  const Outcome outcome = Serve("host=/tmp/no-such-folder dbname=x", {"--store.wait=1s"});

  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("waiting for the database"));
  EXPECT_THAT(outcome.output, HasSubstr("cannot be reached (waited 1s"));
}

TEST(StartErrorsTest, ADatabaseThatComesLaterIsFound) {
  PrivatePostgres postgres({.durability = Durability::kNoFsync});
  const std::string conninfo = postgres.CreateDatabase();
  postgres.Stop();
  Sagad sagad(conninfo, {"--store.wait=1m"});
  ASSERT_TRUE(sagad.process().WaitForOutput("waiting for the database", kPatience));

  postgres.Start();

  sagad.WaitUntilReady();
}

TEST(StartErrorsTest, ProductionNeverMigratesByItself) {
  const std::string conninfo = AnyDatabase();
  const Outcome refused = Serve(conninfo, {"--profile=production"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.output, HasSubstr("sagad migrate apply"));

  EXPECT_THAT(RunSagad({"migrate", "plan", "--store.url=" + conninfo}).output,
              HasSubstr("CREATE TABLE"));
  EXPECT_EQ(RunSagad({"migrate", "apply", "--store.url=" + conninfo}).code, 0);
  Sagad sagad(conninfo, {"--profile=production"});
  sagad.WaitUntilReady();
}

TEST(StartErrorsTest, TheConstantsOfAClusterCannotBeChanged) {
  const std::string conninfo = AnyDatabase();
  {
    Sagad first(conninfo);
    first.WaitUntilReady();
  }
  {
    Sagad again(conninfo, {"--cluster.shards=0"});
    again.WaitUntilReady();  // It takes over what the database keeps.
  }
  const Outcome outcome = Serve(conninfo, {"--cluster.shards=5", "--store.connections_max=20"});

  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("cluster.shards"));
}

TEST(StartErrorsTest, ThePasswordComesFromAFileAndAMissingFileIsTold) {
  const Outcome outcome = Serve(AnyDatabase(), {"--store.password_file=/nowhere"});

  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("store.password_file: /nowhere cannot be read"));
}

TEST(StartErrorsTest, AKafkaThatIsAwayKeepsNobodyFromStartingOrStopping) {
  Sagad sagad(AnyDatabase(), {"--kafka.mode=kafka", "--kafka.brokers=127.0.0.1:1"});
  sagad.WaitUntilReady();

  EXPECT_EQ(sagad.process().Terminate(std::chrono::seconds(15)), 0) << sagad.process().Output();
}

}  // namespace
}  // namespace saga::test

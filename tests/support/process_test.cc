#include "support/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "support/wait.h"

namespace saga::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

TEST(ChildProcessTest, ExitCodeAndOutputOfAnEndedProgramAreKnown) {
  ChildProcess process({.argv = {"sh", "-c", "echo out; echo error >&2; exit 3"}});

  EXPECT_EQ(process.Wait(seconds(10)), 3);
  EXPECT_EQ(process.Output(), "out\nerror\n");
  EXPECT_FALSE(process.IsRunning());
}

TEST(ChildProcessTest, EnvironmentIsAddedToTheTestsOwn) {
  ::setenv("SAGA_TEST_KEPT", "kept", 1);
  ChildProcess process({.argv = {"sh", "-c", "echo $SAGA_TEST_KEPT $SAGA_TEST_ADDED"},
                        .environment = {{"SAGA_TEST_ADDED", "added"}}});

  EXPECT_EQ(process.Wait(seconds(10)), 0);
  EXPECT_EQ(process.Output(), "kept added\n");
}

TEST(ChildProcessTest, WaitGivesUpOnARunningProgram) {
  ChildProcess process({.argv = {"sleep", "600"}});

  EXPECT_EQ(process.Wait(milliseconds(20)), std::nullopt);
  EXPECT_TRUE(process.IsRunning());
}

TEST(ChildProcessTest, KilledProgramIsReapedAndNamesItsSignal) {
  ChildProcess process({.argv = {"sleep", "600"}});

  process.KillHard();

  EXPECT_EQ(process.Wait(milliseconds(0)), 128 + 9);
  EXPECT_FALSE(ProcessIsAlive(process.pid()));
}

TEST(ChildProcessTest, FrozenProgramGoesOnAfterThaw) {
  ChildProcess process(
      {.argv = {"sh", "-c",
                "trap 'echo term; exit 0' TERM; echo up; while :; do sleep 0.01; done"}});
  ASSERT_TRUE(process.WaitForOutput("up", seconds(10)));

  process.Freeze();
  EXPECT_EQ(process.Terminate(milliseconds(100)), std::nullopt);
  process.Thaw();

  EXPECT_EQ(process.Wait(seconds(10)), 0);
  EXPECT_THAT(process.Output(), HasSubstr("term"));
}

TEST(ChildProcessTest, DestructorLeavesNoProcessBehind) {
  pid_t pid = 0;
  {
    ChildProcess process({.argv = {"sleep", "600"}});
    pid = process.pid();
    ASSERT_TRUE(ProcessIsAlive(pid));
    EXPECT_THAT(ChildrenOf(::getpid()), ::testing::Contains(pid));
  }
  EXPECT_FALSE(ProcessIsAlive(pid));
}

TEST(ChildProcessTest, ProgramThatIsNotThereEndsWith127) {
  ChildProcess process({.argv = {"/nonexistent/program"}});

  EXPECT_EQ(process.Wait(seconds(10)), 127);
}

TEST(RunProgramTest, FailureCarriesWhatTheProgramPrinted) {
  try {
    RunProgram({.argv = {"sh", "-c", "echo the reason; exit 1"}}, seconds(10));
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the reason"));
  }
}

TEST(FreePortTest, NobodyAnswersThere) { EXPECT_FALSE(PortAnswers(FreePort())); }

TEST(WaitUntilTest, TellsWhetherTheConditionHeld) {
  int asked = 0;

  EXPECT_TRUE(WaitUntil(seconds(10), [&] { return ++asked == 3; }));
  EXPECT_FALSE(WaitUntil(milliseconds(10), [] { return false; }));
}

}  // namespace
}  // namespace saga::test

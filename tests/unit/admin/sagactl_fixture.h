// sagactl as a person runs it, against a sagad in memory.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "admin/app.h"
#include "unit/admin/fake_sagad.h"
#include "unit/admin/samples.h"

namespace saga::admin::test {

// Runs sagactl against a fake server and keeps what it printed.
class SagactlTest : public ::testing::Test {
 protected:
  void SetUp() override { setenv("TZ", "UTC", 1); }

  ExitCode Run(const std::vector<std::string>& arguments, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    const Environment environment{
        .terminal = {.in = in, .out = out, .err = err, .in_is_tty = in_is_tty_, .width = width_},
        .env = [this](const std::string& name) -> std::optional<std::string> {
          const auto found = env_.find(name);
          if (found == env_.end()) return std::nullopt;
          return found->second;
        },
        .argv0 = "./sagactl",
        .login = "alice",
        .now = [] { return kNow; },
        .connect =
            [this](const std::string& server) {
              server_ = server;
              return sagad_.Channel();
            }};
    const ExitCode code = RunSagactl(arguments, environment);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  std::string WriteFile(const std::string& name, const std::string& bytes) {
    // Of this process: test programs that run beside each other name their files alike.
    const std::filesystem::path folder =
        std::filesystem::path(::testing::TempDir()) / ("sagactl-test-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    const std::string path = folder / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  FakeSagad sagad_;
  std::map<std::string, std::string> env_;
  bool in_is_tty_ = false;
  std::size_t width_ = kUnlimitedWidth;
  std::string out_;
  std::string err_;
  std::string server_;
};

}  // namespace saga::admin::test

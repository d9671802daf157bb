// saga-demo-check: whether money, stock, sagas and events of the demo shop add up.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <thread>

#include "participants/demo/check/check_flow.h"
#include "participants/demo/check/read_databases.h"
#include "participants/demo/check/read_topic.h"
#include "participants/demo/check/report.h"

namespace saga::demo {
namespace {

constexpr int kViolated = 1;
constexpr int kUsage = 2;
constexpr int kUnavailable = 3;
constexpr std::chrono::milliseconds kRepeatEvery{500};

struct Options {
  DatabaseOptions databases;
  TopicOptions topic;
  std::string acknowledged;
  FlowRun run;  // Instead of the checkout's invariants.
  int wait_seconds = 0;
};

struct Outcome {
  Report report;
  Status events;  // Why they could not be checked, though they were asked for.
};

Result<Outcome> CheckOnce(const Options& options) {
  Evidence evidence;
  Outcome outcome;
  if (options.run.flow != nullptr) {
    SAGA_ASSIGN_OR_RETURN(outcome.report, CheckFlow(options.databases, options.run));
    return outcome;
  }
  SAGA_RETURN_IF_ERROR(ReadDatabases(options.databases, evidence));
  if (!options.acknowledged.empty()) {
    SAGA_RETURN_IF_ERROR(ReadAcknowledged(options.acknowledged, evidence));
  }
  if (!options.topic.brokers.empty()) outcome.events = ReadTopic(options.topic, evidence);
  if (!outcome.events.ok()) evidence.events.reset();
  outcome.report = CheckAll(evidence);
  return outcome;
}

int Print(const Result<Outcome>& outcome) {
  if (outcome.ok()) fmt::print("{}", outcome->report.text);
  const Status trouble = outcome.ok() ? outcome->events : outcome.status();
  if (!trouble.ok()) {
    std::fflush(stdout);
    fmt::print(stderr, "saga-demo-check: {}\n", trouble.ToString());
  }
  if (outcome.ok() && outcome->report.violated > 0) return kViolated;
  return trouble.ok() ? 0 : kUnavailable;
}

// Until all holds or the time is over: sagas may still run, and events may still be on their way.
int Run(const Options& options) {
  const auto give_up =
      std::chrono::steady_clock::now() + std::chrono::seconds(options.wait_seconds);
  while (true) {
    const Result<Outcome> outcome = CheckOnce(options);
    const bool holds = outcome.ok() && outcome->events.ok() && outcome->report.violated == 0;
    if (holds || std::chrono::steady_clock::now() >= give_up) return Print(outcome);
    std::this_thread::sleep_for(kRepeatEvery);
  }
}

int Main(int argc, char** argv) {
  CLI::App app("Whether money, stock, sagas and events of the demo shop add up.");
  Options options;
  app.add_option("--sagad-database", options.databases.sagad, "libpq conninfo of sagad's")
      ->required();
  app.add_option("--database", options.databases.shop, "libpq conninfo of the participants'")
      ->required();
  app.add_option("--brokers", options.topic.brokers, "Kafka; without it no events are checked");
  app.add_option("--topic", options.topic.topic, "of the events")->capture_default_str();
  app.add_option("--acknowledged", options.acknowledged, "what saga-demo-load wrote");
  app.add_option("--namespace", options.databases.name_space, "of the sagas")
      ->capture_default_str();
  app.add_option("--definition", options.databases.definition, "of the sagas")
      ->capture_default_str();
  std::string flow;
  app.add_option("--flow", flow, "a run of a flagship flow: " + FlowCheckNames())
      ->check([](const std::string& name) {
        return FindFlowCheck(name) != nullptr
                   ? std::string()
                   : fmt::format("no flow '{}'; there are {}", name, FlowCheckNames());
      });
  app.add_option("--prefix", options.run.prefix, "of the saga ids of --flow");
  app.add_option("--sagas", options.run.sagas_expected, "that --flow must find; 0 = any number");
  app.add_option("--wait", options.wait_seconds, "seconds within which all must come to hold")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  if (!flow.empty()) options.run.flow = FindFlowCheck(flow);
  return Run(options);
}

}  // namespace
}  // namespace saga::demo

int main(int argc, char** argv) { return saga::demo::Main(argc, argv); }

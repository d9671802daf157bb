// The tree of commands: what CLI11 parses, and what runs.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "admin/exit_code.h"
#include "admin/session.h"
#include "admin/settings.h"

namespace saga::admin {

using Command = std::function<Result<ExitCode>(Session&)>;

// Groups of commands in help, in this order.
inline constexpr const char* kInspectGroup = "INSPECT";
inline constexpr const char* kActGroup = "ACT";
inline constexpr const char* kStartGroup = "START";
inline constexpr const char* kDefineGroup = "DEFINE";
inline constexpr const char* kPeersGroup = "PEERS";
inline constexpr const char* kOperateGroup = "OPERATE";
inline constexpr const char* kSetupGroup = "SETUP";

// Owns the tree. Parsing it chooses at most one command; nothing runs while it is parsed.
class Commands final {
 public:
  Commands();
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  CLI::App& root() { return root_; }
  const CLI::App& root() const { return root_; }
  const GlobalFlags& flags() const { return flags_; }

  CLI::App& Add(const char* group, const std::string& name, const std::string& description) {
    return *root_.add_subcommand(name, description)->group(group);
  }
  void Runs(CLI::App& command, Command run) {
    command.callback([this, run = std::move(run)] { chosen_ = run; });
  }
  // Empty when only a group was named, or nothing at all.
  const Command& chosen() const { return chosen_; }

 private:
  void AddGlobalFlags();

  CLI::App root_;
  GlobalFlags flags_;
  Command chosen_;
};

// One function per file of commands.
void AddInspectCommands(Commands& commands);  // list show stuck audit
void AddFollowCommands(Commands& commands);   // watch wait
void AddActCommands(Commands& commands);      // retry skip compensate resolve pause resume cancel
void AddStartCommand(Commands& commands);     // start
void AddNewsCommands(Commands& commands);     // signal report
void AddDefinitionCommands(Commands& commands);                      // definitions …
void AddLintCommand(Commands& commands, CLI::App& definitions);      // definitions lint
void AddSimulateCommand(Commands& commands, CLI::App& definitions);  // definitions simulate
void AddDiffCommand(Commands& commands, CLI::App& definitions);      // definitions diff
void AddParticipantCommands(Commands& commands);                     // participants …
void AddHelpCommands(Commands& commands);                            // version help
void AddServerCommands(Commands& commands);                          // server status

}  // namespace saga::admin

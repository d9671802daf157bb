// What a command works with: settings, the terminal, the server.
#pragma once

#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <string>

#include "admin/client.h"
#include "admin/json.h"
#include "admin/paint.h"
#include "admin/settings.h"
#include "admin/table.h"
#include "admin/times.h"

namespace saga::admin {

// The terminal, or what stands in for it.
struct Terminal {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool in_is_tty = false;
  bool out_is_tty = false;
  bool err_is_tty = false;
  std::size_t width = kUnlimitedWidth;  // Unlimited when `out` is no terminal.
};

// What the program gets from outside. Everything in it outlives the session.
struct Environment {
  Terminal terminal;
  GetEnv env;
  std::string argv0;  // As the user typed it.
  std::string login;  // Who the user is, as far as the system knows.
  std::function<TimePoint()> now;
  std::function<std::shared_ptr<grpc::Channel>(const std::string& server)> connect;
};

// One run of sagactl.
//
// Threads:  one.
// Owns:     the connection, made at the first use. Borrows the environment.
class Session final {
 public:
  Session(const Environment& environment, Settings settings)
      : environment_(environment), settings_(std::move(settings)) {}

  const Settings& settings() const { return settings_; }
  const Terminal& terminal() const { return environment_.terminal; }
  std::ostream& out() const { return environment_.terminal.out; }
  std::ostream& err() const { return environment_.terminal.err; }
  const std::string& argv0() const { return environment_.argv0; }
  TimePoint now() const { return environment_.now(); }

  Client& client();
  Paint paint() const;
  Paint error_paint() const;
  TimeFormat times() const { return TimeFormat(settings_.time, now()); }
  TableLayout layout() const;

  // True for -o json, jsonl and ids: nothing but data may go to standard output.
  bool is_for_programs() const;
  // Prints `message` as -o json or jsonl says. Requires: one of these was asked for.
  void PrintJson(const google::protobuf::Message& message) const;
  // A line for people, on standard error; not with --quiet.
  void Note(const std::string& line) const;
  // True when a person can be asked.
  bool CanAsk() const { return environment_.terminal.in_is_tty && !settings_.no_input; }
  // Asks on standard error, reads a line from standard input; empty at its end.
  std::string Ask(const std::string& question) const;

 private:
  const Environment& environment_;
  Settings settings_;
  std::unique_ptr<Client> client_;
};

}  // namespace saga::admin

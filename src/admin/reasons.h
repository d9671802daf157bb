// What each stable reason means and what to do about it: for errors, for stuck sagas, and for
// `sagactl help REASON`.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace saga::admin {

struct ReasonHelp {
  std::string_view reason;
  std::string_view hint;     // One sentence below the error; "{sagactl}" stands for the program.
  std::string_view meaning;  // What happened, and what to do.
};

// By reason, sorted.
std::span<const ReasonHelp> AllReasons();
// Null when there is no help for it.
const ReasonHelp* FindReason(std::string_view reason);

// `text` with the program as the user typed it.
std::string WithArgv0(std::string_view text, std::string_view argv0);

}  // namespace saga::admin

// An adapter as its author writes it (YAML or JSON).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "definition/loader.h"

namespace saga {

// An error in the contract's terms.
struct AdapterError {
  std::optional<StatusCode> code;  // Absent = the participant's own.
  std::string reason;              // Of google.rpc.ErrorInfo.
};

// What an answer of OK says in the contract's terms: the method's answer, or an error.
struct AdapterAnswer {
  std::string when;  // Empty = always.
  Mapping answer;
  std::optional<AdapterError> error;
  std::string path;
};

// One method of the contract.
struct AdapterMethod {
  std::string contract;  // As written: "Authorize" or "pkg.Service/Authorize".
  std::string own;       // The participant's own method.
  Mapping request;
  std::vector<AdapterAnswer> answers;          // The first one that holds counts.
  std::map<std::string, AdapterError> errors;  // By its own reason, or the name of its code.
  std::string path;
};

struct LoadedAdapter {
  std::vector<AdapterMethod> methods;
  LoadedDefinition source;  // Places and diagnostics only; with errors, nothing is to be used.
};

// As strict as LoadDefinition. Never throws.
LoadedAdapter LoadAdapter(std::string_view source);

}  // namespace saga

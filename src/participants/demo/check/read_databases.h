// The shop's tables and sagad's rows, read as evidence.
#pragma once

#include <string>

#include "base/status.h"
#include "participants/demo/check/evidence.h"

namespace saga::demo {

struct DatabaseOptions {
  std::string sagad;  // libpq conninfo.
  std::string shop;   // libpq conninfo.
  std::string name_space = "default";
  std::string definition = "checkout";
};

// sagad's rows are read first, and then all four schemas in one snapshot.
// Errors:    UNAVAILABLE DATABASE_UNAVAILABLE.
Status ReadDatabases(const DatabaseOptions& options, Evidence& evidence);

// Reads a file with one saga id a line, as saga-demo-load writes it.
Status ReadAcknowledged(const std::string& path, Evidence& evidence);

}  // namespace saga::demo

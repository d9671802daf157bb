// The table "What becomes of a saga" of docs/semantics.md: what a reader is promised.
#pragma once

#include <string>
#include <vector>

namespace saga::testing {

// One line. Each of the first four holds alternatives, or "any".
struct OutcomeRow {
  int line = 0;  // In the file.
  std::vector<std::string> steps;
  std::vector<std::string> operations;
  std::vector<std::string> places;
  std::vector<std::string> faults;
  std::string end;
  std::string effect;
};

// What is looked up in it.
struct OutcomeQuestion {
  std::string step;
  std::string operation;
  std::string place;
  std::string fault;
};

std::vector<OutcomeRow> ReadOutcomeTable(const std::string& path);

// The first row that fits, as a reader would find it; null = none does.
const OutcomeRow* Find(const std::vector<OutcomeRow>& table, const OutcomeQuestion& question);

}  // namespace saga::testing

#include "unit/core/outcome_table.h"

#include <algorithm>
#include <fstream>

#include "unit/core/scenario_text.h"

namespace saga::testing {
namespace {

const std::string kHeading = "## What becomes of a saga";

// "silent" stands for "silent (done)" and "silent (not done)".
std::string WithoutRemark(const std::string& text) { return Trim(text.substr(0, text.find('('))); }

bool Fits(const std::vector<std::string>& alternatives, const std::string& value) {
  return std::any_of(alternatives.begin(), alternatives.end(), [&](const std::string& text) {
    return text == "any" || text == value || text == WithoutRemark(value);
  });
}

}  // namespace

std::vector<OutcomeRow> ReadOutcomeTable(const std::string& path) {
  std::ifstream file(path);
  std::vector<OutcomeRow> rows;
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.rfind("## ", 0) == 0) inside = line == kHeading;
    if (!inside || line.rfind("| ", 0) != 0) continue;
    const std::vector<std::string> cells = Split(line.substr(1), '|');
    if (cells.size() != 6 || cells[0] == "step") continue;
    rows.push_back({number, Split(cells[0], ','), Split(cells[1], ','), Split(cells[2], ','),
                    Split(cells[3], ','), cells[4], cells[5]});
  }
  return rows;
}

const OutcomeRow* Find(const std::vector<OutcomeRow>& table, const OutcomeQuestion& question) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const OutcomeRow& row) {
    return Fits(row.steps, question.step) && Fits(row.operations, question.operation) &&
           Fits(row.places, question.place) && Fits(row.faults, question.fault);
  });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace saga::testing

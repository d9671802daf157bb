// Tables that fit the terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "admin/paint.h"
#include "base/status.h"

namespace saga::admin {

enum class Align : std::uint8_t { kLeft, kRight };
enum class Shown : std::uint8_t { kAlways, kWide };  // kWide: only by -o wide or --columns.

struct Column {
  std::string title;
  Align align = Align::kLeft;
  Shown shown = Shown::kAlways;
  std::size_t width_min = 0;   // May be cut to this many columns; 0 = never cut.
  std::uint8_t drop_rank = 0;  // Left out when cutting is not enough, highest first; 0 = never.
};

struct Cell {
  std::string text;
  Tone tone = Tone::kPlain;
};

inline constexpr std::size_t kUnlimitedWidth = 0;

enum class Titles : std::uint8_t { kShown, kHidden };

struct TableLayout {
  std::size_t width = kUnlimitedWidth;  // Of the terminal.
  Shown shown = Shown::kAlways;         // kWide = with all columns, never cut.
  std::vector<std::string> columns;     // Titles in lower case, in this order; empty = as `shown`.
  Titles titles = Titles::kShown;
  std::size_t indent = 0;
};

// Rows of cells under titles, two spaces apart, no lines drawn.
//
// Promises:  no row is wider than `width` as long as the columns that are never cut or dropped fit.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Requires: one cell for each column.
  void Add(std::vector<Cell> cells);
  bool empty() const { return rows_.empty(); }

  // Errors: INVALID_ARGUMENT for an unknown name in `layout.columns`.
  Result<std::string> Render(const TableLayout& layout, const Paint& paint) const;
  // The columns that are always shown, as wide as they need to be: for measuring.
  std::size_t NaturalWidth() const;

 private:
  struct Chosen {
    std::size_t column;
    std::size_t width;
  };

  Result<std::vector<Chosen>> Choose(const TableLayout& layout) const;
  void Fit(std::vector<Chosen>& chosen, std::size_t width) const;
  std::size_t WidthOfColumn(std::size_t column, Titles titles) const;
  std::string RenderLine(const std::vector<Chosen>& chosen, const std::vector<Cell>& cells,
                         std::size_t indent, const Paint& paint) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace saga::admin

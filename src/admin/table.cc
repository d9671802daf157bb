#include "admin/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "admin/text.h"
#include "base/check.h"
#include "base/suggest.h"

namespace saga::admin {
namespace {

constexpr std::size_t kGap = 2;

std::string NameOf(const Column& column) {
  std::string name = Lower(column.title);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

}  // namespace

void Table::Add(std::vector<Cell> cells) {
  SAGA_CHECK(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::size_t Table::WidthOfColumn(std::size_t column, Titles titles) const {
  std::size_t width = titles == Titles::kShown ? DisplayWidth(columns_[column].title) : 0;
  for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[column].text));
  return width;
}

std::size_t Table::NaturalWidth() const {
  std::size_t total = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].shown != Shown::kAlways) continue;
    total += WidthOfColumn(i, Titles::kShown) + (total == 0 ? 0 : kGap);
  }
  return total;
}

Result<std::vector<Table::Chosen>> Table::Choose(const TableLayout& layout) const {
  std::vector<Chosen> chosen;
  if (layout.columns.empty()) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (layout.shown == Shown::kWide || columns_[i].shown == Shown::kAlways) {
        chosen.push_back({i, WidthOfColumn(i, layout.titles)});
      }
    }
    return chosen;
  }
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(NameOf(column));
  for (const std::string& wanted : layout.columns) {
    const auto found = std::find(names.begin(), names.end(), Lower(wanted));
    if (found == names.end()) {
      return InvalidField("--columns", fmt::format("there is no column '{}'{}; columns: {}", wanted,
                                                   DidYouMean(wanted, names), Join(names, ", ")));
    }
    const auto column = static_cast<std::size_t>(found - names.begin());
    chosen.push_back({column, WidthOfColumn(column, layout.titles)});
  }
  return chosen;
}

// Cuts the columns that have most to give, then leaves out the least important one and begins anew.
void Table::Fit(std::vector<Chosen>& chosen, std::size_t width) const {
  const std::vector<Chosen> natural = chosen;
  for (;;) {
    std::size_t total = chosen.empty() ? 0 : kGap * (chosen.size() - 1);
    for (const Chosen& c : chosen) total += c.width;
    while (total > width) {
      Chosen* widest = nullptr;
      for (Chosen& c : chosen) {
        const std::size_t least = columns_[c.column].width_min;
        if (least == 0 || c.width <= least) continue;
        if (widest == nullptr ||
            c.width - least > widest->width - columns_[widest->column].width_min) {
          widest = &c;
        }
      }
      if (widest == nullptr) break;
      --widest->width;
      --total;
    }
    if (total <= width) return;

    const auto least =
        std::max_element(chosen.begin(), chosen.end(), [this](const Chosen& a, const Chosen& b) {
          return columns_[a.column].drop_rank < columns_[b.column].drop_rank;
        });
    if (least == chosen.end() || columns_[least->column].drop_rank == 0) return;
    chosen.erase(least);
    for (Chosen& c : chosen) {
      c.width = std::find_if(natural.begin(), natural.end(), [&](const Chosen& n) {
                  return n.column == c.column;
                })->width;
    }
  }
}

std::string Table::RenderLine(const std::vector<Chosen>& chosen, const std::vector<Cell>& cells,
                              std::size_t indent, const Paint& paint) const {
  std::string line(indent, ' ');
  std::size_t pending = 0;  // Spaces that are written only when something follows.
  for (const Chosen& c : chosen) {
    const Cell& cell = cells[c.column];
    const std::string text = Shorten(cell.text, c.width);
    const std::size_t fill = c.width - std::min(c.width, DisplayWidth(text));
    const bool right = columns_[c.column].align == Align::kRight;
    if (right) pending += fill;
    if (!text.empty()) {
      line += std::string(pending, ' ') + paint(cell.tone, text);
      pending = 0;
    }
    if (!right || text.empty()) pending += right ? 0 : fill;
    pending += kGap;
  }
  return line + "\n";
}

Result<std::string> Table::Render(const TableLayout& layout, const Paint& paint) const {
  SAGA_ASSIGN_OR_RETURN(std::vector<Chosen> chosen, Choose(layout));
  if (layout.width != kUnlimitedWidth && layout.shown != Shown::kWide) {
    Fit(chosen, layout.width - std::min(layout.width, layout.indent));
  }
  std::string text;
  if (layout.titles == Titles::kShown) {
    std::vector<Cell> titles;
    for (const Column& column : columns_) titles.push_back({column.title, Tone::kDim});
    text += RenderLine(chosen, titles, layout.indent, paint);
  }
  for (const auto& row : rows_) text += RenderLine(chosen, row, layout.indent, paint);
  return text;
}

}  // namespace saga::admin

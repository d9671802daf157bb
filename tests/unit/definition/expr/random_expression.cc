#include "random_expression.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace saga::expr::test {
namespace {

constexpr int kDepth = 5;

// In patterns, a letter in braces is an expression of a type: {b} bool, {i} int, {u} uint, {d}
// double, {s} string, {y} bytes, {t} timestamp, {p} duration, {l} list(int), {k} list(string), {m}
// map(string, int), {x} dyn.
constexpr std::string_view kLetters = "biudsytplkmx";

// By the order of Kind.
constexpr std::string_view kBoolPatterns[] = {"{b} && {b}",
                                              "{b} || {b}",
                                              "!({b})",
                                              "{i} == {i}",
                                              "{i} != {i}",
                                              "{i} < {i}",
                                              "{i} <= {u}",
                                              "{u} > {d}",
                                              "{d} >= {i}",
                                              "{s} == {s}",
                                              "{s} < {s}",
                                              "{y} < {y}",
                                              "{t} < {t}",
                                              "{p} >= {p}",
                                              "{l} == {l}",
                                              "{m} == {m}",
                                              "dyn({x}) == dyn({x})",
                                              "dyn({x}) != {i}",
                                              "{i} in {l}",
                                              "{s} in {k}",
                                              "{s} in {m}",
                                              "dyn({x}) in dyn({x})",
                                              "{s}.startsWith({s})",
                                              "{s}.endsWith({s})",
                                              "{s}.contains({s})",
                                              "{s}.matches({s})",
                                              "{s}.matches('[a-z]+')",
                                              "bool({s})",
                                              "dyn({x}) < dyn({x})",
                                              "{b} ? {b} : {b}",
                                              "({b})",
                                              "{t} == {t}",
                                              "has({m}.a)",
                                              "has(json.labels)",
                                              "{k} == {k}",
                                              "{d} == {d}",
                                              "{b} == {b}"};
constexpr std::string_view kIntPatterns[] = {"{i} + {i}",
                                             "{i} - {i}",
                                             "{i} * {i}",
                                             "{i} / {i}",
                                             "{i} % {i}",
                                             "-({i})",
                                             "int({u})",
                                             "int({d})",
                                             "int({s})",
                                             "int({t})",
                                             "size({s})",
                                             "{y}.size()",
                                             "{l}.size()",
                                             "size({m})",
                                             "{l}[{i}]",
                                             "{m}[{s}]",
                                             "{m}.a",
                                             "{t}.getFullYear()",
                                             "{t}.getHours('+01:30')",
                                             "{t}.getDayOfYear()",
                                             "{p}.getSeconds()",
                                             "{p}.getMilliseconds()",
                                             "{t}.getHours({s})",
                                             "{b} ? {i} : {i}",
                                             "({i})",
                                             "int(string({i}))",
                                             "{k}.size()"};
constexpr std::string_view kUintPatterns[] = {
    "{u} + {u}", "{u} - {u}", "{u} * {u}", "{u} / {u}",       "{u} % {u}",
    "uint({i})", "uint({d})", "uint({s})", "{b} ? {u} : {u}", "({u})"};
constexpr std::string_view kDoublePatterns[] = {
    "{d} + {d}",   "{d} - {d}",   "{d} * {d}",   "{d} / {d}",       "-({d})",
    "double({i})", "double({u})", "double({s})", "{b} ? {d} : {d}", "({d})"};
constexpr std::string_view kStringPatterns[] = {
    "{s} + {s}",   "string({i})", "string({u})", "string({d})",     "string({b})", "string({y})",
    "string({t})", "string({p})", "{k}[{i}]",    "{b} ? {s} : {s}", "({s})"};
constexpr std::string_view kBytesPatterns[] = {"{y} + {y}", "bytes({s})", "{b} ? {y} : {y}"};
constexpr std::string_view kTimestampPatterns[] = {
    "{t} + {p}", "{p} + {t}", "{t} - {p}", "timestamp({s})", "timestamp({i})", "{b} ? {t} : {t}"};
constexpr std::string_view kDurationPatterns[] = {"{p} + {p}", "{p} - {p}", "{t} - {t}",
                                                  "duration({s})", "{b} ? {p} : {p}"};
constexpr std::string_view kIntListPatterns[] = {"{l} + {l}", "[{i}, {i}]", "[{i}]",
                                                 "{b} ? {l} : {l}", "({l})"};
constexpr std::string_view kStringListPatterns[] = {"{k} + {k}", "[{s}, {s}]", "[{s}]",
                                                    "{b} ? {k} : {k}"};
constexpr std::string_view kIntMapPatterns[] = {"{'a': {i}, {s}: {i}}", "{{s}: {i}}",
                                                "{b} ? {m} : {m}"};
constexpr std::string_view kDynPatterns[] = {"dyn({i})",
                                             "dyn({s})",
                                             "dyn({l})",
                                             "dyn({m})",
                                             "dyn({d})",
                                             "dyn({b})",
                                             "dyn({t})",
                                             "[{x}, {x}]",
                                             "{'a': {x}, {s}: {x}}",
                                             "dyn({x}).a",
                                             "dyn({x})[{x}]",
                                             "dyn({x}) + dyn({x})",
                                             "{b} ? dyn({x}) : {i}",
                                             "-dyn({x})",
                                             "dyn({x}).map(e, e)",
                                             "dyn({x}).filter(e, e)",
                                             "size(dyn({x}))",
                                             "dyn({x}) * dyn({x})",
                                             "dyn({x}) % dyn({x})",
                                             "string(dyn({x}))"};
constexpr std::array<std::span<const std::string_view>, 12> kPatterns = {
    kBoolPatterns,    kIntPatterns,        kUintPatterns,      kDoublePatterns,
    kStringPatterns,  kBytesPatterns,      kTimestampPatterns, kDurationPatterns,
    kIntListPatterns, kStringListPatterns, kIntMapPatterns,    kDynPatterns};

}  // namespace

const std::vector<std::string>& RandomExpression::LeavesOf(Kind kind) {
  static const std::array<std::vector<std::string>, 12> kLeaves{{
      {"true", "false", "b", "order.gift", "has(order.total)", "has(empty.total)",
       "has(steps.late)", "steps.late.hold_id == ''", "order.approved == true"},
      {"0",
       "1",
       "-1",
       "7",
       "i",
       "9223372036854775807",
       "-9223372036854775808",
       "order.small",
       "order.large",
       "order.total.units",
       "empty.maybe",
       "order.lines[0].quantity",
       "order.channel",
       "shop.Channel.SHOP",
       "order.limit",
       "empty.limit",
       "json.qty",
       "0x10",
       "order.numbers[1]",
       "m['a']",
       "m.nothing",
       "order.quotas.a"},
      {"0u", "1u", "u", "18446744073709551615u", "order.small_count", "order.large_count",
       "order.by_truth[true]", "order.count", "json.huge"},
      {"0.0", "-0.0", "1.5", "d", "1e308", "order.rough", "order.exact", "order.share",
       "json.price", "0.0 / 0.0", "1.0 / 0.0"},
      {"''", "'a'", "'ÿ'", "s", "order.order_id", "order.labels.source", "order.note", "empty.note",
       "saga.id", "steps.hold.hold_id", "steps.late.hold_id", "json.id", "'''x'''", "r'\\d'",
       "order.lines[1].sku", "order.card", "'2009-02-13T23:31:30Z'", "'12'"},
      {"b''", "b'a'", "y", "order.token", "b'\\xff'", "order.blob"},
      {"t", "order.placed", "empty.placed", "timestamp('9999-12-31T23:59:59Z')",
       "steps.hold.expires", "timestamp(0)"},
      {"p", "order.window", "duration('1h')", "duration('-9223372036s')", "empty.window"},
      {"[]", "l", "[1, 2, 3]", "order.numbers", "empty.numbers", "order.limits"},
      {"[]", "['a', 'b']", "order.lines[0].tags", "empty.lines[0].tags"},
      {"{}", "m", "{'a': 1}", "{'a': 1, 'b': 2, 'c': 3}"},
      {"json",
       "json.lines",
       "json.labels",
       "json.nothing",
       "json.none",
       "null",
       "order",
       "empty",
       "order.total",
       "order.lines",
       "order.labels",
       "order.extra",
       "order.any_value",
       "order.any_list",
       "order.by_number",
       "empty.parent",
       "w",
       "order.extra.n",
       "json.lines[0]",
       "[1, 'a', null]",
       "{'a': 1, 2: 'b'}"},
  }};
  return kLeaves[static_cast<std::size_t>(kind)];
}

std::string RandomExpression::Leaf(Kind kind) {
  std::vector<std::string> names;
  std::set<std::string> hidden;
  for (std::size_t i = locals_.size(); i-- > 0;) {
    const bool visible = hidden.insert(locals_[i].name).second;
    if (visible && locals_[i].kind == kind) names.push_back(locals_[i].name);
  }
  if (!names.empty() && Below(2) == 0) return Choose(names);
  return Choose(LeavesOf(kind));
}

std::string RandomExpression::Fill(std::string_view pattern, int depth) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool hole = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}' &&
                      kLetters.find(pattern[i + 1]) != std::string_view::npos;
    if (!hole) {
      text += pattern[i];
      continue;
    }
    // In parentheses, so that what is filled in keeps its meaning.
    text += "(" + Make(static_cast<Kind>(kLetters.find(pattern[i + 1])), depth - 1) + ")";
    i += 2;
  }
  return text;
}

std::string RandomExpression::MakeMacro(Kind result, int depth) {
  static const std::vector<std::string> kBools{"all", "exists", "exists_one"};
  const bool strings = Below(2) == 0;
  const bool over_map = strings && Below(3) == 0;
  const std::string over = Make(over_map  ? Kind::kIntMap
                                : strings ? Kind::kStringList
                                          : Kind::kIntList,
                                depth - 1);
  const std::string name = "v" + std::to_string(Below(4));
  locals_.push_back({name, strings ? Kind::kString : Kind::kInt});
  std::string text = "(" + over + ").";
  if (result == Kind::kBool) {
    text += Choose(kBools) + "(" + name + ", " + Make(Kind::kBool, depth - 1) + ")";
  } else {
    const Kind element = result == Kind::kIntList ? Kind::kInt : Kind::kString;
    text += "map(" + name + ", ";
    if (Below(3) == 0) text += Make(Kind::kBool, depth - 1) + ", ";
    text += Make(element, depth - 1) + ")";
  }
  locals_.pop_back();
  return text;
}

std::string RandomExpression::Make(Kind kind, int depth) {
  if (depth <= 0 || Below(5) == 0) return Leaf(kind);
  const bool by_macro = kind == Kind::kBool || kind == Kind::kIntList || kind == Kind::kStringList;
  if (by_macro && Below(5) == 0) return MakeMacro(kind, depth);
  const auto patterns = kPatterns[static_cast<std::size_t>(kind)];
  return Fill(patterns[Below(patterns.size())], depth);
}

std::string RandomExpression::Typed() {
  locals_.clear();
  return Make(static_cast<Kind>(Below(12)), kDepth);
}

std::string RandomExpression::Mutated() {
  std::string text = Typed();
  for (std::size_t changes = 1 + Below(4); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = Below(text.size());
    static constexpr std::string_view kBytes = "(){}[].,:?!=<>&|+-*/%'\"`\\ 019aexu\n";
    switch (Below(4)) {
      case 0:
        text[at] = kBytes[Below(kBytes.size())];
        break;
      case 1:
        text.erase(at, 1 + Below(4));
        break;
      case 2:
        text.insert(at, 1, kBytes[Below(kBytes.size())]);
        break;
      default:
        text.insert(at, text.substr(Below(text.size()), Below(20)));
        break;
    }
  }
  return text;
}

std::string RandomExpression::Heavy() {
  static const std::vector<std::string> kRanges{"[1, 2, 3, 4, 5, 6, 7, 8, 9]", "l", "order.numbers",
                                                "order.lines", "['abcdefgh', 'ijklmnop']"};
  static const std::vector<std::string> kBodies{"x + x", "[x, x]", "{'a': x, 'b': x}", "[x] + [x]"};
  locals_.clear();
  const bool nests = Below(2) == 0;
  std::string text = nests ? Make(Kind::kBool, 2) : Choose(kRanges);
  for (std::size_t count = 5 + Below(20); count > 0; --count) {
    if (nests) {
      text = fmt::format("{}.{}(x, {})", Choose(kRanges), Below(2) == 0 ? "all" : "exists", text);
    } else {
      text += fmt::format(".map(x, {})", Choose(kBodies));
    }
  }
  return nests ? text : text + " == " + text;
}

std::string RandomExpression::Words() {
  static const std::vector<std::string> kWords{
      "order",  ".",          "total",   "lines", "[",    "]",   "(",    ")",    "{",      "}",
      ",",      ":",          "?",       "+",     "-",    "*",   "/",    "%",    "!",      "&&",
      "||",     "==",         "!=",      "<",     "<=",   ">",   ">=",   " in ", "1",      "1u",
      "1.5",    "'a'",        "b'a'",    "true",  "null", "has", "size", "all",  "exists", "map",
      "filter", "x",          "json",    "i",     "s",    "l",   "m",    "t",    "p",      "int",
      "string", "dyn",        "//",      "\n",    "'''",  "\"",  "\\",   "0x",   "e",      "steps",
      "late",   "startsWith", "matches", "if",    "`"};
  std::string text;
  for (std::size_t count = 1 + Below(24); count > 0; --count) text += Choose(kWords);
  return text;
}

std::string RandomExpression::Bytes() {
  std::string text;
  for (std::size_t count = Below(64); count > 0; --count) text += static_cast<char>(Below(256));
  return text;
}

}  // namespace saga::expr::test

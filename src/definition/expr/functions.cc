#include "definition/expr/functions.h"

#include <array>
#include <set>
#include <utility>

#include "base/check.h"

namespace saga::expr {
namespace {

constexpr std::array<std::pair<Function, std::string_view>, 38> kNames{{
    {Function::kAdd, "+"},
    {Function::kSubtract, "-"},
    {Function::kMultiply, "*"},
    {Function::kDivide, "/"},
    {Function::kModulo, "%"},
    {Function::kNegate, "-"},
    {Function::kNot, "!"},
    {Function::kEqual, "=="},
    {Function::kNotEqual, "!="},
    {Function::kLess, "<"},
    {Function::kLessOrEqual, "<="},
    {Function::kGreater, ">"},
    {Function::kGreaterOrEqual, ">="},
    {Function::kIn, "in"},
    {Function::kSize, "size"},
    {Function::kContains, "contains"},
    {Function::kStartsWith, "startsWith"},
    {Function::kEndsWith, "endsWith"},
    {Function::kMatches, "matches"},
    {Function::kToBool, "bool"},
    {Function::kToInt, "int"},
    {Function::kToUint, "uint"},
    {Function::kToDouble, "double"},
    {Function::kToString, "string"},
    {Function::kToBytes, "bytes"},
    {Function::kToTimestamp, "timestamp"},
    {Function::kToDuration, "duration"},
    {Function::kToDyn, "dyn"},
    {Function::kGetFullYear, "getFullYear"},
    {Function::kGetMonth, "getMonth"},
    {Function::kGetDate, "getDate"},
    {Function::kGetDayOfMonth, "getDayOfMonth"},
    {Function::kGetDayOfWeek, "getDayOfWeek"},
    {Function::kGetDayOfYear, "getDayOfYear"},
    {Function::kGetHours, "getHours"},
    {Function::kGetMinutes, "getMinutes"},
    {Function::kGetSeconds, "getSeconds"},
    {Function::kGetMilliseconds, "getMilliseconds"},
}};

// Writes the table in the short words below.
class Table {
 public:
  void Operator(Function function, std::vector<TypeKind> parameters, TypeKind result) {
    Add(FunctionStyle::kOperator, function, parameters, result);
  }
  void Global(Function function, std::vector<TypeKind> parameters, TypeKind result) {
    Add(FunctionStyle::kGlobal, function, parameters, result);
  }
  void Member(Function function, std::vector<TypeKind> parameters, TypeKind result) {
    Add(FunctionStyle::kMember, function, parameters, result);
  }
  std::vector<Overload> Take() { return std::move(overloads_); }

 private:
  static Type TypeOf(TypeKind kind) {
    if (kind == TypeKind::kList) return Type::ListOf(Type::Dyn());
    if (kind == TypeKind::kMap) return Type::MapOf(Type::Dyn(), Type::Dyn());
    return Type(kind);
  }
  void Add(FunctionStyle style, Function function, const std::vector<TypeKind>& parameters,
           TypeKind result) {
    std::vector<Type> types;
    types.reserve(parameters.size());
    for (const TypeKind kind : parameters) types.push_back(TypeOf(kind));
    overloads_.push_back({style, function, std::move(types), TypeOf(result)});
  }

  std::vector<Overload> overloads_;
};

using enum TypeKind;

void AddArithmetic(Table& table) {
  for (const TypeKind number : {kInt, kUint, kDouble}) {
    for (const Function function :
         {Function::kAdd, Function::kSubtract, Function::kMultiply, Function::kDivide}) {
      table.Operator(function, {number, number}, number);
    }
  }
  table.Operator(Function::kModulo, {kInt, kInt}, kInt);
  table.Operator(Function::kModulo, {kUint, kUint}, kUint);
  table.Operator(Function::kNegate, {kInt}, kInt);
  table.Operator(Function::kNegate, {kDouble}, kDouble);
  table.Operator(Function::kNot, {kBool}, kBool);
  table.Operator(Function::kAdd, {kString, kString}, kString);
  table.Operator(Function::kAdd, {kBytes, kBytes}, kBytes);
  table.Operator(Function::kAdd, {kTimestamp, kDuration}, kTimestamp);
  table.Operator(Function::kAdd, {kDuration, kTimestamp}, kTimestamp);
  table.Operator(Function::kAdd, {kDuration, kDuration}, kDuration);
  table.Operator(Function::kSubtract, {kTimestamp, kTimestamp}, kDuration);
  table.Operator(Function::kSubtract, {kTimestamp, kDuration}, kTimestamp);
  table.Operator(Function::kSubtract, {kDuration, kDuration}, kDuration);
}

void AddOrdering(Table& table) {
  for (const Function function :
       {Function::kLess, Function::kLessOrEqual, Function::kGreater, Function::kGreaterOrEqual}) {
    for (const TypeKind kind : {kBool, kString, kBytes, kTimestamp, kDuration}) {
      table.Operator(function, {kind, kind}, kBool);
    }
    // Numbers are ordered across their types.
    for (const TypeKind left : {kInt, kUint, kDouble}) {
      for (const TypeKind right : {kInt, kUint, kDouble}) {
        table.Operator(function, {left, right}, kBool);
      }
    }
  }
}

void AddTexts(Table& table) {
  for (const TypeKind sized : {kString, kBytes, kList, kMap}) {
    table.Global(Function::kSize, {sized}, kInt);
    table.Member(Function::kSize, {sized}, kInt);
  }
  for (const Function function :
       {Function::kContains, Function::kStartsWith, Function::kEndsWith, Function::kMatches}) {
    table.Member(function, {kString, kString}, kBool);
  }
  table.Global(Function::kMatches, {kString, kString}, kBool);
}

void AddConversions(Table& table) {
  const auto add = [&](Function function, TypeKind result, std::vector<TypeKind> from) {
    for (const TypeKind kind : from) table.Global(function, {kind}, result);
  };
  add(Function::kToBool, kBool, {kBool, kString});
  add(Function::kToInt, kInt, {kInt, kUint, kDouble, kString, kTimestamp});
  add(Function::kToUint, kUint, {kUint, kInt, kDouble, kString});
  add(Function::kToDouble, kDouble, {kDouble, kInt, kUint, kString});
  add(Function::kToString, kString,
      {kString, kBool, kInt, kUint, kDouble, kBytes, kTimestamp, kDuration});
  add(Function::kToBytes, kBytes, {kBytes, kString});
  add(Function::kToTimestamp, kTimestamp, {kTimestamp, kString, kInt});
  add(Function::kToDuration, kDuration, {kDuration, kString});
}

void AddTimes(Table& table) {
  for (const Function function :
       {Function::kGetFullYear, Function::kGetMonth, Function::kGetDate, Function::kGetDayOfMonth,
        Function::kGetDayOfWeek, Function::kGetDayOfYear, Function::kGetHours,
        Function::kGetMinutes, Function::kGetSeconds, Function::kGetMilliseconds}) {
    table.Member(function, {kTimestamp}, kInt);
    table.Member(function, {kTimestamp, kString}, kInt);
  }
  for (const Function function : {Function::kGetHours, Function::kGetMinutes, Function::kGetSeconds,
                                  Function::kGetMilliseconds}) {
    table.Member(function, {kDuration}, kInt);
  }
}

std::vector<Overload> MakeOverloads() {
  Table table;
  AddArithmetic(table);
  AddOrdering(table);
  AddTexts(table);
  AddConversions(table);
  AddTimes(table);
  return table.Take();
}

}  // namespace

std::string_view FunctionName(Function function) {
  for (const auto& [known, name] : kNames) {
    if (known == function) return name;
  }
  SAGA_UNREACHABLE();
}

const std::vector<Overload>& Overloads() {
  static const std::vector<Overload> kOverloads = MakeOverloads();
  return kOverloads;
}

std::vector<std::string> FunctionNames(FunctionStyle style) {
  std::set<std::string> names;
  for (const Overload& overload : Overloads()) {
    if (overload.style == style) names.emplace(FunctionName(overload.function));
  }
  if (style == FunctionStyle::kGlobal) names.insert("dyn");
  return {names.begin(), names.end()};
}

}  // namespace saga::expr

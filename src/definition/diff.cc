#include "definition/diff.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/duration.h"
#include "definition/input_reads.h"

namespace saga {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using v1::DefinitionCall;
using v1::DefinitionStep;
using v1::SagaDefinition;

constexpr std::string_view kMillis = "_ms";

// A document as leaves: path and value, in the order of the document.
class Leaves final {
 public:
  explicit Leaves(const SagaDefinition& document) { AddMessage(document, ""); }

  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  static std::string Below(const std::string& path, const std::string& name) {
    if (path.empty()) return name;
    return name.empty() ? path : path + "." + name;
  }

  void Add(const std::string& path, std::string value) {
    all_.emplace_back(path, std::move(value));
  }

  // Without `key`, which is part of the path.
  void AddMessage(const Message& message, const std::string& path,
                  const FieldDescriptor* key = nullptr) {
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field == key) continue;
      const std::string below = Below(path, NameOf(*field));
      if (field->is_repeated()) {
        AddRepeated(message, *field, below);
      } else if (field->message_type() != nullptr) {
        AddChild(reflection.GetMessage(message, field), below);
      } else {
        Add(below, ValueOf(message, *field));
      }
    }
  }

  // As the author writes it: what the document wraps for its own sake has no name.
  static std::string NameOf(const FieldDescriptor& field) {
    const std::string& name = field.name();
    if (name == "expression" || name == "fields" || name == "values" || name == "list" ||
        name == "value" || name == "fixed_ms") {
      return "";
    }
    return name.ends_with(kMillis) ? name.substr(0, name.size() - kMillis.size()) : name;
  }

  void AddChild(const Message& child, const std::string& path) {
    if (const auto* call = dynamic_cast<const DefinitionCall*>(&child)) {
      DefinitionCall rest = *call;
      rest.clear_participant();
      rest.clear_method();
      Add(Below(path, "call"), call->participant() + "/" + call->method());
      return AddMessage(rest, path);
    }
    if (child.ByteSizeLong() == 0) return Add(path, "{}");
    AddMessage(child, path);
  }

  void AddRepeated(const Message& message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message.GetReflection();
    if (field.message_type() == nullptr) return Add(path, TextsOf(message, field));
    const int size = reflection.FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      const Message& element = reflection.GetRepeatedMessage(message, &field, i);
      const FieldDescriptor* key = KeyOf(element);
      const std::string name =
          key == nullptr ? std::to_string(i) : element.GetReflection()->GetString(element, key);
      AddElement(element, field, key, Below(path, name));
    }
  }

  void AddElement(const Message& element, const FieldDescriptor& field, const FieldDescriptor* key,
                  const std::string& path) {
    if (!field.is_map()) return AddMessage(element, path, key);
    const FieldDescriptor& value = *field.message_type()->map_value();
    if (value.message_type() != nullptr) {
      return AddMessage(element.GetReflection()->GetMessage(element, &value), path);
    }
    Add(path, ValueOf(element, value));
  }

  // What tells an element of a list from the others, wherever it stands; null = its place does.
  static const FieldDescriptor* KeyOf(const Message& element) {
    for (const char* name : {"id", "name", "key"}) {
      const FieldDescriptor* field = element.GetDescriptor()->FindFieldByName(name);
      if (field != nullptr && field->type() == FieldDescriptor::TYPE_STRING) return field;
    }
    return nullptr;
  }

  static std::string TextsOf(const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    std::string text;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      text += (i > 0 ? ", " : "") + reflection.GetRepeatedString(message, &field, i);
    }
    return "[" + text + "]";
  }

  static std::string ValueOf(const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    const FieldDescriptor::CppType type = field.cpp_type();
    if (type == FieldDescriptor::CPPTYPE_STRING) return reflection.GetString(message, &field);
    if (type == FieldDescriptor::CPPTYPE_ENUM) return reflection.GetEnum(message, &field)->name();
    if (type == FieldDescriptor::CPPTYPE_BOOL) {
      return reflection.GetBool(message, &field) ? "true" : "false";
    }
    if (type == FieldDescriptor::CPPTYPE_INT32) {
      return std::to_string(reflection.GetInt32(message, &field));
    }
    SAGA_CHECK(type == FieldDescriptor::CPPTYPE_INT64);  // The document has no other fields.
    const std::int64_t number = reflection.GetInt64(message, &field);
    return field.name().ends_with(kMillis) ? FormatDuration(std::chrono::milliseconds(number))
                                           : std::to_string(number);
  }

  std::vector<std::pair<std::string, std::string>> all_;
};

// The first `count` parts of a path.
std::string Head(const std::string& path, int count) {
  std::size_t end = 0;
  for (int i = 0; i < count && end != path.npos; ++i) end = path.find('.', end + (i > 0 ? 1 : 0));
  return path.substr(0, end);
}

// What stands behind the step's id: "undo.call" of "steps.reserve.undo.call".
std::string InStep(const std::string& path) {
  const std::string head = Head(path, 2);
  return path.size() > head.size() ? path.substr(head.size() + 1) : std::string();
}

std::string WhyInStep(const std::string& in_step, const DefinitionChange& change) {
  if (in_step == "signal") {
    return fmt::format("whoever sends '{}' is not heard any more", change.before);
  }
  if (in_step == "pivot") {
    return "who waits until the pivot gets the answer at another place";
  }
  if (in_step == "undo.call" && change.after.empty()) {
    return "what the step does is left when the saga turns back";
  }
  if (in_step == "on_late.start" && !change.before.empty()) {
    return fmt::format("a late success does not start '{}' any more", change.before);
  }
  return {};
}

// Why the change breaks somebody; empty = it does not.
std::string WhyBreaking(const DefinitionChange& change) {
  const std::string root = Head(change.path, 1);
  if (change.path == "input") return "starts with the input of the former version are refused";
  if (change.path == "business_key") return "its sagas are found by another key";
  if (root == "labels" && !change.before.empty()) return "filters and alerts by it miss new sagas";
  if (root == "output" && change.after.empty()) return "who reads it from the output gets nothing";
  if (change.path == "publish" && change.before == "full") {
    return "consumers of its events get no payloads any more";
  }
  if ((root == "then_succeeded" || root == "then_compensated") && change.path.ends_with(".start") &&
      !change.before.empty()) {
    return fmt::format("its end does not start '{}' any more", change.before);
  }
  return root == "steps" ? WhyInStep(InStep(change.path), change) : std::string();
}

class Differ final {
 public:
  Differ(const SagaDefinition& before, const SagaDefinition& after)
      : before_(before), after_(after) {}

  std::vector<DefinitionChange> Run() {
    DiffSteps();
    DiffLeaves();
    DiffInputReads();
    return std::move(changes_);
  }

 private:
  static std::set<std::string> StepsOf(const SagaDefinition& document) {
    std::set<std::string> ids;
    for (const DefinitionStep& step : document.steps()) ids.insert(step.id());
    return ids;
  }

  // A step that is there on one side only is one change.
  void DiffSteps() {
    const std::set<std::string> before = StepsOf(before_);
    const std::set<std::string> after = StepsOf(after_);
    for (const std::string& id : before) {
      if (after.count(id) > 0) continue;
      whole_.insert("steps." + id);
      changes_.push_back({Impact::kBreaking, "steps." + id, "a step", "",
                          "its events, its place in filters and its answer are gone"});
    }
    for (const std::string& id : after) {
      if (before.count(id) > 0) continue;
      whole_.insert("steps." + id);
      changes_.push_back({Impact::kCompatible, "steps." + id, "", "a step", ""});
    }
  }

  void DiffLeaves() {
    const Leaves before(before_);
    const Leaves after(after_);
    const std::map<std::string, std::string> then(before.all().begin(), before.all().end());
    const std::map<std::string, std::string> now(after.all().begin(), after.all().end());
    for (const auto& [path, value] : before.all()) {
      const auto found = now.find(path);
      Compare(path, value, found == now.end() ? std::string() : found->second);
    }
    for (const auto& [path, value] : after.all()) {
      if (then.count(path) == 0) Compare(path, "", value);
    }
  }

  void Compare(const std::string& path, const std::string& before, const std::string& after) {
    if (before == after || whole_.count(Head(path, 2)) > 0) return;
    DefinitionChange change{.path = path, .before = before, .after = after, .why = {}};
    change.why = WhyBreaking(change);
    change.impact = change.why.empty() ? Impact::kCompatible : Impact::kBreaking;
    changes_.push_back(std::move(change));
  }

  // Without a type, nobody checks that the input holds what is read of it.
  void DiffInputReads() {
    if (!after_.input().empty()) return;
    const std::set<std::string> before = InputReads(before_);
    for (const std::string& read : InputReads(after_)) {
      if (before.count(read) > 0) continue;
      changes_.push_back({Impact::kBreaking, read, "not read", "read",
                          "starts of the former version need not send it"});
    }
  }

  const SagaDefinition& before_;
  const SagaDefinition& after_;
  std::set<std::string> whole_;  // Steps that are told as a whole.
  std::vector<DefinitionChange> changes_;
};

std::set<std::string> CallsOf(const SagaDefinition& document) {
  std::set<std::string> calls;
  const Leaves leaves(document);
  for (const auto& [path, value] : leaves.all()) {
    if (path.ends_with(".call")) calls.insert(value);
  }
  return calls;
}

}  // namespace

std::vector<DefinitionChange> DiffDefinitions(const SagaDefinition& before,
                                              const SagaDefinition& after) {
  return Differ(before, after).Run();
}

std::vector<std::string> CallsOnlyIn(const SagaDefinition& before, const SagaDefinition& after) {
  const std::set<std::string> then = CallsOf(before);
  const std::set<std::string> now = CallsOf(after);
  std::vector<std::string> only;
  std::set_difference(then.begin(), then.end(), now.begin(), now.end(), std::back_inserter(only));
  return only;
}

}  // namespace saga

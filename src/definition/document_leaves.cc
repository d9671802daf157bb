#include "definition/document_leaves.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string_view>

#include "base/check.h"
#include "base/duration.h"

namespace saga {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using v1::DefinitionCall;
using v1::DefinitionFollowUp;
using v1::DefinitionRetry;
using v1::DefinitionStep;
using v1::SagaDefinition;

constexpr std::string_view kMillis = "_ms";

std::string Below(const std::string& path, const std::string& name) {
  if (path.empty()) return name;
  return name.empty() ? path : path + "." + name;
}

std::string Duration(std::int64_t millis) {
  return FormatDuration(std::chrono::milliseconds(millis));
}

std::string KindName(const DefinitionStep& step) {
  if (step.kind() == v1::DEFINITION_STEP_KIND_TCC) return "hold";
  if (step.kind() == v1::DEFINITION_STEP_KIND_TIMER) return "timer";
  return step.kind() == v1::DEFINITION_STEP_KIND_SIGNAL ? "signal" : "call";
}

// What the document names otherwise than the author; empty = it only wraps.
const std::map<std::string_view, std::string_view>& OtherNames() {
  static const std::map<std::string_view, std::string_view> kNames = {
      {"saga.v1.SagaDefinition.publish", "events.publish"},
      {"saga.v1.SagaDefinition.then_succeeded", "then.succeeded"},
      {"saga.v1.SagaDefinition.then_compensated", "then.compensated"},
      {"saga.v1.DefinitionFollowUp.business_key", "key"},
      {"saga.v1.DefinitionQuery.call", ""},
      {"saga.v1.DefinitionStep.action", ""},
      {"saga.v1.DefinitionStep.undo_none", "undo"},
      {"saga.v1.DefinitionStep.hold_when_stuck", "on_stuck"},
      {"saga.v1.DefinitionStep.wait_for_person", "on_recovery"},
      {"saga.v1.DefinitionDelay.fixed_ms", ""},
      {"saga.v1.DefinitionDelay.expression", ""},
      {"saga.v1.MappingValue.expression", ""},
      {"saga.v1.MappingValue.fields", ""},
      {"saga.v1.MappingValue.list", ""},
      {"saga.v1.MappingFields.fields", ""},
      {"saga.v1.MappingFields.Field.value", ""},
      {"saga.v1.MappingList.values", ""},
  };
  return kNames;
}

std::string NameOf(const Message& parent, const FieldDescriptor& field) {
  if (const auto* step = dynamic_cast<const DefinitionStep*>(&parent)) {
    const std::string kind = KindName(*step);
    if (kind == "hold" && field.name() == "action") return "try";
    if (kind == "hold" && field.name() == "undo") return "cancel";
    if (kind == "signal" && field.name() == "wait") return "within";
  }
  const auto other = OtherNames().find(field.full_name());
  if (other != OtherNames().end()) return std::string(other->second);
  const std::string& name = field.name();
  return name.ends_with(kMillis) ? name.substr(0, name.size() - kMillis.size()) : name;
}

// "IN_DOUBT_RULE_UNDO" -> "undo".
std::string LastWord(const std::string& name) {
  std::string word = name.substr(name.rfind('_') + 1);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  return word;
}

// A truth value that is true.
std::string WordOf(const FieldDescriptor& field) {
  if (field.name() == "undo_none") return "none";
  if (field.name() == "hold_when_stuck") return "hold";
  return field.name() == "wait_for_person" ? "wait" : "true";
}

std::string ValueOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor::CppType type = field.cpp_type();
  if (type == FieldDescriptor::CPPTYPE_STRING) return reflection.GetString(message, &field);
  if (type == FieldDescriptor::CPPTYPE_BOOL) return WordOf(field);
  if (type == FieldDescriptor::CPPTYPE_ENUM) {
    return LastWord(reflection.GetEnum(message, &field)->name());
  }
  SAGA_CHECK(type == FieldDescriptor::CPPTYPE_INT64);  // The document has no other fields.
  return Duration(reflection.GetInt64(message, &field));
}

class Leaves final {
 public:
  using All = std::vector<std::pair<std::string, std::string>>;

  explicit Leaves(const SagaDefinition& document) { AddMessage(document, ""); }

  All Take() { return std::move(all_); }

 private:
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
      if (field == key || field->full_name() == "saga.v1.DefinitionStep.kind") continue;
      const std::string below = Below(path, NameOf(message, *field));
      if (field->is_map()) {
        AddMap(message, *field, below);
      } else if (field->is_repeated()) {
        AddRepeated(message, *field, below);
      } else if (field->message_type() != nullptr) {
        AddChild(reflection.GetMessage(message, field), below);
      } else {
        Add(below, ValueOf(message, *field));
      }
    }
  }

  void AddChild(const Message& child, const std::string& path) {
    if (const auto* retry = dynamic_cast<const DefinitionRetry*>(&child)) {
      return AddRetry(*retry, path);
    }
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

  void AddRetry(const DefinitionRetry& retry, const std::string& path) {
    Add(path + ".attempts", retry.attempts() == 0 ? "unlimited" : std::to_string(retry.attempts()));
    Add(path + ".backoff", Duration(retry.backoff_ms()));
    Add(path + ".factor", fmt::format("{}", retry.factor_permille() / 1000.0));
    Add(path + ".max", Duration(retry.max_ms()));
    Add(path + ".jitter", retry.jitter() ? "full" : "none");
  }

  void AddRepeated(const Message& message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message.GetReflection();
    if (field.message_type() == nullptr) return Add(path, TextsOf(message, field));
    std::map<std::string, int> times;  // Follow-ups of one name.
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      const Message& element = reflection.GetRepeatedMessage(message, &field, i);
      if (const auto* follow_up = dynamic_cast<const DefinitionFollowUp*>(&element)) {
        const int before = times[follow_up->start()]++;
        std::string name = follow_up->start();
        if (before > 0) name += fmt::format("#{}", before + 1);
        AddMessage(element, Below(path, name));
        continue;
      }
      const FieldDescriptor* key = KeyOf(element);
      const std::string below =
          Below(path, key == nullptr ? std::to_string(i)
                                     : element.GetReflection()->GetString(element, key));
      if (const auto* step = dynamic_cast<const DefinitionStep*>(&element)) {
        Add(below + ".kind", KindName(*step));
      }
      AddMessage(element, below, key);
    }
  }

  // In the order of its keys: a map has none of its own.
  void AddMap(const Message& message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message.GetReflection();
    const FieldDescriptor& value = *field.message_type()->map_value();
    std::map<std::string, const Message*> entries;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      entries[entry.GetReflection()->GetString(entry, field.message_type()->map_key())] = &entry;
    }
    for (const auto& [key, entry] : entries) {
      if (value.message_type() != nullptr) {
        AddMessage(entry->GetReflection()->GetMessage(*entry, &value), Below(path, key));
      } else {
        Add(Below(path, key), ValueOf(*entry, value));
      }
    }
  }

  // What tells an element of a list from the others, wherever it stands; null =
  // its place does.
  static const FieldDescriptor* KeyOf(const Message& element) {
    for (const char* name : {"id", "name"}) {
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

  All all_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> LeavesOf(const SagaDefinition& document) {
  return Leaves(document).Take();
}

}  // namespace saga

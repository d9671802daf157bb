// Definitions that an earlier release has stored: every later one reads them as they were meant,
// and takes their sources for the same version. Lines of golden/definitions.txt are never changed.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "definition/loader.h"

namespace saga {
namespace {

using ::testing::IsEmpty;

const char* const kFolder = "tests/unit/definition/golden/";

struct Golden {
  std::string digest;
  std::string document;  // Serialised, as it is stored.
};

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string ToHex(const std::string& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return hex;
}

std::map<std::string, Golden> Stored() {
  std::ifstream file(std::string(kFolder) + "definitions.txt");
  std::map<std::string, Golden> all;
  std::string name;
  std::string digest;
  std::string hex;
  while (file >> name >> digest >> hex) all[name] = {digest, FromHex(hex)};
  return all;
}

v1::SagaDefinition LoadGolden(const std::string& name) {
  std::ifstream file(kFolder + name + ".yaml");
  std::stringstream text;
  text << file.rdbuf();
  const LoadedDefinition loaded = LoadDefinition(text.str());
  EXPECT_THAT(loaded.diagnostics, IsEmpty()) << name;
  return loaded.document;
}

TEST(GoldenDefinitionTest, TheSameSourceIsTheSameVersionInEveryRelease) {
  const auto stored = Stored();
  for (const std::string name : {"calls", "kinds"}) {
    const v1::SagaDefinition document = LoadGolden(name);
    const auto golden = stored.find(name);
    if (golden == stored.end()) {
      ADD_FAILURE() << "golden/definitions.txt needs the line\n"
                    << name << " " << DigestOf(document) << " "
                    << ToHex(document.SerializeAsString());
      continue;
    }
    EXPECT_EQ(DigestOf(document), golden->second.digest) << name;
  }
}

TEST(GoldenDefinitionTest, WhatIsStoredIsReadAsItWasMeant) {
  const auto stored = Stored();
  ASSERT_FALSE(stored.empty());
  for (const auto& [name, golden] : stored) {
    v1::SagaDefinition document;
    ASSERT_TRUE(document.ParseFromString(golden.document)) << name;
    EXPECT_EQ(document.DebugString(), LoadGolden(name).DebugString()) << name;
    EXPECT_EQ(DigestOf(document), golden.digest) << name;
    EXPECT_TRUE(ToDefinition(document, "default", 1).ok()) << name;
  }
}

// Every field of the document is in one of them.
void Collect(const google::protobuf::Message& message, std::set<std::string>& used) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const auto* field : fields) {
    used.insert(field->full_name());
    if (field->message_type() == nullptr) continue;
    const auto& reflection = *message.GetReflection();
    if (!field->is_repeated()) {
      Collect(reflection.GetMessage(message, field), used);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      Collect(reflection.GetRepeatedMessage(message, field, i), used);
    }
  }
}

void Declared(const google::protobuf::Descriptor& type, std::set<std::string>& fields,
              std::set<const google::protobuf::Descriptor*>& seen) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    fields.insert(type.field(i)->full_name());
    if (type.field(i)->message_type() != nullptr) {
      Declared(*type.field(i)->message_type(), fields, seen);
    }
  }
}

TEST(GoldenDefinitionTest, EveryFieldOfTheDocumentIsInOneOfThem) {
  std::set<std::string> used;
  for (const auto& [name, golden] : Stored()) {
    v1::SagaDefinition document;
    ASSERT_TRUE(document.ParseFromString(golden.document));
    Collect(document, used);
  }
  std::set<std::string> declared;
  std::set<const google::protobuf::Descriptor*> seen;
  Declared(*v1::SagaDefinition::descriptor(), declared, seen);
  declared.erase("saga.v1.ParticipantUse.target");  // No source can say it yet.
  for (const std::string& field : declared) EXPECT_EQ(used.count(field), 1U) << field;
}

}  // namespace
}  // namespace saga

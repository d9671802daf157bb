// Participants' descriptors from .proto text, each participant with a pool of its own as in the
// server.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "definition/descriptors.h"
#include "definition/service_types.h"

namespace saga::test {

// One pool of descriptors and the messages made from it.
struct ProtoTypes {
  google::protobuf::DescriptorPool pool;
  google::protobuf::DynamicMessageFactory messages;
};

// The types of one .proto text; google/protobuf/*.proto may be imported.
std::shared_ptr<ProtoTypes> ParseProto(const std::string& text);

// The same as a participant has them.
ServiceTypesRef ServiceTypesOf(const std::string& text);

TypeHandle HandleOf(const std::shared_ptr<ProtoTypes>& types, const std::string& full_name);

// A message of `full_name` from protobuf text format, serialised.
std::string Bytes(const std::shared_ptr<ProtoTypes>& types, const std::string& full_name,
                  const std::string& text);
// The inverse: in short text format.
std::string Text(const std::shared_ptr<ProtoTypes>& types, const std::string& full_name,
                 const std::string& bytes);

class FakeDescriptors final : public DescriptorSource {
 public:
  void Add(const std::string& participant, std::shared_ptr<ProtoTypes> types, std::string service);

  bool HasParticipant(const std::string& name_space, const std::string& participant) const override;
  std::vector<std::string> ParticipantNames(const std::string& name_space) const override;
  std::optional<TypeHandle> FindType(const std::string& name_space,
                                     const std::string& full_name) const override;
  std::optional<TypeHandle> FindTypeOf(const std::string& name_space,
                                       const std::string& participant,
                                       const std::string& full_name) const override;
  Result<MethodHandle> FindMethod(const std::string& name_space, const std::string& participant,
                                  const std::string& method) const override;

 private:
  struct Participant {
    std::shared_ptr<ProtoTypes> types;
    std::string service;
  };
  std::map<std::string, Participant> participants_;  // All in the namespace "default".
};

// The shop that most tests use.
extern const char* const kShopProto;
// Participants orders, stock, pay, ship and courier of kShopProto, each with its own copy of the
// types.
FakeDescriptors ShopDescriptors();

}  // namespace saga::test

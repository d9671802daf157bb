// Commands that are proposed to the operator, as they can be typed.
#pragma once

#include <string>
#include <vector>

#include "saga/v1/operator_service.pb.h"
#include "saga/v1/saga.pb.h"

namespace saga::admin {

struct Proposal {
  std::string command;
  std::string meaning;
};

// What can be done about `saga`, which is typed as `name`, safest first; nothing when nobody is
// needed.
std::vector<Proposal> ProposalsFor(const v1::Saga& saga, const std::string& argv0,
                                   const std::string& name);

// What helps all sagas of `group` once the cause is mended. `only` is the typeable name of the only
// saga in it, empty when there are several.
std::string ProposalFor(const v1::StuckGroup& group, const std::string& argv0,
                        const std::string& only);

}  // namespace saga::admin

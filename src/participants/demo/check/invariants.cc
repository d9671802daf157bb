#include "participants/demo/check/invariants.h"

#include <fmt/format.h>

#include <array>

#include "participants/demo/check/event_invariants.h"
#include "participants/demo/check/ledger_invariants.h"

namespace saga::demo {
namespace {

Verdict EverySagaEndedOrWaits(const Evidence& evidence) {
  Verdict verdict{evidence.sagas.size(), {}};
  for (const auto& [id, saga] : evidence.sagas) {
    if (IsEnded(saga.state) || saga.flag == Flag::kWaitsForAPerson) continue;
    verdict.violations.push_back(fmt::format("{} is {}", id, StateName(saga.state)));
  }
  return verdict;
}

Verdict AcknowledgedStartsExist(const Evidence& evidence) {
  Verdict verdict{evidence.acknowledged->size(), {}};
  for (const std::string& id : *evidence.acknowledged) {
    if (!evidence.sagas.contains(id)) {
      verdict.violations.push_back(fmt::format("{} was acknowledged and is not there", id));
    }
  }
  return verdict;
}

constexpr std::array kInvariants{
    Invariant{"money is conserved", Needs::kDatabases, &MoneyIsConserved},
    Invariant{"no account is overdrawn", Needs::kDatabases, &NoAccountIsOverdrawn},
    Invariant{"accounts agree with authorizations", Needs::kDatabases,
              &AccountsAgreeWithAuthorizations},
    Invariant{"stock is conserved", Needs::kDatabases, &StockIsConserved},
    Invariant{"no stock is negative or reserved twice", Needs::kDatabases, &NoStockIsOversold},
    Invariant{"stock agrees with reservations", Needs::kDatabases, &StockAgreesWithReservations},
    Invariant{"every saga ended or waits for a person", Needs::kDatabases, &EverySagaEndedOrWaits},
    Invariant{"nothing is held for ended sagas", Needs::kDatabases, &NothingIsHeldForEndedSagas},
    Invariant{"succeeded sagas have each effect once", Needs::kDatabases, &SucceededHaveAllOnce},
    Invariant{"compensated sagas have no effect", Needs::kDatabases, &CompensatedHaveNothing},
    Invariant{"every effect belongs to a saga", Needs::kDatabases, &EffectsBelongToSagas},
    Invariant{"every acknowledged start exists", Needs::kAcknowledged, &AcknowledgedStartsExist},
    Invariant{"event sequences are contiguous from 1", Needs::kEvents, &SequencesAreContiguous},
    Invariant{"a repeated event is the same event", Needs::kEvents, &RepeatsAreTheSame},
    Invariant{"each ended saga has one terminal event, last", Needs::kEvents, &OneTerminalEvent},
    Invariant{"no event is without its saga", Needs::kEvents, &EventsBelongToSagas},
    Invariant{"the stream counts what the database counts", Needs::kEvents, &StreamCountsAgree},
};

}  // namespace

std::string StateName(SagaState state) {
  switch (state) {
    case SagaState::kRunning:
      return "RUNNING";
    case SagaState::kCompensating:
      return "COMPENSATING";
    case SagaState::kSucceeded:
      return "SUCCEEDED";
    case SagaState::kCompensated:
      return "COMPENSATED";
    case SagaState::kResolved:
      return "RESOLVED";
  }
  return fmt::format("in the unknown state {}", static_cast<int>(state));
}

std::span<const Invariant> Invariants() { return kInvariants; }

bool CanBeChecked(const Invariant& invariant, const Evidence& evidence) {
  switch (invariant.needs) {
    case Needs::kDatabases:
      return true;
    case Needs::kAcknowledged:
      return evidence.acknowledged.has_value();
    case Needs::kEvents:
      return evidence.events.has_value();
  }
  return false;
}

}  // namespace saga::demo

// What must hold of the shop's tables.
#pragma once

#include "participants/demo/check/invariants.h"

namespace saga::demo {

Verdict MoneyIsConserved(const Evidence& evidence);
Verdict NoAccountIsOverdrawn(const Evidence& evidence);
Verdict AccountsAgreeWithAuthorizations(const Evidence& evidence);
Verdict StockIsConserved(const Evidence& evidence);
Verdict NoStockIsOversold(const Evidence& evidence);
Verdict StockAgreesWithReservations(const Evidence& evidence);
// Of sagas that a person ended (RESOLVED) nothing is said: the person answers for them.
Verdict NothingIsHeldForEndedSagas(const Evidence& evidence);
Verdict SucceededHaveAllOnce(const Evidence& evidence);
Verdict CompensatedHaveNothing(const Evidence& evidence);
// A participant is called only for a saga whose start is committed.
Verdict EffectsBelongToSagas(const Evidence& evidence);

}  // namespace saga::demo

// Whether a row passes a filter: the meaning that pg_reader's SQL must have, too.
#pragma once

#include "orchestrator/saga_reader.h"

namespace saga {

bool Passes(const SagaRow& row, const RowFilter& filter);

}  // namespace saga

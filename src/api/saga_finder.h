// Finds a saga wherever it is: in the engine's memory while it lives, in its history once it has
// ended.
#pragma once

#include <functional>
#include <vector>

#include "api/blocking_pool.h"
#include "api/saga_view.h"
#include "base/status.h"
#include "orchestrator/catalog.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/record_codec.h"
#include "orchestrator/saga_reader.h"

namespace saga::api {

// A saga that has ended.
struct EndedSaga {
  Saga saga;
  std::vector<NumberedRecord> records;
  SagaRow row;
};

// FAILED_PRECONDITION SAGA_ENDED, as the rules say it of a live saga.
Status SagaEnded(const Saga& saga);

// Threads:   any. Borrows everything passed to the constructor.
// Promises:  what is shown is committed; a live saga is never shown from its row, unless the engine
//            itself cannot read it.
class SagaFinder {
 public:
  SagaFinder(Orchestrator& orchestrator, SagaReader& reader, const RecordCodec& codec,
             const DefinitionResolver& definitions, BlockingPool& pool, ViewContext view)
      : orchestrator_(orchestrator),
        reader_(reader),
        codec_(codec),
        definitions_(definitions),
        pool_(pool),
        view_(std::move(view)) {}

  const ViewContext& view() const { return view_; }

  using DoneFn = std::function<void(const Status&)>;
  // Fills `proto`, which must stay until `done` was called. Errors: SAGA_NOT_FOUND, NOT_READY,
  // OVERLOADED, STORE_UNAVAILABLE, SAGA_UNREADABLE.
  void Find(const SagaId& saga, View view, v1::Saga& proto, DoneFn done);

  // All records of a saga, live or ended.
  using RecordsFn = std::function<void(Result<std::vector<NumberedRecord>>)>;
  void FindRecords(const SagaId& saga, RecordsFn done);

  // What the engine does not hold. Blocks: for the pool only.
  Status ReadEnded(const SagaId& saga, View view, v1::Saga& proto);
  // Errors: SAGA_NOT_FOUND; NOT_READY when the saga has not ended; SAGA_UNREADABLE.
  Result<EndedSaga> LoadEnded(const SagaId& saga);
  // Runs `read` on the pool and hands its Status to `done`.
  void OnPool(std::function<Status()> read, DoneFn done);

 private:
  Result<SagaRow> LoadRow(const SagaId& saga);
  void FindWithTimes(const SagaId& saga, View view, v1::Saga& proto, DoneFn done);

  Orchestrator& orchestrator_;
  SagaReader& reader_;
  const RecordCodec& codec_;
  const DefinitionResolver& definitions_;
  BlockingPool& pool_;
  const ViewContext view_;
};

}  // namespace saga::api

// Where committed batches go.
#pragma once

#include "orchestrator/committed_batch.h"

namespace saga {

// Threads: the shard's. Never blocks.
class EffectSink {
 public:
  virtual ~EffectSink() = default;
  virtual void Release(CommittedBatch batch) = 0;
};

}  // namespace saga

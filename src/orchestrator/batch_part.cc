#include "orchestrator/batch_part.h"

#include <algorithm>

namespace saga {

bool HasContent(std::span<const BatchPart> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [](const BatchPart& part) { return part.has_content(); });
}

Batch Assemble(std::span<const BatchPart> parts, const BatchFrame& frame) {
  Batch batch{.before = frame.before,
              .entries = {},
              .starts = {},
              .changes = {},
              .audit = {},
              .published = frame.published,
              .low_water = frame.low_water};
  for (const BatchPart& part : parts) {
    if (part.start) {
      batch.starts.push_back(*part.start);
      batch.starts.back().start_seq = Advance(frame.before, batch.entries.size() + 1);
    }
    for (std::size_t i = 0; i < part.records.size(); ++i) {
      batch.entries.push_back({part.saga, part.records[i]->revision, part.encoded[i]});
    }
    if (part.change) batch.changes.push_back(*part.change);
    batch.audit.insert(batch.audit.end(), part.audit.begin(), part.audit.end());
  }
  return batch;
}

}  // namespace saga

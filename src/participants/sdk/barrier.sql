-- What a participant's database needs for the barrier: one table, in the schema of the service's own tables.
--
-- key       cluster/namespace/saga:step
-- operation action, undo, try, confirm, cancel (with #n after it when a person gave it a new key)
-- state     done      it ran; `reply` is its answer
--           rejected  the final answer is no; `reply` is a google.rpc.Status
--           blocked   its undo or cancel came first: it must never run
--
-- Rows may be deleted once their saga has ended, or when they are older than any saga lives:
--   DELETE FROM saga_barrier WHERE at < now() - interval '90 days';
CREATE TABLE IF NOT EXISTS saga_barrier (
  key       text        NOT NULL,
  operation text        NOT NULL,
  state     text        NOT NULL CHECK (state IN ('done', 'rejected', 'blocked')),
  reply     bytea       NOT NULL DEFAULT '',
  at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (key, operation)
) WITH (fillfactor = 80);

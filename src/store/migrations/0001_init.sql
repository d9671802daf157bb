-- The first schema. Times are microseconds since the epoch by the database's clock; states are the numbers of
-- src/orchestrator/core/saga.h.

-- What must be the same on every node of a cluster.
CREATE TABLE cluster_constants (
  name  text PRIMARY KEY,
  value text NOT NULL
);

-- One row per shard, never truncated: epoch and position are the fence of every append.
CREATE TABLE shards (
  shard      smallint PRIMARY KEY,
  epoch      bigint   NOT NULL DEFAULT 0,
  last_seq   bigint   NOT NULL DEFAULT 0,
  published  bigint   NOT NULL DEFAULT 0,
  low_water  bigint   NOT NULL DEFAULT 0,
  truncated  bigint   NOT NULL DEFAULT 0,
  node       text     NOT NULL DEFAULT '',
  claimed_us bigint   NOT NULL DEFAULT 0
) WITH (fillfactor = 20);

-- The segment that is being written, and the oldest one that still holds entries.
CREATE TABLE journal_segments (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  current bigint NOT NULL,
  oldest  bigint NOT NULL
);
INSERT INTO journal_segments (current, oldest) VALUES (0, 0);

-- The journal: one row per batch. Insert only; a segment is truncated as a whole once nobody needs it.
CREATE TABLE journal (
  slot      smallint NOT NULL,
  shard     smallint NOT NULL,
  seq_first bigint   NOT NULL,
  seq_last  bigint   NOT NULL,
  records   bytea    NOT NULL,
  voids     text[],
  PRIMARY KEY (shard, seq_last, slot)
) PARTITION BY LIST (slot);
CREATE TABLE journal_0 PARTITION OF journal FOR VALUES IN (0);
CREATE TABLE journal_1 PARTITION OF journal FOR VALUES IN (1);
CREATE TABLE journal_2 PARTITION OF journal FOR VALUES IN (2);
CREATE TABLE journal_3 PARTITION OF journal FOR VALUES IN (3);
CREATE TABLE journal_4 PARTITION OF journal FOR VALUES IN (4);
CREATE TABLE journal_5 PARTITION OF journal FOR VALUES IN (5);
CREATE TABLE journal_6 PARTITION OF journal FOR VALUES IN (6);
CREATE TABLE journal_7 PARTITION OF journal FOR VALUES IN (7);
-- Compressed by nobody: records are small and written once.
ALTER TABLE journal ALTER COLUMN records SET STORAGE EXTERNAL;

-- One small row per saga: what lists and filters need.
CREATE TABLE sagas (
  id               text     PRIMARY KEY,
  namespace        text     NOT NULL,
  shard            smallint NOT NULL,
  start_seq        bigint   NOT NULL,
  definition       text     NOT NULL,
  version          int      NOT NULL,
  owner            text     NOT NULL,
  business_key     text     NOT NULL,
  labels           jsonb,
  started_by       text     NOT NULL,
  start_digest     text     NOT NULL,
  created_us       bigint   NOT NULL,
  state            smallint NOT NULL,
  health           smallint NOT NULL,
  revision         bigint   NOT NULL,
  updated_us       bigint   NOT NULL,
  ended_us         bigint,
  step             text     NOT NULL DEFAULT '',
  operation        smallint,
  stuck_reason     text     NOT NULL DEFAULT '',
  fingerprint      text     NOT NULL DEFAULT '',
  stuck_since_us   bigint,
  attention        bytea
) WITH (fillfactor = 85);
CREATE INDEX sagas_live ON sagas (shard) WHERE state <= 2;
CREATE INDEX sagas_created ON sagas (namespace, created_us DESC, id DESC);
CREATE INDEX sagas_business_key ON sagas (namespace, business_key) WHERE business_key <> '';
CREATE INDEX sagas_stuck ON sagas (namespace, fingerprint) WHERE stuck_reason <> '' AND state <= 2;
CREATE INDEX sagas_ended ON sagas (ended_us) WHERE ended_us IS NOT NULL;

-- Long-lived sagas carried forward, so that the segments they began in can be truncated: their history up to a position.
CREATE TABLE saga_carries (
  id         text   PRIMARY KEY,
  carried    bytea  NOT NULL,
  carried_to bigint NOT NULL
);

-- The whole history of an ended saga as one value, cut by the time of the end so that it leaves by partition.
CREATE TABLE histories (
  id       text   NOT NULL,
  ended_us bigint NOT NULL,
  history  bytea  NOT NULL,
  PRIMARY KEY (id, ended_us)
) PARTITION BY RANGE (ended_us);
CREATE TABLE histories_default PARTITION OF histories DEFAULT;

-- Who did what.
CREATE TABLE audit (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at_us     bigint NOT NULL,
  namespace text   NOT NULL,
  actor     text   NOT NULL,
  client    text   NOT NULL,
  method    text   NOT NULL,
  resource  text   NOT NULL,
  reason    text   NOT NULL,
  reference text   NOT NULL,
  outcome   text   NOT NULL
);
CREATE INDEX audit_resource ON audit (namespace, resource, id DESC);

-- Definition versions; `document` is what runs, `source` what people read.
CREATE TABLE definitions (
  namespace     text    NOT NULL,
  name          text    NOT NULL,
  version       int     NOT NULL,
  digest        text    NOT NULL,
  document      bytea   NOT NULL,
  source        text    NOT NULL,
  source_format text    NOT NULL,
  owner         text    NOT NULL,
  active        boolean NOT NULL,
  retired       boolean NOT NULL DEFAULT false,
  created_us    bigint  NOT NULL,
  registered_by text    NOT NULL,
  PRIMARY KEY (namespace, name, version),
  UNIQUE (namespace, name, digest)
);

-- Where participants live and how they are reached.
CREATE TABLE participants (
  namespace            text    NOT NULL,
  name                 text    NOT NULL,
  target               text    NOT NULL,
  service              text    NOT NULL,
  tls                  boolean NOT NULL,
  tls_ca               text    NOT NULL,
  tls_certificate      text    NOT NULL,
  tls_key              text    NOT NULL,
  max_in_flight        int     NOT NULL,
  descriptors          bytea   NOT NULL,
  descriptors_uploaded boolean NOT NULL,
  updated_us           bigint  NOT NULL,
  PRIMARY KEY (namespace, name)
);

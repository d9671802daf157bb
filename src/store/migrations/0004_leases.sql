-- Who should own a shard, and until when: apart from the shards' own rows, so that a renewal never waits for an append.
CREATE TABLE shard_leases (
  shard      smallint PRIMARY KEY,
  node       text     NOT NULL DEFAULT '',
  address    text     NOT NULL DEFAULT '',
  expires_us bigint   NOT NULL DEFAULT 0
) WITH (fillfactor = 20);

-- Every node that serves, owner or not, as it last said of itself.
CREATE TABLE nodes (
  node    text   PRIMARY KEY,
  address text   NOT NULL,
  version text   NOT NULL,
  seen_us bigint NOT NULL
) WITH (fillfactor = 20);

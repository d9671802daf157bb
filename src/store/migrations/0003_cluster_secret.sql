-- What the cluster's nodes share and nobody else knows: the key of task tokens. Made once, kept as long as the database.
CREATE TABLE cluster_secrets (
  name   text  PRIMARY KEY,
  secret bytea NOT NULL
);

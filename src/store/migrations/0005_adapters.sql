-- How a participant serves methods that it does not have itself: the adapter, and the types of what definitions call.
-- And for whom it does so: another participant, for a share of the sagas.
ALTER TABLE participants
  ADD COLUMN adapter       text  NOT NULL DEFAULT '',
  ADD COLUMN contract      bytea NOT NULL DEFAULT '',
  ADD COLUMN stands_in_for text  NOT NULL DEFAULT '',
  ADD COLUMN share_percent int   NOT NULL DEFAULT 0;

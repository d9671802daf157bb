-- How a participant serves methods that it does not have itself: the adapter, and the types of what definitions call.
ALTER TABLE participants
  ADD COLUMN adapter  text  NOT NULL DEFAULT '',
  ADD COLUMN contract bytea NOT NULL DEFAULT '';

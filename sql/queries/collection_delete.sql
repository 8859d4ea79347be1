-- Delete a collection with its members, tags, earlier contents and share links. Its images are left to the sweep.
-- $1 id
-- expects: none
delete from collections where id = $1::bigint;

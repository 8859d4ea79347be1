-- No place of this user is marked as the usual one any more.
-- $1 user
-- expects: none
update destinations set is_usual = false where user_id = $1::bigint and is_usual

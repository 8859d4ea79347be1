-- Mark a starred place as the usual one; no other may be.
-- $1 user, $2 id
-- expects: none
update destinations set is_usual = true where user_id = $1::bigint and id = $2::bigint and starred_at is not null

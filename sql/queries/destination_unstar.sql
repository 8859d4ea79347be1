-- Take the star off a place; then it is not the usual one either.
-- $1 user, $2 id
-- expects: none
update destinations
   set starred_at = null, is_usual = false
 where user_id = $1::bigint and id = $2::bigint and starred_at is not null

-- How many places a user has starred, and whether this is one of them.
-- $1 user, $2 endpoint (uuid), $3 folder
-- expects: one
select count(*) as starred, coalesce(bool_or(endpoint_id = $2::uuid and folder = $3::text), false) as is_there
  from destinations
 where user_id = $1::bigint and starred_at is not null

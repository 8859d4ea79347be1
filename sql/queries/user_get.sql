-- A user by name.
-- $1 name (text)
-- expects: one
select id, username, is_admin, is_active, extract(epoch from created_at)::bigint as created_at
from users
where username = $1::text;

-- Who wants to sign in, and against which hash; no local login and switched off users have none.
-- $1 name (text)
-- expects: maybe
select id, username, is_admin, is_active, extract(epoch from created_at)::bigint as created_at, password_hash
from users
where username = $1::text and is_active and password_hash is not null;

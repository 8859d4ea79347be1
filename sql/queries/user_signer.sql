-- Whose signature it may be: an active user with a client token.
-- $1 name (text)
-- expects: maybe
select id, username, is_admin, is_active, extract(epoch from created_at)::bigint as created_at, client_token
from users
where username = $1::text and is_active and client_token is not null;

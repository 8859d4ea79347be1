-- A user's client token, sealed.
-- $1 user (bigint)
-- expects: one
select client_token
from users
where id = $1::bigint;

-- What became of a sign-in, for the browser that began it; other browsers learn nothing.
-- $1 SHA-256 of the state (bytea) · $2 SHA-256 of the browser's cookie (bytea)
-- expects: maybe
select used_at is not null as is_used, expires_at <= now() as is_expired
from signin_states
where state_hash = $1::bytea and browser_hash = $2::bytea;

-- Why a state could not be used: what became of it, for the session that began it; other sessions learn nothing.
-- $1 SHA-256 of the state (bytea) · $2 SHA-256 of the session's cookie (bytea)
-- expects: maybe
select used_at is not null as is_used, expires_at <= now() as is_expired
from oauth_states
where state_hash = $1::bytea and session_hash = $2::bytea;

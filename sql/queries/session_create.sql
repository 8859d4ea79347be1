-- Start a session.
-- $1 SHA-256 of the cookie's value (bytea) · $2 user (bigint) · $3 address (text) · $4 agent (text) · $5 SESSION_LIFETIME (seconds, bigint)
-- expects: none
insert into sessions (id_hash, user_id, address, agent, expires_at)
values ($1::bytea, $2::bigint, $3::text, $4::text, now() + make_interval(secs => $5::bigint));

-- Store a sign-in that begins at Globus.
-- $1 SHA-256 of the state (bytea) · $2 SHA-256 of the browser's cookie (bytea) · $3 PKCE verifier, sealed (bytea) · $4 nonce (text)
-- $5 redirect_uri as sent (text) · $6 local path to go to (text) · $7 lifetime (seconds, bigint)
-- expects: none
insert into signin_states (state_hash, browser_hash, verifier, nonce, redirect_uri, next_path, expires_at)
values ($1::bytea, $2::bytea, $3::bytea, $4::text, $5::text, $6::text, now() + make_interval(secs => $7::bigint));

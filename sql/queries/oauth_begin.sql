-- Store a round-trip to Globus.
-- $1 SHA-256 of the state (bytea) · $2 SHA-256 of the session's cookie (bytea) · $3 user (bigint) · $4 PKCE verifier, sealed (bytea)
-- $5 nonce (text) · $6 redirect_uri as sent (text) · $7 local path to return to (text) · $8 scopes beyond the four (text)
-- $9 transfer to resume, null for none (uuid) · $10 lifetime (seconds, bigint)
-- expects: none
insert into oauth_states
    (state_hash, session_hash, user_id, verifier, nonce, redirect_uri, next_path, scopes, transfer_id, expires_at)
values
    ($1::bytea, $2::bytea, $3::bigint, $4::bytea, $5::text, $6::text, $7::text, $8::text, $9::uuid,
     now() + make_interval(secs => $10::bigint));

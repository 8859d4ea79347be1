-- Use a sign-in's state up: once, in the browser that began it, for the redirect_uri that was sent.
-- $1 SHA-256 of the state (bytea) · $2 SHA-256 of the browser's cookie (bytea) · $3 redirect_uri the browser came to (text)
-- expects: maybe
update signin_states
set used_at = now()
where state_hash = $1::bytea
    and browser_hash = $2::bytea
    and redirect_uri = $3::text
    and used_at is null
    and expires_at > now()
returning verifier, nonce, next_path;

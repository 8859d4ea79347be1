-- Store a refreshed token and end the lease. Nothing changes when the connection ended or was renewed meanwhile.
-- $1 user (bigint) · $2 resource server (text) · $3 the access token seen, sealed (bytea) · $4 new access token, sealed (bytea)
-- $5 new refresh token, sealed, null: the old one stays (bytea) · $6 lifetime (seconds, bigint)
-- expects: none
update globus_tokens
set access_token = $4::bytea,
    refresh_token = coalesce($5::bytea, refresh_token),
    expires_at = now() + make_interval(secs => $6::bigint),
    refresh_until = null,
    updated_at = now()
where user_id = $1::bigint and resource_server = $2::text and access_token = $3::bytea;

-- Store a token of a new grant.
-- $1 user (bigint) · $2 resource server (text) · $3 access token, sealed (bytea) · $4 refresh token, sealed, null when none came (bytea)
-- $5 scope (text) · $6 lifetime (seconds, bigint)
-- expects: none
insert into globus_tokens (user_id, resource_server, access_token, refresh_token, scope, expires_at)
values ($1::bigint, $2::text, $3::bytea, $4::bytea, $5::text, now() + make_interval(secs => $6::bigint));

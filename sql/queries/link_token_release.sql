-- The refresh failed in passing: the token stays, the next who needs it may try.
-- $1 user (bigint) · $2 resource server (text) · $3 the access token seen, sealed (bytea)
-- expects: none
update globus_tokens
set refresh_until = null
where user_id = $1::bigint and resource_server = $2::text and access_token = $3::bytea;

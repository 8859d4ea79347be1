-- Become the one who refreshes this token, unless somebody is or the token is another by now.
-- $1 user (bigint) · $2 resource server (text) · $3 the access token seen, sealed (bytea) · $4 lease (seconds, bigint)
-- expects: none
update globus_tokens
set refresh_until = now() + make_interval(secs => $4::bigint)
where user_id = $1::bigint
    and resource_server = $2::text
    and access_token = $3::bytea
    and (refresh_until is null or refresh_until <= now());

-- Globus will not refresh this token again: the user must reconnect. Not if the token was replaced meanwhile.
-- $1 user (bigint) · $2 resource server (text) · $3 the access token seen, sealed (bytea)
-- expects: none
with held as (
    update globus_tokens
    set refresh_until = null
    where user_id = $1::bigint and resource_server = $2::text and access_token = $3::bytea
    returning user_id
)
update globus_links
set is_dead = true
where user_id in (select user_id from held);

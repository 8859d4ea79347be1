-- Put Globus tokens in the place of the same one sealed with another key, unless it changed meanwhile.
-- $1 row (bigint) · $2 detail (text) · $3 seen, $4 sealed again (bytea) · $5 seen, $6 sealed again: the second value, null when there is none (bytea)
-- expects: none
update globus_tokens
set access_token = $4::bytea, refresh_token = $6::bytea
where user_id = $1::bigint
    and resource_server = $2::text
    and access_token = $3::bytea
    and refresh_token is not distinct from $5::bytea
    and (refresh_until is null or refresh_until <= now());

-- Globus tokens that SECRET_KEY did not seal, a few at a time; not those that somebody refreshes now.
-- $1 what a value sealed with SECRET_KEY begins with (bytea) · $2 user or row, and $3 detail of the last one seen (bigint, text)
-- $4 most rows (bigint)
-- expects: many
select user_id as row, user_id, resource_server as detail, access_token as first, refresh_token as second
from globus_tokens
where (user_id, resource_server) > ($2::bigint, $3::text)
    and (refresh_until is null or refresh_until <= now())
    and (substring(access_token from 1 for octet_length($1::bytea)) <> $1::bytea
        or substring(refresh_token from 1 for octet_length($1::bytea)) <> $1::bytea)
order by user_id, resource_server
limit $4::bigint;

-- Tokens to be revoked that SECRET_KEY did not seal, a few at a time.
-- $1 what a value sealed with SECRET_KEY begins with (bytea) · $2 user or row, and $3 detail of the last one seen (bigint, text)
-- $4 most rows (bigint)
-- expects: many
select id as row, user_id, ''::text as detail, token as first, null::bytea as second
from globus_revocations
where (id, ''::text) > ($2::bigint, $3::text)
    and substring(token from 1 for octet_length($1::bytea)) <> $1::bytea
order by id
limit $4::bigint;
